"""What metrics came to in each hour and day.

Interactions and feedback move to the event store when it is opened for the first time.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rollup_series",
        sa.Column("id", SERIAL, sa.Identity(always=False), nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("dimension", KEY, nullable=False),
        sa.Column("label", KEY, nullable=False),
        sa.Column("application", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_series"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_rollup_series_names",
        "rollup_series",
        ["metric", "dimension", "label", "application"],
        unique=True,
    )
    op.create_table(
        "rollups",
        sa.Column("level", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("series", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Float(precision=53), nullable=False),
        sa.Column("total", sa.Float(precision=53), nullable=False),
        sa.Column("buckets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "at", "series", "day", name="pk_rollups"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rollups_series", "rollups", ["series", "level", "at"])
    op.create_table(
        "folded_hours",
        sa.Column("day", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("hour", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "hour", name="pk_folded_hours"),
        sqlite_with_rowid=False,
    )
