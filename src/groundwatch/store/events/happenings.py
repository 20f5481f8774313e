"""Events in and out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from groundwatch.domain.events import Event
from groundwatch.store.columns import EPOCH, microseconds
from groundwatch.store.events import event_rows
from groundwatch.store.events.commits import Work
from groundwatch.store.events.room import Room, date_of, day_of
from groundwatch.store.events.session import Session
from groundwatch.store.events.tally import Tally

_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def add_events(room: Room, events: Sequence[Event]) -> int:
    """Keep events; returns how many are of a time that is kept."""
    first, last = room.bounds()
    by_day: dict[date, list[Event]] = {}
    for event in events:
        at = microseconds(event.at)
        if first <= at <= last:
            by_day.setdefault(date_of(day_of(at)), []).append(event)
    room.commits.write([_work(day, some) for day, some in by_day.items()])
    return sum(map(len, by_day.values()))


def events(  # noqa: PLR0917  what a list of events is narrowed by
    room: Room,
    application: str | None,
    since: datetime | None,
    until: datetime | None,
    types: Sequence[str],
    limit: int,
) -> list[Event]:
    """Events of a period, newest first."""
    found: list[Event] = []
    first, end = microseconds(since or EPOCH), microseconds(until or _FOREVER)
    for _, session in room.reading(room.within(since, until)):
        if len(found) >= limit:
            break
        found += event_rows.read(session, (first, end), application, types, limit - len(found))
    return found


def _work(day: date, some: Sequence[Event]) -> Work:
    def apply(session: Session, tally: Tally) -> None:
        event_rows.put(session, some, tally)

    return Work(day, apply, sum(len(event.message) + 500 for event in some))
