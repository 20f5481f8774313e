"""What was found unusual.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "findings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("severity", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("application", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    op.create_index("ix_findings_started_at_id", "findings", ["started_at", "id"], unique=False)
    op.create_index("ix_findings_ended_at", "findings", ["ended_at"], unique=False)
