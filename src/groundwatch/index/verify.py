"""Whether index and store hold the same, seen from both sides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groundwatch.domain.access import AccessList
from groundwatch.index.conditions import mark_of
from groundwatch.index.engine import IndexEngine
from groundwatch.index.follower import label_of
from groundwatch.index.points import Holding
from groundwatch.store import changes, documents, permissions
from groundwatch.store.database import Database

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Documents in which index and store differ, by id.

    Attributes:
        checked: documents of the store that were compared.
        missing: in the store only.
        stale: in both, with other chunks, another version or other permissions.
        extra: in the index only.
    """

    checked: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.stale or self.extra)

    @property
    def document_ids(self) -> list[str]:
        return [*self.missing, *self.stale, *self.extra]


def compare(database: Database, engine: IndexEngine, position: int) -> Difference:
    """Compare an index that follows the store up to `position`.

    Documents that changed after it are left out: the follower will bring them.
    """
    held = engine.holdings()
    expected = _expected(database)
    with database.read() as c:
        moving = {change.document_id for change in changes.since(c, position, 1_000_000)}
    return _difference(held, expected, moving)


def _difference(
    held: Mapping[str, Holding], expected: Mapping[str, Holding], moving: Iterable[str]
) -> Difference:
    def settled(document_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(document_ids).difference(moving)))

    common = held.keys() & expected.keys()
    return Difference(
        checked=len(expected),
        missing=settled(expected.keys() - held.keys()),
        stale=settled(id_ for id_ in common if held[id_] != expected[id_]),
        extra=settled(held.keys() - expected.keys()),
    )


def _expected(database: Database) -> dict[str, Holding]:
    """What the index should hold; documents without chunks it does not hold at all."""
    found: dict[str, Holding] = {}
    after = ""
    while True:
        with database.read() as c:
            ids = changes.document_ids(c, after, _PAGE)
            metas = documents.metas(c, ids)
            chunk_ids = changes.chunk_ids(c, ids)
            access = permissions.effective(c, ids)
        if not ids:
            return found
        for id_, meta in metas.items():
            mark = mark_of(label_of(meta, access.get(id_, AccessList())))
            if chunk_ids.get(id_):
                found[id_] = Holding(frozenset({mark}), chunk_ids[id_])
        after = ids[-1]
