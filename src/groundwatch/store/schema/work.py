"""Tables of what is to be done, and who does it."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    text,
)

from groundwatch.store.columns import FreeText, Key, Moment, Serial, Words
from groundwatch.store.schema.declared import metadata

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
