"""Settled traces: the spans of a day's part of a trace as one row.

A trace says again what its interaction says: question, answer, passages. Where the interaction
lies in the same day, the row is squeezed with the interaction's body at hand, so that all this
takes no room; it has to be unpacked before that body changes. What traces have in common, a pattern
of the day holds. Such a row has no span's id, and its `started` names the pattern.
"""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Sequence

from groundwatch.domain.spans import Span
from groundwatch.store.events import encoding, span_rows
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.span_rows import ALONE, BESIDE
from groundwatch.store.events.squeezing import expanded_beside, squeezed_beside, trained

MOST_SPANS = 200
"""Longer traces stay as they are, to be read in pages."""
_MOST_BYTES = 1 << 20
_PATTERN_BYTES = 4096
LEARNED_FROM = 300
"""Packed traces that a pattern is made of."""
_WORTHWHILE = 500
"""Bytes of an interaction's body that make it worth referring to."""
_ID = ""
_PATTERN = "SELECT id, body FROM dictionaries WHERE id < 0 LIMIT 1"
"""Numbers of patterns are negative, so that they are never taken for dictionaries."""


def pack(session: Session, trace_ids: Iterable[str]) -> None:
    """Put spans together; what is together already, or too much, stays as it is."""
    found = span_rows.of_traces(session, trace_ids)
    short = {id_: rows for id_, rows in found.items() if _is_short(rows)}
    bodies = _bodies(session, short)
    pattern = (session.rows(_PATTERN) or [(0, b"")])[0] if bodies else (0, b"")
    made: list[Row] = []
    for id_, rows in short.items():
        plain = encoding.packed([[*row[1:10], session.expanded(row[10])] for row in rows])
        body = bodies.get(id_, b"")
        if len(plain) <= _MOST_BYTES:
            is_worthwhile = len(body) >= _WORTHWHILE
            made.append(
                _beside(id_, plain, body, *pattern)
                if is_worthwhile
                else _row(id_, 0, ALONE, session.squeezed(plain))
            )
    span_rows.drop(session, [row[0] for row in made])
    session.many(span_rows.PUT, made)


def unpack(session: Session, trace_ids: Iterable[str]) -> set[str]:
    """Make rows of spans of what was packed; returns which traces were."""
    found = _plain(session, trace_ids)
    span_rows.drop(session, found)
    for id_, plain in found.items():
        parts = encoding.unpacked(plain)
        rows = [(id_, *each[:9], session.squeezed(each[9])) for each in parts]
        session.many(span_rows.PUT, rows)
    return set(found)


def spans(session: Session, trace_id: str) -> list[Span]:
    """The spans of a packed trace."""
    parts = encoding.unpacked(_plain(session, [trace_id])[trace_id])
    return [span_rows.span((trace_id, *each[:9]), each[9]) for each in parts]


def learned(session: Session, number: int) -> bytes:
    """The pattern of what is packed in a day; empty when there is one, or too little."""
    sql = f"SELECT trace_id FROM spans WHERE marks = {BESIDE} ORDER BY n DESC LIMIT ?"
    if session.rows(_PATTERN):
        return b""
    ids = [row[0] for row in session.rows(sql, [LEARNED_FROM])]
    if len(ids) < LEARNED_FROM:
        return b""
    return trained(number, list(_plain(session, ids).values()), _PATTERN_BYTES)


def learn(session: Session, number: int, pattern: bytes) -> None:
    """Squeeze with a pattern from now on."""
    sql = "INSERT INTO dictionaries (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
    session.run(sql, (-number, pattern))


def _is_packed(rows: Sequence[Row]) -> bool:
    return rows[0][9] in (ALONE, BESIDE)


def _is_short(rows: Sequence[Row]) -> bool:
    return len(rows) <= MOST_SPANS and not _is_packed(rows)


def _beside(trace_id: str, plain: bytes, body: bytes, number: int, pattern: bytes) -> Row:
    return _row(trace_id, number, BESIDE, squeezed_beside(pattern + body, plain))


def _row(trace_id: str, number: int, how: int, squeezed: bytes) -> Row:
    return (trace_id, _ID, "", "", "", "", number, 0, "", how, squeezed)


def _plain(session: Session, trace_ids: Iterable[str]) -> dict[str, bytes]:
    """The rows of traces that are packed, as they were put together."""
    found = span_rows.of_traces(session, trace_ids)
    together = {id_: rows[0] for id_, rows in found.items() if _is_packed(rows)}
    bodies = _bodies(session, [id_ for id_, row in together.items() if row[9] == BESIDE])
    numbers = {row[6] for row in together.values() if row[6]}
    patterns = {0: b""} | {number: _pattern(session, number) for number in numbers}
    return {
        id_: expanded_beside(patterns[row[6]] + bodies[id_], row[10])
        if row[9] == BESIDE
        else session.expanded(row[10])
        for id_, row in together.items()
    }


def _pattern(session: Session, number: int) -> bytes:
    body: bytes = session.rows("SELECT body FROM dictionaries WHERE id = ?", [number])[0][0]
    return body


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
