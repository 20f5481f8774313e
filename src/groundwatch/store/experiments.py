"""Runs of experiments, what was seen at each look, and who got which variant."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema.experiments import experiment_looks, experiments, exposures
from groundwatch.store.statements import insert


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of an experiment; other settings make another run.

    Attributes:
        ended_at: from then on nobody is dealt a variant; None while it goes on.
        looked_at: when it was last judged.
        dropped: variants that get no more units.
        settings, looked, records: JSON; `looked` is empty before the first look.
    """

    name: str
    run: int
    begun_at: datetime
    ended_at: datetime | None
    looked_at: datetime | None
    dropped: tuple[str, ...]
    settings: str
    looked: str
    records: str


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """A unit that was dealt a variant, and when first."""

    name: str
    run: int
    unit: str
    variant: str
    first_at: datetime


_COLUMNS = [experiments.c[name] for name in RunRow.__slots__]


def latest(c: Connection) -> list[RunRow]:
    """The last run of every experiment, by name."""
    last = (
        sa.select(experiments.c.name, sa.func.max(experiments.c.run).label("run"))
        .group_by(experiments.c.name)
        .subquery()
    )
    same = (experiments.c.name == last.c.name) & (experiments.c.run == last.c.run)
    found = c.execute(sa.select(*_COLUMNS).join(last, same).order_by(experiments.c.name))
    return [RunRow(*row) for row in found]


def runs(c: Connection, name: str) -> list[RunRow]:
    """Every run of an experiment, the last one first."""
    statement = sa.select(*_COLUMNS).where(experiments.c.name == name)
    return [RunRow(*row) for row in c.execute(statement.order_by(experiments.c.run.desc()))]


def held(c: Connection, name: str, run: int) -> RunRow | None:
    """A run that nobody else changes until this transaction ends."""
    statement = sa.select(*_COLUMNS).where(*_is(name, run)).with_for_update()
    found = c.execute(statement).first()
    return None if found is None else RunRow(*found)


def add(c: Connection, row: RunRow) -> None:
    """Keep a new run; raises where there is one of this number."""
    c.execute(sa.insert(experiments), asdict(row))


def change(c: Connection, row: RunRow) -> None:
    """Replace what is kept of a run."""
    values = asdict(row)
    c.execute(sa.update(experiments).where(*_is(values.pop("name"), values.pop("run"))), values)


def add_look(c: Connection, name: str, run: int, at: datetime, body: str) -> None:
    """Keep what a look has shown; a second one of the same moment is left out."""
    row = {"name": name, "run": run, "at": at, "body": body}
    c.execute(insert(c.dialect.name, experiment_looks).on_conflict_do_nothing(), row)


def looks(c: Connection, name: str, run: int) -> list[tuple[datetime, str]]:
    """What was kept of looks, the earliest first."""
    table = experiment_looks.c
    statement = sa.select(table.at, table.body).where(table.name == name, table.run == run)
    return [(row[0], row[1]) for row in c.execute(statement.order_by(table.at))]


def expose(c: Connection, rows: Sequence[ExposureRow]) -> None:
    """Keep who was dealt what; the first time counts."""
    if rows:
        statement = insert(c.dialect.name, exposures).on_conflict_do_nothing()
        c.execute(statement, [asdict(row) for row in rows])


def exposed(c: Connection, name: str, run: int) -> tuple[dict[str, int], int]:
    """Units by variant, and how many were dealt several and count for none."""
    table = exposures.c
    units = (
        sa.select(sa.func.min(table.variant).label("variant"), sa.func.count().label("dealt"))
        .where(table.name == name, table.run == run)
        .group_by(table.unit)
        .subquery()
    )
    is_one = units.c.dealt == 1
    statement = sa.select(units.c.variant, is_one, sa.func.count()).group_by(
        units.c.variant, is_one
    )
    counts: dict[str, int] = {}
    crossed = 0
    for variant, alone, count in c.execute(statement):
        if alone:
            counts[variant] = count
        else:
            crossed += count
    return counts, crossed


def forget_units(c: Connection, before: datetime) -> int:
    """Forget who took part in runs that ended before a moment; returns how many."""
    over = sa.select(experiments.c.name, experiments.c.run).where(experiments.c.ended_at < before)
    is_over = sa.tuple_(exposures.c.name, exposures.c.run).in_(over)
    return c.execute(sa.delete(exposures).where(is_over)).rowcount


def _is(name: str, run: int) -> tuple[sa.ColumnElement[bool], ...]:
    return experiments.c.name == name, experiments.c.run == run
