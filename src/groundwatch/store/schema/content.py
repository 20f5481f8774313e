"""Tables of documents, what they say, and the log of their changes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
)

from groundwatch.store.columns import FreeText, Key, Moment, Serial, Words
from groundwatch.store.schema.declared import metadata

# A deleted document keeps its row as a tombstone: its version refuses late writers.
documents = Table(
    "documents",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", Key, nullable=False),
    Column("path", Key, nullable=False),
    Column("title", FreeText, nullable=False),
    Column("media_type", Key, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("content_hash", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("modified_at", Moment, nullable=False),
    Column("indexed_at", Moment, nullable=False),
    Column("tags", Words, nullable=False),
    Column("pipeline", Key, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("ix_documents_source_path", "source", "path"),
    Index("ix_documents_content_hash", "content_hash"),
    sqlite_with_rowid=False,
)

# Apart from `documents`, so that reading a row never walks over a long text.
document_texts = Table(
    "document_texts",
    metadata,
    Column("document_id", Key, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("text", FreeText, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", Serial, Identity(), primary_key=True),
    Column("document_id", Key, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("heading", FreeText, nullable=False),
    Column("page", Integer),
    Column("embedding_hash", LargeBinary, nullable=False),
    Index("ix_chunks_document_id_ordinal", "document_id", "ordinal", unique=True),
    Index("ix_chunks_embedding_hash", "embedding_hash"),
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    metadata,
    Column("chunk_id", Serial, ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True),
    Column("model", Key, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# Vectors of chunks that were just deleted, without their text, so that a rename embeds nothing.
spare_vectors = Table(
    "spare_vectors",
    metadata,
    Column("embedding_hash", LargeBinary, primary_key=True),
    Column("model", Key, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("spared_at", Moment, nullable=False),
    Index("ix_spare_vectors_spared_at", "spared_at"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Serial, Identity(), primary_key=True),
    Column("document_id", Key, nullable=False),
    Column("kind", Key, nullable=False),
    sqlite_autoincrement=True,
)
