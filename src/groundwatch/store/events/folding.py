"""Minutes become hours and days; what is too old goes; cells are counted again."""

from collections.abc import Mapping
from datetime import date, datetime

from groundwatch.store.columns import microseconds
from groundwatch.store.events import (
    cell_rows,
    event_rows,
    interaction_rows,
    rollup_rows,
    series_rows,
    span_packs,
)
from groundwatch.store.events.cell_rows import MINUTES, sums_of_row
from groundwatch.store.events.cells import RetentionDays
from groundwatch.store.events.commits import Work
from groundwatch.store.events.room import Room, day_of, number_of
from groundwatch.store.events.series_rows import Known
from groundwatch.store.events.session import AT_ONCE, Session
from groundwatch.store.events.squeezing import SAMPLES, trained
from groundwatch.store.events.tally import DERIVED, Cells, Series, Sums, Tally

_HOUR = 3_600_000_000
_SAMPLED = (
    "SELECT body FROM bodies ORDER BY n DESC LIMIT ?",
    "SELECT body FROM qualities ORDER BY n DESC LIMIT ?",
    "SELECT body FROM spans WHERE kind <> '' ORDER BY n DESC LIMIT ?",
)
"""What a dictionary is trained on; traces that are packed refer to something else."""


def fold(room: Room, now: datetime) -> int:
    """Bring the hours that are over into the main database; returns how many.

    Each hour is written whole, with the change of its day up to which it counts, in one
    transaction: stopping anywhere and beginning again comes to the same.
    """
    over = microseconds(now) // _HOUR
    _train(room)
    folded = sum(_fold_day(room, day, over) for day in reversed(room.days.present()))
    for day in room.days.present():
        if number_of(day) < day_of(microseconds(now)):
            room.days.rest(day)
    return folded


def _train(room: Room) -> None:
    """Make the newest day's dictionary, and its pattern, once there is enough to learn from."""
    for day, session in room.reading(room.days.present()[:1]):
        number = int(f"{day:%Y%m%d}")
        body = _dictionary(session, number)
        if body:
            room.squeezer.learn(number, body)
        pattern = span_packs.learned(session, number)
        if body or pattern:
            room.commits.write([_keeping(day, number, pattern)])


def _keeping(day: date, number: int, pattern: bytes) -> Work:
    """Keep a pattern; the dictionary goes into a day with whatever is written to it."""

    def apply(session: Session, _: Tally) -> None:
        if pattern:
            span_packs.learn(session, number, pattern)

    return Work(day, apply)


def _dictionary(session: Session, number: int) -> bytes:
    """What the newest rows have in common; empty when that is known, or there are too few."""
    if session.rows("SELECT id FROM dictionaries WHERE id = ?", [number]):
        return b""
    rows = [row for sql in _SAMPLED for row in session.rows(sql, [SAMPLES])]
    return (
        trained(number, [session.expanded(row[0]) for row in rows]) if len(rows) >= SAMPLES else b""
    )


def retain(room: Room, now: datetime, days: RetentionDays) -> list[date]:
    """Drop what is older than what is kept; hours and days of it are folded before."""
    today = day_of(microseconds(now))
    dropped = []
    for day in reversed(room.days.present()):
        if number_of(day) < today - days.raw:
            with room.main.write() as c:
                room.dropped.note(c, number_of(day))
            _fold_day(room, day, None)
            room.days.drop(day)
            room.commits.forget(day)
            with room.main.write() as c:
                rollup_rows.forget_folded(c, number_of(day))
            dropped.append(day)
    with room.main.write() as c:
        gone = rollup_rows.forget(c, rollup_rows.HOUR, (today - days.hourly) * 24)
        gone += rollup_rows.forget(c, rollup_rows.DAY, today - days.daily)
        if gone:
            rollup_rows.forget_series(c)
    return dropped


def recount(room: Room, day: date) -> int:
    """Count a day's cells again from its rows and put them right; returns how many were wrong.

    Cells of points that were added without a row are left alone.
    """
    wrong: list[int] = []

    def apply(session: Session, tally: Tally) -> None:
        right = counted(session)
        there = stored(session)
        differing = [
            key for key in right.keys() | there.keys() if not alike(right.get(key), there.get(key))
        ]
        wrong.append(len(differing))
        _put_right(session, {key: right.get(key, Sums()) for key in differing}, tally)

    room.commits.write([Work(day, apply)])
    return wrong[-1]


def counted(session: Session) -> Cells:
    """What the cells of a day must be, from its rows."""
    tally = Tally()
    numbers = [row[0] for row in session.rows("SELECT n FROM interactions")]
    for start in range(0, len(numbers), AT_ONCE):
        for kept in interaction_rows.by_number(session, numbers[start : start + AT_ONCE]).values():
            interaction_rows.count(tally, kept.recorded)
    for event in event_rows.every(session):
        event_rows.count(tally, event)
    return {key: sums for key, sums in tally.cells.items() if sums.count}


def stored(session: Session) -> Cells:
    """What the cells of a day are, of those that can be counted from rows."""
    names = series_rows.every(session)
    every = cell_rows.read_all(session, 0, 1 << 30)
    return {
        (minute, names[number]): sums_of_row(row)
        for minute, number, row in every
        if names[number].origin == DERIVED
    }


def alike(one: Sums | None, other: Sums | None) -> bool:
    """Whether two cells are the same; sums in another order differ in the last digits."""
    if one is None or other is None:
        return one is other
    return (one.count, one.weight, one.buckets) == (
        other.count,
        other.weight,
        other.buckets,
    ) and abs(one.total - other.total) <= 1e-9 * max(1.0, abs(one.total), one.weight)


def _put_right(session: Session, right: Cells, tally: Tally) -> None:
    """Take what is there away; what is right comes in by the tally."""
    numbers = series_rows.numbers(session, {series for _, series in right}, Known())[0]
    keys = [(minute << 32) | numbers[series] for minute, series in right]
    session.many("DELETE FROM cells WHERE at = ?", [(key,) for key in keys])
    tally.merge(right)
    hours = {minute // MINUTES for minute, _ in right}
    cell_rows.touch(session, hours)


def _fold_day(room: Room, day: date, over: int | None) -> int:
    """Fold the hours of a day that changed since they were folded, and are over."""
    number = number_of(day)
    with room.main.read() as c:
        done = rollup_rows.folded(c, number, number)
    for _, session in room.reading([day]):
        changed = [
            (hour, sequence)
            for hour, sequence in cell_rows.hours(session)
            if done.get((number, hour)) != sequence and (over is None or hour < over)
        ]
        names = series_rows.every(session) if changed else {}
        for hour, _ in changed:
            sums = _hour(session, hour, names)
            with room.main.write() as c:
                rollup_rows.replace_hour(c, number, hour, sums)
        if changed:
            with room.main.write() as c:
                rollup_rows.finish_hours(c, number, changed)
        return len(changed)
    return 0


def _hour(session: Session, hour: int, names: Mapping[int, Series]) -> dict[Series, Sums]:
    """What an hour came to; where a series comes from makes no difference any more."""
    sums: dict[Series, Sums] = {}
    for _, number, row in cell_rows.read_all(session, hour * MINUTES, (hour + 1) * MINUTES):
        series = names[number]._replace(origin=DERIVED)
        sums.setdefault(series, Sums()).add(sums_of_row(row))
    return sums
