"""The index follows the store's change log.

Each step reads what changed after a position and brings those documents to their present state,
whatever the changes were: doing it twice does no harm, so a position that lies too far back (the
process was killed before it was written) is repaired by going over the same changes again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import DocumentMeta
from groundwatch.errors import Unusable
from groundwatch.index.engine import IndexEngine
from groundwatch.index.points import Label, LabelledPoints, Point
from groundwatch.index.vectors import from_bytes
from groundwatch.store import changes, documents, permissions
from groundwatch.store.changes import Change, ChangeKind, IndexedDocument
from groundwatch.store.database import Database

STEP = 256
"""Changes taken in one step."""

_TOGETHER = 32
"""Documents read from the store and written to the index at once."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did.

    Attributes:
        position: the number of the last change applied.
        documents: documents brought up to date.
        points: points written.
        caught_up: nothing was left when the step began to read.
    """

    position: int
    documents: int
    points: int
    caught_up: bool


def follow(database: Database, engine: IndexEngine, position: int, limit: int = STEP) -> Step:
    """Apply up to `limit` changes after `position`.

    Raises:
        Unusable: the log does not reach back to `position`, or ends before it: build anew.
    """
    with database.read() as c:
        pending = changes.since(c, position, limit)
        _check_reach(c, position)
    whole, access_only = _sorted(pending)
    points = bring_up_to_date(database, engine, whole)
    _relabel(database, engine, access_only)
    return Step(
        position=pending[-1].seq if pending else position,
        documents=len(whole) + len(access_only),
        points=points,
        caught_up=len(pending) < limit,
    )


def bring_up_to_date(database: Database, engine: IndexEngine, document_ids: Sequence[str]) -> int:
    """Make the index hold of these documents what the store holds; returns the points written."""
    written = 0
    for first in range(0, len(document_ids), _TOGETHER):
        ids = document_ids[first : first + _TOGETHER]
        with database.read() as c:
            found = changes.indexed(c, ids, engine.model.name)
        live = {document.meta.id for document in found}
        engine.put([labelled_points(document) for document in found])
        engine.delete([document_id for document_id in ids if document_id not in live])
        written += sum(len(document.chunks) for document in found)
    return written


def labelled_points(document: IndexedDocument) -> LabelledPoints:
    """A stored document as the index wants it."""
    points = (
        Point(chunk.id, chunk.embedding_text, from_bytes(chunk.vector)) for chunk in document.chunks
    )
    return LabelledPoints(label_of(document.meta, document.access), tuple(points))


def label_of(meta: DocumentMeta, access: AccessList) -> Label:
    return Label(
        document_id=meta.id,
        version=meta.version,
        source=meta.source,
        path=meta.path,
        media_type=meta.media_type,
        tags=meta.tags,
        modified_at=meta.modified_at,
        access=access,
    )


def _relabel(database: Database, engine: IndexEngine, document_ids: Collection[str]) -> None:
    if not document_ids:
        return
    ids = list(document_ids)
    with database.read() as c:
        metas = documents.metas(c, ids)
        access = permissions.effective(c, ids)
    engine.relabel([label_of(meta, access.get(meta.id, AccessList())) for meta in metas.values()])
    engine.delete([document_id for document_id in ids if document_id not in metas])


def _sorted(pending: Sequence[Change]) -> tuple[list[str], list[str]]:
    """Documents to replace, and documents of which only the permissions changed."""
    kinds: dict[str, set[ChangeKind]] = {}
    for change in pending:
        kinds.setdefault(change.document_id, set()).add(change.kind)
    whole = [id_ for id_, seen in kinds.items() if seen != {ChangeKind.ACCESS}]
    return whole, [id_ for id_, seen in kinds.items() if seen == {ChangeKind.ACCESS}]


def _check_reach(c: Connection, position: int) -> None:
    oldest, latest = changes.oldest(c), changes.latest(c)
    if latest < position:
        raise Unusable(
            f"the index is at change {position}, the store ends at {latest}: the store was replaced"
        )
    if oldest > position + 1:
        raise Unusable(f"the index is at change {position}, the store's log begins at {oldest}")
