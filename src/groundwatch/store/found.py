"""The live check of every question: found chunks, with who may read them at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import Chunk, DocumentMeta
from groundwatch.store.acls import EFFECTIVE_ID, access_list
from groundwatch.store.rows import META, meta_of
from groundwatch.store.schema import access_lists, chunks, documents, permissions


@dataclass(frozen=True, slots=True)
class FoundChunk:
    """A chunk of a live document and the permissions that hold now."""

    id: int
    chunk: Chunk
    document: DocumentMeta
    access: AccessList


_CHUNK = (
    chunks.c.ordinal,
    chunks.c.text,
    chunks.c.start_offset,
    chunks.c.end_offset,
    chunks.c.heading,
    chunks.c.page,
)
_QUERY = (
    select(chunks.c.id, *_CHUNK, access_lists.c.allow, access_lists.c.deny, *META)
    .select_from(
        chunks.join(documents, documents.c.id == chunks.c.document_id)
        .outerjoin(permissions, permissions.c.document_id == documents.c.id)
        .outerjoin(access_lists, access_lists.c.id == EFFECTIVE_ID)
    )
    .where(chunks.c.id.in_(bindparam("ids", expanding=True)), ~documents.c.deleted)
)


def found(c: Connection, chunk_ids: Sequence[int]) -> dict[int, FoundChunk]:
    """The chunks that still exist, each with its document and who may read it now.

    One query; a document of which no list is known comes with the empty list: nobody.
    """
    rows = c.execute(_QUERY, {"ids": list(chunk_ids)})
    return {
        row[0]: FoundChunk(row[0], Chunk(*row[1:7]), meta_of(row[9:]), access_list(row[7], row[8]))
        for row in rows
    }
