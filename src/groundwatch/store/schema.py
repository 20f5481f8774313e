"""Every table of the store; `migrations/` brings older databases here."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
)

from groundwatch.store.columns import FreeText, Key, Moment, Serial, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

# Equal permission lists are kept once: a company has many documents and few distinct lists.
access_lists = Table(
    "access_lists",
    metadata,
    Column("id", Key, primary_key=True),
    Column("allow", Words, nullable=False),
    Column("deny", Words, nullable=False),
    sqlite_with_rowid=False,
)

access_entries = Table(
    "access_entries",
    metadata,
    Column("list_id", Key, ForeignKey("access_lists.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", Key, primary_key=True),
    Column("denied", Boolean, primary_key=True),
    Index("ix_access_entries_principal", "principal"),
    sqlite_with_rowid=False,
)

# Outlives the document, so that one that comes back is not open to more people than before.
permissions = Table(
    "permissions",
    metadata,
    Column("document_id", Key, primary_key=True),
    Column("rules_id", Key, ForeignKey("access_lists.id")),
    Column("explicit_id", Key, ForeignKey("access_lists.id")),
    sqlite_with_rowid=False,
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Serial, Identity(), primary_key=True),
    Column("document_id", Key, nullable=False),
    Column("kind", Key, nullable=False),
    sqlite_autoincrement=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Serial, Identity(), primary_key=True),
    Column("source", Key, nullable=False),
    Column("path", Key, nullable=False),
    Column("document_id", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("finished_version", BigInteger, nullable=False, server_default=text("0")),
    Column("content_hash", Key, nullable=False, server_default=""),
    Column("mtime_ns", BigInteger, nullable=False, server_default=text("0")),
    Column("size", BigInteger, nullable=False, server_default=text("0")),
    Column("acl_hash", Key, nullable=False, server_default=""),
    Column("event", Key, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", Moment),
    Column("claim", BigInteger, nullable=False, server_default=text("0")),
    Column("owner", Key, nullable=False, server_default=""),
    Column("stage", Key, nullable=False, server_default=""),
    Column("reason", Key, nullable=False, server_default=""),
    Column("error", FreeText, nullable=False, server_default=""),
    Column("queued_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Index("ix_ledger_source_path", "source", "path", unique=True),
    Index("ix_ledger_document_id", "document_id"),
    Index("ix_ledger_source_state", "source", "state"),
    Index(
        "ix_ledger_due",
        "priority",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

# One row for each change that was worked on, as long as the newest rows are kept.
tracking = Table(
    "tracking",
    metadata,
    Column("id", Serial, Identity(), primary_key=True),
    Column("source", Key, nullable=False),
    Column("path", Key, nullable=False),
    Column("document_id", Key, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("event", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("stage", Key, nullable=False),
    Column("reason", Key, nullable=False),
    Column("error", FreeText, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("timings", FreeText, nullable=False),
    Index("ix_tracking_source_finished_at", "source", "finished_at"),
    sqlite_autoincrement=True,
)

uploads = Table(
    "uploads",
    metadata,
    Column("source", Key, primary_key=True),
    Column("path", Key, primary_key=True),
    Column("tags", Words, nullable=False),
    Column("content_hash", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("user", Key, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("user", Key, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_jobs_created_at_id", "created_at", "id"),
    Index("ix_jobs_user_created_at_id", "user", "created_at", "id"),
)

job_tasks = Table(
    "job_tasks",
    metadata,
    Column("job_id", Key, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("source", Key, nullable=False),
    Column("path", Key, nullable=False),
    Column("document_id", Key, nullable=False),
    Column("operation", Key, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("ix_job_tasks_source_path", "source", "path"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Key, primary_key=True),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("prefix", Key, nullable=False),
    Column("name", FreeText, nullable=False),
    Column("user", Key, nullable=False),
    Column("scopes", Words),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("last_used_at", Moment),
    Index("ix_api_keys_user", "user"),
)

login_links = Table(
    "login_links",
    metadata,
    Column("token_hash", Key, primary_key=True),
    Column("user", Key, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_login_links_expires_at", "expires_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Key, primary_key=True),
    Column("user", Key, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_sessions_user", "user"),
    Index("ix_sessions_expires_at", "expires_at"),
)

interactions = Table(
    "interactions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("application", Key, nullable=False),
    Column("user", Key, nullable=False),
    Column("session", Key, nullable=False),
    Column("outcome", Key, nullable=False),
    Column("severity", Key, nullable=False),
    Column("endpoint", Key, nullable=False),
    Column("model", Key, nullable=False),
    Column("duration", Float(53), nullable=False),
    Column("body", FreeText, nullable=False),
    Index("ix_interactions_started_at_id", "started_at", "id"),
    Index("ix_interactions_user_started_at_id", "user", "started_at", "id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("interaction_id", Key, primary_key=True),
    Column("user", Key, primary_key=True),
    Column("given_at", Moment, nullable=False),
    Column("thumb", Integer),
    Column("rating", Integer),
    Column("comment", FreeText, nullable=False),
)

# `values` is a reserved word.
stored_values = Table(
    "stored_values",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", FreeText, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Key, primary_key=True),
    Column("owner", Key, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
