"""The live check of every question: found chunks, with who may read them at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Connection, Text, bindparam, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import Chunk, DocumentMeta
from groundwatch.store.acls import EFFECTIVE_ID, access_list
from groundwatch.store.columns import moment, words
from groundwatch.store.rows import META
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
# As they are stored: this query is on the way of every question, so each row is converted once.
_RAW_META = (
    *META[:8],
    type_coerce(documents.c.modified_at, BigInteger),
    type_coerce(documents.c.indexed_at, BigInteger),
    type_coerce(documents.c.tags, Text),
)
_RAW_ACCESS = (type_coerce(access_lists.c.allow, Text), type_coerce(access_lists.c.deny, Text))
_SELECT = (
    select(chunks.c.id, *_CHUNK, *_RAW_ACCESS, *_RAW_META)
    .select_from(
        chunks.join(documents, documents.c.id == chunks.c.document_id)
        .outerjoin(permissions, permissions.c.document_id == documents.c.id)
        .outerjoin(access_lists, access_lists.c.id == EFFECTIVE_ID)
    )
    .where(~documents.c.deleted)
)
# One parameter for all ids: the statement is the same for any number of them.
_QUERIES = {
    "sqlite": _SELECT.where(
        chunks.c.id.in_(select(func.json_each(bindparam("ids", type_=JSON)).table_valued("value")))
    ),
    "postgresql": _SELECT.where(chunks.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))),
}


def found(c: Connection, chunk_ids: Sequence[int]) -> dict[int, FoundChunk]:
    """The chunks that still exist, each with its document and who may read it now.

    One query; a document of which no list is known comes with the empty list: nobody.
    """
    rows = c.execute(_QUERIES[c.dialect.name], {"ids": list(chunk_ids)}).all()
    return {row[0]: _found_chunk(row) for row in rows}


def _found_chunk(row: Sequence[Any]) -> FoundChunk:
    document: tuple[Any, ...] = (*row[9:17], moment(row[17]), moment(row[18]), words(row[19]))
    access = access_list(words(row[7] or "[]"), words(row[8] or "[]"))
    return FoundChunk(row[0], Chunk(*row[1:7]), DocumentMeta(*document), access)
