"""The table of what was found unusual."""

from sqlalchemy import Column, Index, Table

from groundwatch.store.columns import FreeText, Key, Moment
from groundwatch.store.schema.declared import metadata

findings = Table(
    "findings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("seen_at", Moment, nullable=False),
    Column("severity", Key, nullable=False),
    Column("kind", Key, nullable=False),
    Column("metric", Key, nullable=False),
    Column("application", Key, nullable=False),
    Column("body", FreeText, nullable=False),
    Index("ix_findings_started_at_id", "started_at", "id"),
    Index("ix_findings_ended_at", "ended_at"),
)
