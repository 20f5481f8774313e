"""Which day keeps an interaction: the one that has it already, else that of its beginning."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from groundwatch.store.columns import microseconds, moment
from groundwatch.store.events import interaction_rows
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.room import Room, date_of, day_of

_NEAR = timedelta(days=1)


def by_home(room: Room, entries: Iterable[Entry]) -> dict[date, list[Entry]]:
    """Entries by the day that keeps them.

    What is known in a neighbouring day stays there: its beginning has moved over midnight. What is
    known in a day further away is told anew with a beginning that cannot be right for both, and the
    first one stands.
    """
    own: dict[date, list[Entry]] = {}
    for entry in entries:
        at = microseconds(entry.interaction.started_at)
        own.setdefault(date_of(day_of(at)), []).append(entry)
    present = room.days.present()
    homes: dict[date, list[Entry]] = {}
    for day, some in own.items():
        asked = [entry for entry in some if not entry.fresh]
        known = _known(room, _nearest(present, day), asked) if asked else {}
        for entry in some:
            home, began = known.get(entry.interaction.id, (day, 0))
            stands = _beginning(entry, began) if abs(home - day) > _NEAR else entry
            homes.setdefault(home, []).append(stands)
    return homes


def _beginning(entry: Entry, began: int) -> Entry:
    """The same with another beginning, in microseconds."""
    return replace(entry, interaction=replace(entry.interaction, started_at=moment(began)))


def _nearest(present: Iterable[date], day: date) -> list[date]:
    """Days, the likeliest first."""
    return sorted(present, key=lambda each: abs(each - day))


def _known(
    room: Room, days: Sequence[date], entries: Sequence[Entry]
) -> dict[str, tuple[date, int]]:
    """Day and beginning of those that are known."""
    found: dict[str, tuple[date, int]] = {}
    missing = [entry.interaction.id for entry in entries]
    for day, session in room.reading(days):
        beginnings = interaction_rows.beginnings(session, missing)
        found |= {id_: (day, began) for id_, began in beginnings.items()}
        missing = [id_ for id_ in missing if id_ not in found]
        if not missing:
            break
    return found
