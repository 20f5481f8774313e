"""Spans and traces in the tables of a day."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from groundwatch.domain.spans import Span, SpanKind
from groundwatch.store.columns import clean, microseconds, moment
from groundwatch.store.events import encoding
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.squeezing import Squeezer
from groundwatch.store.events.traces import PendingTrace, SpanOutcome

_REMOTE, _TRUNCATED = 1, 2
_COLUMNS = (
    "trace_id, span_id, parent_id, application, name, kind, started, ended, error, marks, body"
)
_SELECT = f"SELECT {_COLUMNS} FROM spans WHERE trace_id = ?"
_PUT = f"INSERT INTO spans ({_COLUMNS}) VALUES ({marks(11)})"
_TRACE = "trace_id, application, first_seen, last_seen, spans, root_ended"
_TRACES = f"SELECT {_TRACE} FROM traces WHERE "
_PUT_TRACE = (
    f"INSERT INTO traces ({_TRACE}, open) VALUES ({marks(7)}) ON CONFLICT (trace_id) DO UPDATE SET "
    "application = excluded.application, first_seen = excluded.first_seen, "
    "last_seen = excluded.last_seen, spans = excluded.spans, root_ended = excluded.root_ended, "
    "open = excluded.open"
)


@dataclass(frozen=True, slots=True)
class Packed:
    """A span with what of it is compressed."""

    span: Span
    body: bytes


def packed(span: Span, squeezer: Squeezer) -> Packed:
    """Compress a span, before it waits for its turn."""
    return Packed(span, squeezer.squeezed(encoding.of_span(span)))


def put(session: Session, spans: Sequence[Packed], now: datetime) -> SpanOutcome:
    """Keep spans that are not known yet and open their traces."""
    traces = _traces(session, {each.span.trace_id for each in spans})
    known = _known(session, traces)
    new: dict[tuple[str, str], Packed] = {}
    for each in spans:
        key = (each.span.trace_id, each.span.span_id)
        if key not in known:
            new.setdefault(key, each)
    session.many(_PUT, [_row(each) for each in new.values()])
    arrived: dict[str, list[Span]] = {}
    for each in new.values():
        arrived.setdefault(each.span.trace_id, []).append(each.span)
    at = microseconds(now)
    changed = [_trace(traces.get(id_), some, at) for id_, some in arrived.items()]
    session.many(_PUT_TRACE, changed)
    late = sum(
        len(some) for id_, some in arrived.items() if (row := traces.get(id_)) and not row[6]
    )
    return SpanOutcome(len(new), len(spans) - len(new), late)


def read(session: Session, trace_id: str) -> list[tuple[int, str, Row]]:
    """Beginning, id and row of the spans of a trace, without order."""
    sql = "SELECT started, span_id, n FROM spans WHERE trace_id = ?"
    return [(row[0], row[1], row) for row in session.rows(sql, (trace_id,))]


def whole(session: Session, numbers: Iterable[int]) -> list[Span]:
    """Spans by their number in the day."""
    found: list[Span] = []
    for some in padded(numbers):
        sql = f"SELECT {_COLUMNS} FROM spans WHERE n IN ({marks(len(some))})"
        found += [_span(session, row) for row in session.rows(sql, some)]
    return found


def count(session: Session, trace_id: str) -> int:
    """How many spans of a trace are in this day."""
    return int(session.rows("SELECT count(*) FROM spans WHERE trace_id = ?", (trace_id,))[0][0])


def ripe(session: Session, quiet: datetime, cap: datetime, limit: int) -> list[PendingTrace]:
    """Open traces whose root has ended and that are quiet since then, or that are too old."""
    sql = (
        f"{_TRACES}open = 1 AND (first_seen <= ? OR (root_ended = 1 AND last_seen <= ?)) "
        "ORDER BY first_seen LIMIT ?"
    )
    values = (microseconds(cap), microseconds(quiet), limit)
    return [_pending(row) for row in session.rows(sql, values)]


def open_traces(session: Session, application: str | None, limit: int) -> list[PendingTrace]:
    """Open traces, newest first."""
    sql, values = f"{_TRACES}open = 1", []
    if application is not None:
        sql, values = f"{sql} AND application = ?", [application]
    rows = session.rows(f"{sql} ORDER BY first_seen DESC LIMIT ?", [*values, limit])
    return [_pending(row) for row in rows]


def pending(session: Session, trace_ids: Iterable[str]) -> list[PendingTrace]:
    """What a day holds of traces, open or not."""
    return [_pending(row) for row in _traces(session, trace_ids).values()]


def settle(session: Session, traces: Iterable[tuple[str, int]]) -> None:
    """Close traces that got nothing after a moment."""
    sql = "UPDATE traces SET open = 0 WHERE trace_id = ? AND last_seen <= ?"
    session.many(sql, list(traces))


def _traces(session: Session, trace_ids: Iterable[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for some in padded(trace_ids):
        sql = f"SELECT {_TRACE}, open FROM traces WHERE trace_id IN ({marks(len(some))})"
        found |= {row[0]: row for row in session.rows(sql, some)}
    return found


def _known(session: Session, trace_ids: Iterable[str]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for some in padded(trace_ids):
        sql = f"SELECT trace_id, span_id FROM spans WHERE trace_id IN ({marks(len(some))})"
        found |= {(row[0], row[1]) for row in session.rows(sql, some)}
    return found


def _trace(before: Row | None, spans: Sequence[Span], now: int) -> Row:
    """The row of a trace with more spans; one that was settled begins to wait anew."""
    rooted = [span for span in spans if not span.parent_id or span.remote_parent]
    root_ended = int(bool(rooted))
    application = clean((rooted or spans)[0].application)
    if before is None:
        return (spans[0].trace_id, application, now, now, len(spans), root_ended, 1)
    _, known_as, first, last, count_, had_root, is_open = before
    return (
        before[0],
        application if rooted else known_as,
        first if is_open else now,
        max(now, last + 1),
        count_ + len(spans),
        had_root or root_ended,
        1,
    )


def _row(packed_: Packed) -> Row:
    span = packed_.span
    marked = _REMOTE * span.remote_parent + _TRUNCATED * span.truncated
    return (
        span.trace_id,
        span.span_id,
        span.parent_id,
        clean(span.application),
        clean(span.name),
        span.kind.value,
        span.start,
        span.end,
        clean(span.error),
        marked,
        packed_.body,
    )


def _span(session: Session, row: Row) -> Span:
    attributes, resource, events = encoding.span_parts(session.expanded(row[10]))
    return Span(
        trace_id=row[0],
        span_id=row[1],
        parent_id=row[2],
        application=row[3],
        name=row[4],
        kind=SpanKind(row[5]),
        start=row[6],
        end=row[7],
        error=row[8],
        remote_parent=bool(row[9] & _REMOTE),
        truncated=bool(row[9] & _TRUNCATED),
        attributes=attributes,
        resource=resource,
        events=events,
    )


def _pending(row: Row) -> PendingTrace:
    return PendingTrace(row[0], row[1], moment(row[2]), moment(row[3]), row[4], bool(row[5]))
