"""Pages of interactions, newest first."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from groundwatch.domain.interactions import EXPERIMENT
from groundwatch.store.columns import microseconds
from groundwatch.store.events import interaction_rows
from groundwatch.store.events.recorded import Filter, Recorded
from groundwatch.store.events.room import Room, beginning, number_of
from groundwatch.store.events.session import Session

After = tuple[datetime, str]
_FLAGGED = "flags LIKE ? ESCAPE '!'"
_READ_AT_ONCE = 200
"""Interactions whose text is looked at together."""

_Found = tuple[int, str, int]
"""Beginning, id, and number in the day."""


def page(room: Room, wanted: Filter, after: After | None, limit: int) -> list[Recorded]:
    """Interactions; `after` is the beginning and the id of the last one of the page before."""
    until = wanted.until
    if after is not None and (until is None or after[0] < until):
        until = after[0] + timedelta(microseconds=1)
    found: list[tuple[int, str, date, int]] = []
    for day in room.within(wanted.since, until):
        # A day's file may hold what began in the day after it, hardly ever more.
        certain = microseconds(beginning(number_of(day) + 2))
        if sum(1 for each in found if each[0] >= certain) >= limit:
            break
        for _, session in room.reading([day]):
            fitting = _fitting(session, wanted, after, limit)
            found += [(at, id_, day, number) for at, id_, number in fitting]
    found.sort(key=lambda each: each[:2], reverse=True)
    return _whole(room, found[:limit])


def _whole(room: Room, found: Sequence[tuple[int, str, date, int]]) -> list[Recorded]:
    whole: dict[tuple[date, int], Recorded] = {}
    for day in {each[2] for each in found}:
        numbers = [number for _, _, of, number in found if of == day]
        for _, session in room.reading([day]):
            kept = interaction_rows.by_number(session, numbers)
            whole |= {(day, number): each.recorded for number, each in kept.items()}
    places = [(day, number) for _, _, day, number in found]
    return [whole[place] for place in places if place in whole]


def _fitting(session: Session, wanted: Filter, after: After | None, limit: int) -> Iterator[_Found]:
    """The first ones of a day that fit."""
    if not wanted.text:
        yield from _narrow(session, wanted, after and (microseconds(after[0]), after[1]), limit)
        return
    text = wanted.text.casefold()
    place = after and (microseconds(after[0]), after[1])
    left = limit
    while left:
        some = _narrow(session, wanted, place, _READ_AT_ONCE)
        bodies = interaction_rows.by_number(session, [number for _, _, number in some])
        for each in some:
            one = bodies[each[2]].recorded.interaction
            if left and (text in one.query.casefold() or text in one.response.casefold()):
                left -= 1
                yield each
        if len(some) < _READ_AT_ONCE:
            return
        place = some[-1][:2]


def _narrow(
    session: Session, wanted: Filter, after: tuple[int, str] | None, limit: int
) -> list[_Found]:
    conditions, values = _conditions(wanted)
    if after is not None:
        conditions.append("(started_at < ? OR (started_at = ? AND id < ?))")
        values += [after[0], after[0], after[1]]
    sql = (
        f"SELECT started_at, id, n FROM interactions WHERE {' AND '.join(conditions)} "
        "ORDER BY started_at DESC, id DESC LIMIT ?"
    )
    return [(row[0], row[1], row[2]) for row in session.rows(sql, [*values, limit])]


def _conditions(wanted: Filter) -> tuple[list[str], list[object]]:
    compared: list[tuple[str, object]] = [
        ('"user" = ?', wanted.user),
        ("application = ?", wanted.application),
        ('"group" = ?', wanted.group),
        ("model = ?", wanted.model),
        ("outcome = ?", wanted.outcome and wanted.outcome.value),
        ("severity = ?", wanted.severity and wanted.severity.value),
        ("status = ?", wanted.status and wanted.status.value),
        ("duration >= ?", wanted.min_latency),
        ("overall <= ?", wanted.max_quality),
        (_FLAGGED, None if wanted.flag is None else _flag(wanted.flag)),
        (_FLAGGED, None if wanted.variant is None else _variant(wanted.variant)),
        ("started_at >= ?", wanted.since and microseconds(wanted.since)),
        ("started_at < ?", wanted.until and microseconds(wanted.until)),
    ]
    given = [(condition, value) for condition, value in compared if value is not None]
    return ["kept = 1", *(each for each, _ in given)], [value for _, value in given]


def _flag(flag: str) -> str:
    return f"%|{_escaped(flag)}|%"


def _variant(name: str) -> str:
    """One variant, or every one of an experiment."""
    end = "|" if "=" in name else "="
    return f"%|{_escaped(EXPERIMENT + name)}{end}%"


def _escaped(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return text
