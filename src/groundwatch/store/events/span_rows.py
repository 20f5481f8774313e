"""Spans in the tables of a day."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable
from dataclasses import dataclass

from groundwatch.domain.spans import Span, SpanKind
from groundwatch.store.columns import clean
from groundwatch.store.events import encoding
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.squeezing import Squeezer

REMOTE, TRUNCATED = 1, 2
ALONE, BESIDE = 4, 8
"""Marks of a row that holds a whole trace; see `span_packs`."""
COLUMNS = (
    "trace_id, span_id, parent_id, application, name, kind, started, ended, error, marks, body"
)
PUT = f"INSERT INTO spans ({COLUMNS}) VALUES ({marks(11)})"


@dataclass(frozen=True, slots=True)
class Packed:
    """A span with what of it is compressed."""

    span: Span
    body: bytes


def packed(span: Span, squeezer: Squeezer) -> Packed:
    """Compress a span, before it waits for its turn."""
    return Packed(span, squeezer.squeezed(encoding.of_span(span)))


def put(session: Session, spans: Iterable[Packed]) -> None:
    """Keep spans that are not known."""
    session.many(PUT, [_row(each) for each in spans])


def of_traces(session: Session, trace_ids: Iterable[str]) -> dict[str, list[Row]]:
    """Whole rows by trace."""
    found: dict[str, list[Row]] = {}
    for some in padded(trace_ids):
        sql = f"SELECT {COLUMNS} FROM spans WHERE trace_id IN ({marks(len(some))})"
        for row in session.rows(sql, some):
            found.setdefault(row[0], []).append(row)
    return found


def places(session: Session, trace_id: str) -> list[tuple[int, str, int, int]]:
    """Beginning, id, number in the day and marks of the rows of a trace, without order."""
    sql = "SELECT started, span_id, n, marks FROM spans WHERE trace_id = ?"
    return [(row[0], row[1], row[2], row[3]) for row in session.rows(sql, (trace_id,))]


def whole(session: Session, numbers: Iterable[int]) -> list[Span]:
    """Spans by their number in the day."""
    found: list[Span] = []
    for some in padded(numbers):
        sql = f"SELECT {COLUMNS} FROM spans WHERE n IN ({marks(len(some))})"
        found += [span(row, session.expanded(row[10])) for row in session.rows(sql, some)]
    return found


def known(session: Session, trace_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Trace and span of what is there of traces that are not packed."""
    found: set[tuple[str, str]] = set()
    for some in padded(trace_ids):
        sql = f"SELECT trace_id, span_id FROM spans WHERE trace_id IN ({marks(len(some))})"
        found |= {(row[0], row[1]) for row in session.rows(sql, some)}
    return found


def drop(session: Session, trace_ids: Iterable[str]) -> None:
    """Take the rows of traces away."""
    for some in padded(trace_ids):
        session.run(f"DELETE FROM spans WHERE trace_id IN ({marks(len(some))})", some)


def span(row: Row, body: bytes) -> Span:
    """The span of a row, its body expanded."""
    attributes, resource, events = encoding.span_parts(body)
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
        remote_parent=bool(row[9] & REMOTE),
        truncated=bool(row[9] & TRUNCATED),
        attributes=attributes,
        resource=resource,
        events=events,
    )


def _row(packed_: Packed) -> Row:
    one = packed_.span
    return (
        one.trace_id,
        one.span_id,
        one.parent_id,
        clean(one.application),
        clean(one.name),
        one.kind.value,
        one.start,
        one.end,
        clean(one.error),
        REMOTE * one.remote_parent + TRUNCATED * one.truncated,
        packed_.body,
    )
