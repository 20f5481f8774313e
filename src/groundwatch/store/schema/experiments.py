"""The tables of experiments: their runs, what was seen at each look, and who got which variant."""

from sqlalchemy import Column, Integer, Table

from groundwatch.store.columns import FreeText, Key, Moment, Words
from groundwatch.store.schema.declared import metadata

experiments = Table(
    "experiments",
    metadata,
    Column("name", Key, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("looked_at", Moment),
    Column("dropped", Words, nullable=False),
    Column("settings", FreeText, nullable=False),
    Column("looked", FreeText, nullable=False),
    Column("records", FreeText, nullable=False),
)

experiment_looks = Table(
    "experiment_looks",
    metadata,
    Column("name", Key, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("body", FreeText, nullable=False),
)

exposures = Table(
    "exposures",
    metadata,
    Column("name", Key, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("unit", Key, primary_key=True),
    Column("variant", Key, primary_key=True),
    Column("first_at", Moment, nullable=False),
)
