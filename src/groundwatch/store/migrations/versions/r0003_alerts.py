"""Alerts, incidents, silences, and the outbox of what is to be told.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _alerts()
    _conversations()
    _incidents()
    _outbox()
    _rule_states()
    _silences()
    _happenings()
    _incident_alerts()


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("fingerprint", KEY, nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("generator_url", sa.Text(), nullable=False),
        sa.Column("timed_out", sa.Boolean(), nullable=False),
        sa.Column("sender_starts_at", sa.BigInteger(), nullable=True),
        sa.Column("origin", KEY, nullable=False),
        sa.Column("routed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_alerts"),
    )
    op.create_index("ix_alerts_ends_at", "alerts", ["ends_at"], unique=False)
    op.create_index(
        "ix_alerts_unrouted",
        "alerts",
        ["updated_at"],
        unique=False,
        sqlite_where=sa.text("routed = 0"),
        postgresql_where=sa.text("NOT routed"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("channel", KEY, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "channel", name="pk_conversations"),
    )
    op.create_index("ix_conversations_closed_at", "conversations", ["closed_at"], unique=False)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("route", KEY, nullable=False),
        sa.Column("receiver", KEY, nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("severity", KEY, nullable=False),
        sa.Column("told_severity", KEY, nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("held_since", sa.BigInteger(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("held_reason", KEY, nullable=False),
        sa.Column("held_severity", KEY, nullable=True),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("acknowledged_by", KEY, nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_until", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("escalation", KEY, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("escalate_at", sa.BigInteger(), nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["key"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index("ix_incidents_opened_at_id", "incidents", ["opened_at", "id"], unique=False)
    op.create_index("ix_incidents_resolved_at", "incidents", ["resolved_at"], unique=False)
    op.create_index(
        "ix_incidents_touched",
        "incidents",
        ["id"],
        unique=False,
        sqlite_where=sa.text("touched = 1 AND resolved_at IS NULL"),
        postgresql_where=sa.text("touched AND resolved_at IS NULL"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("channel", KEY, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("transition", KEY, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_finished_at", "outbox", ["finished_at"], unique=False)
    op.create_index(
        "ix_outbox_notice", "outbox", ["incident_id", "channel", "sequence"], unique=True
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["channel", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _rule_states() -> None:
    op.create_table(
        "rule_states",
        sa.Column("rule", KEY, nullable=False),
        sa.Column("series", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("last_true", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("evaluated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "series", name="pk_rule_states"),
    )


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_ends_at", "silences", ["ends_at"], unique=False)


def _happenings() -> None:
    op.create_table(
        "happenings",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_happenings_incident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_happenings"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_happenings_incident_id_id", "happenings", ["incident_id", "id"], unique=False
    )


def _incident_alerts() -> None:
    op.create_table(
        "incident_alerts",
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("fingerprint", KEY, nullable=False),
        sa.Column("told", KEY, nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name="fk_incident_alerts_incident_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("incident_id", "fingerprint", name="pk_incident_alerts"),
    )
    op.create_index(
        "ix_incident_alerts_fingerprint", "incident_alerts", ["fingerprint"], unique=False
    )
