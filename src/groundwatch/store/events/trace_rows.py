"""Traces in the tables of a day, and the spans that come to them."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from groundwatch.domain.spans import Span
from groundwatch.store.columns import clean, microseconds, moment
from groundwatch.store.events import span_packs, span_rows
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.span_rows import Packed
from groundwatch.store.events.traces import PendingTrace, SpanOutcome

_OPEN, _LET_GO = 1, 2
_TRACE = "trace_id, application, first_seen, last_seen, spans, root_ended"
_TRACES = f"SELECT {_TRACE}, open FROM traces WHERE "
_PUT_TRACE = (
    f"INSERT INTO traces ({_TRACE}, open) VALUES ({marks(7)}) ON CONFLICT (trace_id) DO UPDATE SET "
    "application = excluded.application, first_seen = excluded.first_seen, "
    "last_seen = excluded.last_seen, spans = excluded.spans, root_ended = excluded.root_ended, "
    "open = excluded.open"
)


def put(session: Session, spans: Sequence[Packed], now: datetime) -> SpanOutcome:
    """Keep spans that are not known yet and open their traces."""
    traces = _traces(session, {each.span.trace_id for each in spans})
    closed = {id_ for id_, row in traces.items() if row[6] != _OPEN}
    packed = span_packs.unpack(session, closed)
    known = span_rows.known(session, traces)
    gone = {id_ for id_, row in traces.items() if row[6] == _LET_GO}
    new: dict[tuple[str, str], Packed] = {}
    for each in spans:
        key = (each.span.trace_id, each.span.span_id)
        if key not in known and each.span.trace_id not in gone:
            new.setdefault(key, each)
    span_rows.put(session, new.values())
    arrived: dict[str, list[Span]] = {}
    for each in new.values():
        arrived.setdefault(each.span.trace_id, []).append(each.span)
    at = microseconds(now)
    changed = [_trace(traces.get(id_), some, at) for id_, some in arrived.items()]
    session.many(_PUT_TRACE, changed)
    span_packs.pack(session, packed - arrived.keys())
    let_go = sum(each.span.trace_id in gone for each in spans)
    late = let_go + sum(len(some) for id_, some in arrived.items() if id_ in closed)
    return SpanOutcome(len(new) + let_go, len(spans) - len(new) - let_go, late)


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


def settle(session: Session, traces: Iterable[tuple[str, int]], let_go: Collection[str]) -> None:
    """Close traces that got nothing after a moment, and put their spans together.

    Of those to be let go, no more is kept than that they were: what comes late is let go as well.
    """
    given = list(traces)
    sql = "UPDATE traces SET open = 0 WHERE trace_id = ? AND last_seen <= ?"
    session.many(sql, given)
    found = _traces(session, [id_ for id_, _ in given])
    closed = {id_ for id_, row in found.items() if row[6] != _OPEN}
    gone = [(id_,) for id_ in closed.intersection(let_go)]
    session.many(f"UPDATE traces SET open = {_LET_GO}, spans = 0 WHERE trace_id = ?", gone)
    span_rows.drop(session, [id_ for (id_,) in gone])
    span_packs.pack(session, closed.difference(let_go))


def count(session: Session, trace_id: str) -> int:
    """How many spans of a trace are in this day."""
    return sum(row[4] for row in _traces(session, [trace_id]).values())


def _traces(session: Session, trace_ids: Iterable[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for some in padded(trace_ids):
        sql = f"{_TRACES}trace_id IN ({marks(len(some))})"
        found |= {row[0]: row for row in session.rows(sql, some)}
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
        first if is_open == _OPEN else now,
        max(now, last + 1),
        count_ + len(spans),
        had_root or root_ended,
        1,
    )


def _pending(row: Row) -> PendingTrace:
    first, last = moment(row[2]), moment(row[3])
    return PendingTrace(row[0], row[1], first, last, row[4], bool(row[5]), row[6] == _LET_GO)
