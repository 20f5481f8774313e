"""Tables of how people get in, and of what they asked."""

from sqlalchemy import Column, Float, Index, Integer, Table

from groundwatch.store.columns import FreeText, Key, Moment, Words
from groundwatch.store.schema.declared import metadata

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
