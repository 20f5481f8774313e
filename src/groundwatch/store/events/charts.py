"""Cells out: what every chart, rule and report reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from groundwatch.domain.metrics import BUILT_IN, Point, Spread
from groundwatch.store.columns import EPOCH, clean, microseconds
from groundwatch.store.events import cell_rows, rollup_rows, series_rows
from groundwatch.store.events.cell_rows import MINUTES, sums_of_row
from groundwatch.store.events.cells import Cell, CellQuery, Step
from groundwatch.store.events.commits import Work
from groundwatch.store.events.histogram import Histogram
from groundwatch.store.events.interaction_rows import MINUTE
from groundwatch.store.events.rollup_rows import DAY, HOUR, Rollup
from groundwatch.store.events.room import Room, date_of, day_of, number_of
from groundwatch.store.events.session import Row, Session
from groundwatch.store.events.tally import LOOSE, Series, Sums, Tally, spread_of

_MINUTES: Mapping[Step, int] = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
HOUR_LONG = 60 * MINUTE
"""In microseconds."""
_MANY = 40
"""Series of which more are found faster by passing over all cells of an hour."""
_MONDAY = 4 * 1440
"""Minutes from 1970 to its first Monday, the 5th of January."""

Version = tuple[int, ...]
"""The days that hold cells of an hour, each with the number of its last change."""

Part = tuple[int, Series, Row]
"""A minute since 1970 in the step it belongs to, the series, and its sums."""


def add_points(room: Room, at: datetime, application: str, points: Sequence[Point]) -> None:
    """Add observations that have no row of their own to the minute of a moment.

    What lies before all that is kept, or more than a day ahead, is left out.
    """
    first, last = room.bounds()
    moment = microseconds(at)
    if not first <= moment <= last or not points:
        return
    cleaned = [
        Point(clean(p.metric), p.value, clean(p.dimension), clean(p.label), p.weight)
        for p in points
    ]

    def apply(_: Session, tally: Tally) -> None:
        tally.add(moment // MINUTE, clean(application), cleaned, origin=LOOSE)

    room.commits.write([Work(date_of(day_of(moment)), apply, 200 * len(points))])


def cells(room: Room, query: CellQuery) -> list[Cell]:
    """Cells in the order of time, application and label; steps without any are left out.

    Hours and days come from the main database where they are folded, from minutes where not, so
    they are exact at any moment.
    """
    width = _MINUTES[query.step]
    first = _floor(microseconds(query.since) // MINUTE, query.step)
    end = -(-microseconds(query.until) // MINUTE)
    span = (first, _floor(end - 1, query.step) + width)
    if end <= first:
        return []
    if query.step == "minute":
        parts = _minutes(room, query, span)
    else:
        parts = (_open if _is_open(room, span) else _mixed)(room, query, span)
    sums: dict[tuple[int, str, str], Sums] = {}
    read = _plain_sums if _is_plain(query) else sums_of_row
    for minute, series, row in parts:
        application = "" if query.application is None else series.application
        at = first if query.detail == "whole" else _floor(minute, query.step)
        key = (at, application, series.label)
        known = sums.get(key)
        if known is None:
            sums[key] = read(row)
        else:
            known.add(read(row))
    return [_cell(query, key, each) for key, each in sorted(sums.items()) if each.count]


def labels(
    room: Room, names: Mapping[str, str], column: str, since: datetime, until: datetime
) -> list[str]:
    """What a column of the series holds that have something in the days of a period."""
    found: set[str] = set()
    for _, session in room.reading(room.within(since, until)):
        found |= series_rows.column(session, names, column)
    span = (day_of(microseconds(since)), day_of(microseconds(until)) + 1)
    with room.main.read() as c:
        found |= rollup_rows.labels(c, names, column, span)
    return sorted(found)


def versions(room: Room, since: datetime, until: datetime) -> dict[int, Version]:
    """By hour since 1970, what changes whenever a cell of that hour does.

    An hour without rows of its own is left out: what it came to is settled.
    """
    first, end = microseconds(since) // HOUR_LONG, -(-microseconds(until) // HOUR_LONG)
    found: dict[int, Version] = {}
    for day, session in room.reading(room.within(since, until)):
        for hour, sequence in cell_rows.hours(session):
            if first <= hour < end:
                found[hour] = (*found.get(hour, ()), number_of(day), sequence)
    return found


def metric_names(room: Room) -> list[str]:
    """Every metric there is: built in, and of one's own that was seen."""
    now = room.clock()
    seen = labels(room, {}, "metric", now - timedelta(days=400), now + timedelta(days=1))
    return [*BUILT_IN, *(name for name in seen if name not in BUILT_IN)]


def _floor(minute: int, step: Step) -> int:
    """The minute in which a step begins."""
    offset = _MONDAY if step == "week" else 0
    return (minute - offset) // _MINUTES[step] * _MINUTES[step] + offset


def _cell(query: CellQuery, key: tuple[int, str, str], sums: Sums) -> Cell:
    minute, application, label = key
    return Cell(
        EPOCH + timedelta(minutes=minute),
        query.metric,
        application,
        query.dimension,
        label,
        sums.count,
        float(sums.weight),
        sums.total,
        None if _is_plain(query) else Histogram(spread_of(query.metric), sums.buckets),
    )


def _is_plain(query: CellQuery) -> bool:
    """Whether nobody wants to know how the values are spread."""
    return query.detail != "spread" or spread_of(query.metric) is Spread.NONE


def _plain_sums(row: Row) -> Sums:
    return Sums(row[0], row[1], row[2])


def _minutes(room: Room, query: CellQuery, span: tuple[int, int]) -> Iterator[Part]:
    read = _read_summed if query.detail == "whole" else _read
    for _, session in room.reading(_days(room, span)):
        yield from read(session, query, range(*span))


def _read(session: Session, query: CellQuery, minutes: range) -> Iterator[Part]:
    wanted = (query.metric, query.dimension, query.label, query.application)
    series = series_rows.find(session, *wanted)
    if not series:
        return
    if len(series) > _MANY:
        found = cell_rows.scan(session, *series_rows.fitting(*wanted), minutes)
    else:
        found = cell_rows.read_minutes(session, list(series), minutes)
    for minute, number, row in found:
        yield minute, series[number], row


def _read_hour(session: Session, query: CellQuery, minutes: range) -> Iterator[Part]:
    """Minutes of one hour; where only sums are wanted they are added up where they lie."""
    read = _read_summed if _is_plain(query) else _read
    return read(session, query, minutes) if minutes else iter(())


def _read_summed(session: Session, query: CellQuery, minutes: range) -> Iterator[Part]:
    wanted = (query.metric, query.dimension, query.label, query.application)
    series = series_rows.find(session, *wanted, most=_MANY + 1)
    if len(series) <= _MANY:
        for number, row in cell_rows.read_summed(session, list(series), minutes):
            yield minutes[0], series[number], row
        return
    summed = cell_rows.scan_summed(session, *series_rows.fitting(*wanted), minutes)
    for label, application, row in summed:
        name = Series(query.metric, query.dimension, label, application, LOOSE)
        yield minutes[0], name, row


def _is_open(room: Room, span: tuple[int, int]) -> bool:
    """Whether nothing of a span is over for an hour, so that nothing of it is folded."""
    return span[0] // MINUTES >= microseconds(room.clock()) // HOUR_LONG


def _open(room: Room, query: CellQuery, span: tuple[int, int]) -> Iterator[Part]:
    """Hours that are not over, without a look into the main database."""
    for _, session in room.reading(_days(room, span)):
        for hour in range(span[0] // MINUTES, -(-span[1] // MINUTES)):
            yield from _read_hour(session, query, _within(hour, span))


@dataclass(slots=True)
class _Folded:
    """What the main database knows of a period, at one moment."""

    hours: Mapping[tuple[int, int], int]

    def changed(self, day: int, session: Session) -> set[int]:
        """The hours of a day that changed since they were folded."""
        there = cell_rows.hours(session)
        return {hour for hour, at in there if self.hours.get((day, hour)) != at}


def _mixed(room: Room, query: CellQuery, span: tuple[int, int]) -> Iterator[Part]:
    """Hours and days of a period.

    The main database is read first: what is folded after that still counts as not folded here, and
    is read as minutes.
    """
    with room.main.snapshot() as c:
        days = (span[0] // 1440 - 1, span[1] // 1440 + 1)
        folded = _Folded(rollup_rows.folded(c, *days))
        open_hours: dict[int, set[int]] = {}
        for day, session in room.reading(_days(room, span)):
            changed = folded.changed(number_of(day), session)
            if changed:
                open_hours[number_of(day)] = changed
                for hour in sorted(changed):
                    yield from _read_hour(session, query, _within(hour, span))
        names = _names(query)
        level = HOUR if query.step == "hour" else DAY
        ends = (span[0] // (60 * level), -(-span[1] // (60 * level)))
        read = partial(rollup_rows.read, c, names=names, plain=_is_plain(query))
        for each in read(level, ends):
            changed = open_hours.get(each.day, set())
            if each.at not in changed if level == HOUR else not changed:
                yield _part(each, 60 * level)
        if level == DAY and open_hours:
            ends = (span[0] // 60, -(-span[1] // 60))
            for each in read(HOUR, ends, days=open_hours):
                if each.at not in open_hours[each.day]:
                    yield _part(each, 60)


def _part(one: Rollup, width: int) -> Part:
    return one.at * width, one.series, (one.amount, one.weight, one.total, one.buckets)


def _within(hour: int, span: tuple[int, int]) -> range:
    return range(max(hour * MINUTES, span[0]), min((hour + 1) * MINUTES, span[1]))


def _names(query: CellQuery) -> dict[str, str]:
    names = {"metric": query.metric, "dimension": query.dimension}
    given = {"label": query.label, "application": query.application}
    return names | {name: value for name, value in given.items() if value is not None}


def _days(room: Room, span: tuple[int, int]) -> list[date]:
    since = EPOCH + timedelta(minutes=span[0])
    return room.within(since, EPOCH + timedelta(minutes=span[1]))
