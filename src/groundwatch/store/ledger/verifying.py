"""Whether the ledger and the store speak of the same documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.ledger.hints import enqueue
from groundwatch.store.ledger.rows import Event, State
from groundwatch.store.schema import documents, ledger
from groundwatch.store.statements import batches

Place = tuple[str, str]
"""Source and path."""


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """Documents of which one knows what the other does not.

    Attributes:
        lost: done according to the ledger, and not in the store.
        unknown: in the store, and gone or never heard of according to the ledger.
    """

    lost: tuple[Place, ...]
    unknown: tuple[Place, ...]


def compare(c: Connection) -> LedgerDifference:
    """Compare both ways; what is waiting or under way is neither."""
    live = documents.c.id.is_not(None) & ~documents.c.deleted
    lost = (
        sa.select(ledger.c.source, ledger.c.path)
        .outerjoin_from(ledger, documents, documents.c.id == ledger.c.document_id)
        .where(ledger.c.state == State.DONE.value, sa.not_(sa.func.coalesce(live, sa.false())))
    )
    known = ledger.c.id.is_not(None) & (ledger.c.state != State.TOMBSTONE.value)
    unknown = (
        sa.select(documents.c.source, documents.c.path)
        .outerjoin_from(documents, ledger, ledger.c.document_id == documents.c.id)
        .where(~documents.c.deleted, sa.not_(sa.func.coalesce(known, sa.false())))
    )
    return LedgerDifference(_places(c, lost), _places(c, unknown))


def look_again(c: Connection, places: Iterable[Place], now: datetime) -> None:
    """Have sources asked again, whatever was seen there before."""
    by_source: dict[str, list[str]] = {}
    for source, path in places:
        by_source.setdefault(source, []).append(path)
    for source, paths in by_source.items():
        for batch in batches(paths):
            seen = (ledger.c.source == source) & ledger.c.path.in_(batch)
            c.execute(sa.update(ledger).where(seen).values(content_hash=""))
        enqueue(c, source, [(path, Event.CHANGED) for path in paths], now)


def _places(c: Connection, statement: sa.Select[str, str]) -> tuple[Place, ...]:
    return tuple(sorted((row[0], row[1]) for row in c.execute(statement)))
