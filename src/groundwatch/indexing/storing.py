"""What a batch writes into the store: one transaction, few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from groundwatch.domain.documents import DocumentMeta
from groundwatch.indexing.preparing import Outcome, Prepared, Rejected, Unchanged, Vanished
from groundwatch.store import documents, permissions, vectors
from groundwatch.store.documents import NewDocument
from groundwatch.store.ledger import LedgerItem


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger item and what became of it so far."""

    item: LedgerItem
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Writing:
    """How a batch is written.

    Attributes:
        model: whose vectors there are; empty without an embedder.
        pipeline: names parser, chunker and their settings.
        now: the time of the transaction.
    """

    model: str
    pipeline: str
    now: datetime


def store(
    c: Connection, entries: Sequence[Entry], embedded: Mapping[str, bytes], writing: Writing
) -> None:
    """Bring documents and permissions to what was found of them.

    Args:
        c: of a transaction.
        entries: of different documents.
        embedded: float32 bytes for each text of the prepared ones; empty without an embedder.
        writing: how.
    """
    _put(c, entries, embedded, writing)
    for entry in entries:
        match entry.outcome:
            case Unchanged() as unchanged:
                _put_again(c, entry.item, unchanged)
            case Rejected() | Vanished():
                item = entry.item
                documents.delete(c, item.document_id, item.version, spare_at=writing.now)
            case _:
                pass
    put_permissions(c, entries)


def put_permissions(c: Connection, entries: Sequence[Entry]) -> None:
    """Keep who may read what is there, indexed or not."""
    permissions.put_all_from_rules(
        c,
        {
            entry.item.document_id: entry.outcome.permissions.access
            for entry in entries
            if isinstance(entry.outcome, Prepared | Unchanged | Rejected)
        },
    )


def texts(outcome: Outcome) -> list[str]:
    """What is embedded of a document."""
    if not isinstance(outcome, Prepared):
        return []
    return [chunk.embedding_text(outcome.parsed.title) for chunk in outcome.chunks]


def _put(
    c: Connection, entries: Sequence[Entry], embedded: Mapping[str, bytes], writing: Writing
) -> None:
    new: list[NewDocument] = []
    wanted: dict[str, list[str]] = {}
    for entry in entries:
        if isinstance(prepared := entry.outcome, Prepared):
            meta = _meta(entry.item, prepared, writing.now)
            new.append(NewDocument(meta, prepared.parsed.text, prepared.chunks))
            wanted[meta.id] = texts(prepared)
    kept = documents.put_all(c, new, pipeline=writing.pipeline)
    if writing.model:
        rows = {
            chunk_id: embedded[text]
            for document_id, chunk_ids in kept.items()
            for chunk_id, text in zip(chunk_ids, wanted[document_id], strict=True)
        }
        vectors.put(c, writing.model, rows)


def _meta(item: LedgerItem, prepared: Prepared, now: datetime) -> DocumentMeta:
    return DocumentMeta(
        id=item.document_id,
        source=item.source,
        path=item.path,
        title=prepared.parsed.title,
        media_type=prepared.media_type,
        version=item.version,
        content_hash=prepared.content_hash,
        size=len(prepared.item.data),
        modified_at=prepared.item.modified_at,
        indexed_at=now,
        tags=prepared.permissions.tags,
    )


def _put_again(c: Connection, item: LedgerItem, unchanged: Unchanged) -> None:
    """Raise the version of an unchanged document: its stamp or its tags may be new."""
    meta = documents.metas(c, [item.document_id]).get(item.document_id)
    if meta is not None:
        again = replace(
            meta,
            version=item.version,
            modified_at=unchanged.item.modified_at,
            tags=unchanged.permissions.tags,
        )
        documents.put_meta(c, again)
