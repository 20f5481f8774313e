"""Tables of alerts, incidents, and what is to be told to whom."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Identity, Index, Integer, Table, text

from groundwatch.store.columns import FreeText, Key, Moment, Serial
from groundwatch.store.schema.declared import metadata

alerts = Table(
    "alerts",
    metadata,
    Column("fingerprint", Key, primary_key=True),
    Column("labels", FreeText, nullable=False),
    Column("annotations", FreeText, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("generator_url", FreeText, nullable=False),
    Column("timed_out", Boolean, nullable=False),
    Column("sender_starts_at", Moment),
    Column("origin", Key, nullable=False),
    Column("routed", Boolean, nullable=False),
    Index("ix_alerts_ends_at", "ends_at"),
    Index(
        "ix_alerts_unrouted",
        "updated_at",
        sqlite_where=text("routed = 0"),
        postgresql_where=text("NOT routed"),
    ),
)

# Of every key at most one incident is not resolved.
incidents = Table(
    "incidents",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", Key, nullable=False),
    Column("kind", Key, nullable=False),
    Column("route", Key, nullable=False),
    Column("receiver", Key, nullable=False),
    Column("labels", FreeText, nullable=False),
    Column("title", FreeText, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("severity", Key, nullable=False),
    Column("told_severity", Key),
    Column("told_at", Moment),
    Column("resolved_at", Moment),
    Column("sequence", Integer, nullable=False),
    Column("held_since", Moment),
    Column("held_until", Moment),
    Column("held_reason", Key, nullable=False),
    Column("held_severity", Key),
    Column("digest", Key, nullable=False),
    Column("owner", Key, nullable=False),
    Column("acknowledged_by", Key, nullable=False),
    Column("acknowledged_at", Moment),
    Column("acknowledged_until", Moment),
    Column("snoozed_until", Moment),
    Column("escalation", Key, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("escalate_at", Moment),
    Column("touched", Boolean, nullable=False),
    Index("ix_incidents_opened_at_id", "opened_at", "id"),
    Index("ix_incidents_resolved_at", "resolved_at"),
    Index(
        "ix_incidents_touched",
        "id",
        sqlite_where=text("touched = 1 AND resolved_at IS NULL"),
        postgresql_where=text("touched AND resolved_at IS NULL"),
    ),
    Index(
        "ix_incidents_open",
        "key",
        unique=True,
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

# `told` is what the receiver knows of the alert: nothing, `firing` or `resolved`.
incident_alerts = Table(
    "incident_alerts",
    metadata,
    Column("incident_id", Key, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", Key, primary_key=True),
    Column("told", Key, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("left_at", Moment),
    Index("ix_incident_alerts_fingerprint", "fingerprint"),
)

happenings = Table(
    "happenings",
    metadata,
    Column("id", Serial, Identity(), primary_key=True),
    Column("incident_id", Key, ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Key, nullable=False),
    Column("actor", Key, nullable=False),
    Column("text", FreeText, nullable=False),
    Index("ix_happenings_incident_id_id", "incident_id", "id"),
    sqlite_autoincrement=True,
)

silences = Table(
    "silences",
    metadata,
    Column("id", Key, primary_key=True),
    Column("conditions", FreeText, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("created_by", Key, nullable=False),
    Column("comment", FreeText, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_silences_ends_at", "ends_at"),
)

# One row for each incident, channel and notice. `state`: waiting, sent, dead, cancelled.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, Identity(), primary_key=True),
    Column("incident_id", Key, nullable=False),
    Column("channel", Key, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("transition", Key, nullable=False),
    Column("payload", FreeText, nullable=False),
    Column("state", Key, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Key, nullable=False),
    Column("leased_until", Moment),
    Column("finished_at", Moment),
    Column("refused", Boolean, nullable=False),
    Column("error", FreeText, nullable=False),
    Index("ix_outbox_notice", "incident_id", "channel", "sequence", unique=True),
    Index("ix_outbox_finished_at", "finished_at"),
    Index(
        "ix_outbox_waiting",
        "channel",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    sqlite_autoincrement=True,
)

# What a channel has been told of an incident. `receipt` is what it needs to speak of it again.
conversations = Table(
    "conversations",
    metadata,
    Column("incident_id", Key, primary_key=True),
    Column("channel", Key, primary_key=True),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("receipt", FreeText, nullable=False),
    Index("ix_conversations_closed_at", "closed_at"),
)

# How far each series of each rule is: `inactive`, `pending`, `firing`, `no-data`.
rule_states = Table(
    "rule_states",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("series", Key, primary_key=True),
    Column("state", Key, nullable=False),
    Column("since", Moment, nullable=False),
    Column("last_true", Moment),
    Column("value", Float(53)),
    Column("evaluated_at", Moment, nullable=False),
)
