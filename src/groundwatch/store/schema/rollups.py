"""Tables of what metrics came to in each hour and day; minutes lie with the events of their day."""

from sqlalchemy import BigInteger, Column, Float, Identity, Index, Integer, LargeBinary, Table

from groundwatch.store.columns import Key, Serial
from groundwatch.store.schema.declared import metadata

rollup_series = Table(
    "rollup_series",
    metadata,
    Column("id", Serial, Identity(), primary_key=True),
    Column("metric", Key, nullable=False),
    Column("dimension", Key, nullable=False),
    Column("label", Key, nullable=False),
    Column("application", Key, nullable=False),
    Index("ix_rollup_series_names", "metric", "dimension", "label", "application", unique=True),
    sqlite_autoincrement=True,
)

# `level` is 1 for hours and 24 for days; `at` counts them since 1970. `day` is the day since 1970
# with whose events the minutes lie that this is the sum of: folding again replaces it.
rollups = Table(
    "rollups",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("series", BigInteger, primary_key=True, autoincrement=False),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False),
    Column("weight", Float(53), nullable=False),
    Column("total", Float(53), nullable=False),
    Column("buckets", LargeBinary, nullable=False),
    Index("ix_rollups_series", "series", "level", "at"),
    sqlite_with_rowid=False,
)

# Up to which change of a day each of its hours is in `rollups`.
folded_hours = Table(
    "folded_hours",
    metadata,
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
