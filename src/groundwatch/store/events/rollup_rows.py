"""Hours and days of metrics in the main database."""

# ruff: noqa: S608  what is put into statements are names of our own and placeholders

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.columns import clean
from groundwatch.store.events.cell_rows import sums_of_row
from groundwatch.store.events.histogram import packed
from groundwatch.store.events.session import AT_ONCE
from groundwatch.store.events.tally import Series, Sums
from groundwatch.store.schema import folded_hours, rollup_series, rollups
from groundwatch.store.statements import batches, insert, replacing

_FEW, _LOOK_UPS = 200, 10_000
HOUR, DAY = 1, 24
"""Levels."""
_NAMES = ("metric", "dimension", "label", "application")
_table = rollups.c


class Rollup(NamedTuple):
    """What a series came to in an hour or day, of what lies with one day's events."""

    at: int
    series: Series
    day: int
    amount: int
    weight: float
    total: float
    buckets: bytes


def folded(c: Connection, first: int, last: int) -> dict[tuple[int, int], int]:
    """Up to which change hours of days are folded, by day and hour."""
    table = folded_hours.c
    statement = sa.select(table.day, table.hour, table.sequence)
    rows = c.execute(statement.where(table.day >= first, table.day <= last))
    return {(row.day, row.hour): row.sequence for row in rows}


def replace_hour(c: Connection, day: int, hour: int, sums: Mapping[Series, Sums]) -> None:
    """Put what an hour came to in the place of what it came to before.

    It counts once `finish_hours` has said so.
    """
    _replace(c, HOUR, day, hour, sums)


def finish_hours(c: Connection, day: int, hours: Sequence[tuple[int, int]]) -> None:
    """Say up to which change hours are folded, and add up the days they belong to."""
    for at in sorted({hour // 24 for hour, _ in hours}):
        sums: dict[Series, Sums] = {}
        for each in _read(c, HOUR, [*_during(at * 24, at * 24 + 24), _table.day == day]):
            row = (each.amount, each.weight, each.total, each.buckets)
            sums.setdefault(each.series, Sums()).add(sums_of_row(row))
        _replace(c, DAY, day, at, sums)
    rows = [{"day": day, "hour": hour, "sequence": sequence} for hour, sequence in hours]
    c.execute(replacing(c.dialect.name, folded_hours), rows)


def read(
    c: Connection,
    level: int,
    span: tuple[int, int],
    names: Mapping[str, str],
    days: Iterable[int] | None = None,
    *,
    plain: bool = False,
) -> list[Rollup]:
    """Rollups from the first of a span to the one before its end.

    `names` is what the series must be called, what is not named fits; `days` narrows to what lies
    with these days' events; `plain` ones come without buckets.
    """
    conditions = [] if days is None else [_table.day.in_(sorted(days))]
    fitting = [rollup_series.c[name] == value for name, value in names.items()]
    statement = sa.select(rollup_series.c.id).where(*fitting).limit(_FEW + 1)
    series = list(c.execute(statement).scalars())
    if not series:
        return []
    if len(series) > _FEW or len(series) * (span[1] - span[0]) > _LOOK_UPS:
        return _read(c, level, [*conditions, *_during(*span), *fitting], plain=plain)
    # Named one by one, steps and series are looked up; a range of steps would be passed over.
    fitting = [_table.series.in_(series), _table.at.in_(range(*span))]
    return _read(c, level, [*conditions, *fitting], plain=plain)


def labels(c: Connection, names: Mapping[str, str], column: str, span: tuple[int, int]) -> set[str]:
    """What a column of the series holds that have something in a range of days."""
    conditions = [rollup_series.c[name] == value for name, value in names.items()]
    there = (
        sa.select(sa.literal(1))
        .where(
            _table.level == DAY,
            _table.at >= span[0],
            _table.at < span[1],
            _table.series == rollup_series.c.id,
        )
        .exists()
    )
    statement = sa.select(rollup_series.c[column]).distinct().where(*conditions, there)
    return set(c.execute(statement).scalars())


def forget(c: Connection, level: int, before: int) -> int:
    """Drop rollups of a level that are older; returns how many."""
    return c.execute(sa.delete(rollups).where(_table.level == level, _table.at < before)).rowcount


def forget_folded(c: Connection, day: int) -> None:
    """A day's events are gone: nothing of it is folded any more."""
    c.execute(sa.delete(folded_hours).where(folded_hours.c.day == day))


def forget_series(c: Connection) -> int:
    """Drop names of series that have nothing any more; returns how many."""
    used = sa.select(_table.series).distinct()
    return c.execute(sa.delete(rollup_series).where(rollup_series.c.id.not_in(used))).rowcount


def _during(first: int, end: int) -> tuple[sa.ColumnElement[bool], ...]:
    return _table.at >= first, _table.at < end


def _read(
    c: Connection,
    level: int,
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    plain: bool = False,
) -> list[Rollup]:
    statement = (
        sa.select(
            _table.at,
            *(rollup_series.c[name] for name in _NAMES),
            _table.day,
            _table.amount,
            _table.weight,
            _table.total,
            sa.literal(b"") if plain else _table.buckets,
        )
        .join(rollup_series, rollup_series.c.id == _table.series)
        .where(_table.level == level, *conditions)
    )
    return [
        Rollup(row[0], Series(*row[1:5]), row[5], row[6], row[7], row[8], row[9])
        for row in c.execute(statement)
    ]


def _replace(c: Connection, level: int, day: int, at: int, sums: Mapping[Series, Sums]) -> None:
    numbers = _numbers(c, sums)
    same = (_table.level == level, _table.at == at, _table.day == day)
    c.execute(sa.delete(rollups).where(*same))
    rows = [
        {
            "level": level,
            "at": at,
            "series": numbers[series[:4]],
            "day": day,
            "amount": each.count,
            "weight": float(each.weight),
            "total": each.total,
            "buckets": packed(each.buckets),
        }
        for series, each in sums.items()
        if each.count
    ]
    if rows:
        c.execute(sa.insert(rollups), rows)


def _numbers(c: Connection, wanted: Iterable[Series]) -> dict[tuple[str, ...], int]:
    """The ids of series; new ones get one."""
    names = {series[:4] for series in wanted}
    found: dict[tuple[str, ...], int] = {}
    new = insert(c.dialect.name, rollup_series).on_conflict_do_nothing(index_elements=_NAMES)
    for some in batches(names, AT_ONCE // 4):
        known = _known(c, some)
        missing = [each for each in some if each not in known]
        if missing:
            c.execute(new, [dict(zip(_NAMES, each, strict=True)) for each in missing])
            known |= _known(c, missing)
        found |= known
    return found


def _known(c: Connection, names: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The ids of series that are there.

    Each is looked up in the index; `IN` with tuples would pass over the whole table on SQLite.
    """
    wanted = ", ".join(f"(:m{n}, :d{n}, :l{n}, :a{n})" for n in range(len(names)))
    statement = sa.text(
        f"WITH wanted (m, d, l, a) AS (VALUES {wanted}) "
        "SELECT metric, dimension, label, application, id FROM wanted CROSS JOIN rollup_series "
        "WHERE metric = m AND dimension = d AND label = l AND application = a"
    )
    values = {
        f"{column}{n}": clean(value)
        for n, each in enumerate(names)
        for column, value in zip("mdla", each, strict=True)
    }
    return {tuple(row[:4]): row[4] for row in c.execute(statement, values)}
