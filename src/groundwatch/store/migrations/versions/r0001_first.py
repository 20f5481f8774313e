"""The first schema.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _documents()
    _permissions()
    _work()
    _identities()
    _rest()


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", KEY, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("indexed_at", sa.BigInteger(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("pipeline", KEY, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_documents_content_hash", "documents", ["content_hash"], unique=False)
    op.create_index("ix_documents_source_path", "documents", ["source", "path"], unique=False)
    op.create_table(
        "document_texts",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_document_texts_document_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_texts"),
    )
    op.create_table(
        "chunks",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("embedding_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_chunks_document_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_chunks"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_chunks_document_id_ordinal", "chunks", ["document_id", "ordinal"], unique=True
    )
    op.create_index("ix_chunks_embedding_hash", "chunks", ["embedding_hash"], unique=False)
    op.create_table(
        "vectors",
        sa.Column("chunk_id", SERIAL, nullable=False),
        sa.Column("model", KEY, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name="fk_vectors_chunk_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chunk_id", "model", name="pk_vectors"),
    )
    op.create_table(
        "spare_vectors",
        sa.Column("embedding_hash", sa.LargeBinary(), nullable=False),
        sa.Column("model", KEY, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("spared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("embedding_hash", "model", name="pk_spare_vectors"),
    )
    op.create_index("ix_spare_vectors_spared_at", "spare_vectors", ["spared_at"], unique=False)


def _permissions() -> None:
    op.create_table(
        "access_lists",
        sa.Column("id", KEY, nullable=False),
        sa.Column("allow", sa.Text(), nullable=False),
        sa.Column("deny", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_lists"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_entries",
        sa.Column("list_id", KEY, nullable=False),
        sa.Column("principal", KEY, nullable=False),
        sa.Column("denied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["access_lists.id"], name="fk_access_entries_list_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "principal", "denied", name="pk_access_entries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_access_entries_principal", "access_entries", ["principal"], unique=False)
    op.create_table(
        "permissions",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("rules_id", KEY, nullable=True),
        sa.Column("explicit_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["explicit_id"], ["access_lists.id"], name="fk_permissions_explicit_id"
        ),
        sa.ForeignKeyConstraint(["rules_id"], ["access_lists.id"], name="fk_permissions_rules_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_permissions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "changes",
        sa.Column("seq", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        sqlite_autoincrement=True,
    )


def _work() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("finished_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("content_hash", KEY, server_default="", nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("acl_hash", KEY, server_default="", nullable=False),
        sa.Column("event", KEY, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("claim", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("owner", KEY, server_default="", nullable=False),
        sa.Column("stage", KEY, server_default="", nullable=False),
        sa.Column("reason", KEY, server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_document_id", "ledger", ["document_id"], unique=False)
    op.create_index(
        "ix_ledger_due",
        "ledger",
        ["priority", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_ledger_source_path", "ledger", ["source", "path"], unique=True)
    op.create_index("ix_ledger_source_state", "ledger", ["source", "state"], unique=False)
    op.create_table(
        "tracking",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("event", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stage", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=False),
        sa.Column("timings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracking"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_tracking_source_finished_at", "tracking", ["source", "finished_at"], unique=False
    )
    op.create_table(
        "uploads",
        sa.Column("source", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("content_hash", KEY, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "path", name="pk_uploads"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_created_at_id", "jobs", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_jobs_user_created_at_id", "jobs", ["user", "created_at", "id"], unique=False
    )
    op.create_table(
        "job_tasks",
        sa.Column("job_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_tasks_job_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_job_tasks"),
    )
    op.create_index("ix_job_tasks_source_path", "job_tasks", ["source", "path"], unique=False)


def _identities() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("prefix", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("token_hash", name="uq_api_keys_token_hash"),
    )
    op.create_index("ix_api_keys_user", "api_keys", ["user"], unique=False)
    op.create_table(
        "login_links",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_login_links"),
    )
    op.create_index("ix_login_links_expires_at", "login_links", ["expires_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_user", "sessions", ["user"], unique=False)


def _rest() -> None:
    op.create_table(
        "interactions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("application", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("session", KEY, nullable=False),
        sa.Column("outcome", KEY, nullable=False),
        sa.Column("severity", KEY, nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("model", KEY, nullable=False),
        sa.Column("duration", sa.Float(precision=53), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interactions"),
    )
    op.create_index(
        "ix_interactions_started_at_id", "interactions", ["started_at", "id"], unique=False
    )
    op.create_index(
        "ix_interactions_user_started_at_id",
        "interactions",
        ["user", "started_at", "id"],
        unique=False,
    )
    op.create_table(
        "feedback",
        sa.Column("interaction_id", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("thumb", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", "user", name="pk_feedback"),
    )
    op.create_table(
        "stored_values",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_stored_values"),
    )
    op.create_table(
        "leases",
        sa.Column("name", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
