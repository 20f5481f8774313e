"""Settled traces: the spans of a day's part of a trace as one row.

A trace says again what its interaction says: question, answer, passages. Where the interaction
lies in the same day, the row is squeezed with the interaction's body at hand, so that all this
takes no room; it has to be unpacked before that body changes. Such a row has no span's id.
"""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Sequence

from groundwatch.domain.spans import Span
from groundwatch.store.events import encoding, span_rows
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.span_rows import ALONE, BESIDE
from groundwatch.store.events.squeezing import expanded_beside, squeezed_beside

MOST_SPANS = 200
"""Longer traces stay as they are, to be read in pages."""
_MOST_BYTES = 1 << 20
_WORTHWHILE = 500
"""Bytes of an interaction's body that make it worth referring to."""
_ID = ""


def pack(session: Session, trace_ids: Iterable[str]) -> None:
    """Put spans together; what is together already, or too much, stays as it is."""
    found = span_rows.of_traces(session, trace_ids)
    short = {id_: rows for id_, rows in found.items() if _is_short(rows)}
    bodies = _bodies(session, short)
    made: list[Row] = []
    for id_, rows in short.items():
        plain = encoding.packed([[*row[1:10], session.expanded(row[10])] for row in rows])
        body = bodies.get(id_, b"")
        if len(plain) <= _MOST_BYTES:
            made.append(_row(session, id_, plain, body if len(body) >= _WORTHWHILE else b""))
    span_rows.drop(session, [row[0] for row in made])
    session.many(span_rows.PUT, made)


def unpack(session: Session, trace_ids: Iterable[str]) -> set[str]:
    """Make rows of spans of what was packed; returns which traces were."""
    found = span_rows.of_traces(session, trace_ids)
    together = {id_: rows[0] for id_, rows in found.items() if _is_packed(rows)}
    bodies = _bodies(session, [id_ for id_, row in together.items() if row[9] == BESIDE])
    span_rows.drop(session, together)
    for id_, row in together.items():
        apart = _parts(session, row, bodies.get(id_, b""))
        session.many(span_rows.PUT, [(id_, *each[:9], session.squeezed(each[9])) for each in apart])
    return set(together)


def spans(session: Session, trace_id: str) -> list[Span]:
    """The spans of a packed trace."""
    (row,) = span_rows.of_traces(session, [trace_id])[trace_id]
    body = _bodies(session, [trace_id]).get(trace_id, b"") if row[9] == BESIDE else b""
    return [span_rows.span((trace_id, *each[:9]), each[9]) for each in _parts(session, row, body)]


def _is_packed(rows: Sequence[Row]) -> bool:
    return rows[0][9] in (ALONE, BESIDE)


def _is_short(rows: Sequence[Row]) -> bool:
    return len(rows) <= MOST_SPANS and not _is_packed(rows)


def _row(session: Session, trace_id: str, plain: bytes, body: bytes) -> Row:
    how = BESIDE if body else ALONE
    squeezed = squeezed_beside(body, plain) if body else session.squeezed(plain)
    return (trace_id, _ID, "", "", "", "", 0, 0, "", how, squeezed)


def _parts(session: Session, row: Row, body: bytes) -> list[Row]:
    how, squeezed = row[9:11]
    plain = expanded_beside(body, squeezed) if how == BESIDE else session.expanded(squeezed)
    parts: list[Row] = encoding.unpacked(plain)
    return parts


def _bodies(session: Session, ids: Iterable[str]) -> dict[str, bytes]:
    """The bodies of interactions."""
    found: dict[str, bytes] = {}
    for some in padded(ids):
        sql = (
            "SELECT i.id, b.body FROM interactions i JOIN bodies b ON b.n = i.n "
            f"WHERE i.id IN ({marks(len(some))})"
        )
        found |= {row[0]: session.expanded(row[1]) for row in session.rows(sql, some)}
    return found
