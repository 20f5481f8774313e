"""What the parts of the event store share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from groundwatch.domain.clock import Clock
from groundwatch.store import values
from groundwatch.store.columns import EPOCH, microseconds
from groundwatch.store.database import Database
from groundwatch.store.events import interaction_rows
from groundwatch.store.events.commits import Commits
from groundwatch.store.events.session import Days, Session
from groundwatch.store.events.squeezing import Squeezer

AHEAD = timedelta(days=1)
"""How far a sender's clock may be ahead of ours."""
_EPOCH_DAY = EPOCH.date()
DAY = 86_400_000_000
_DROPPED = "events.dropped_until"
_ASK_AFTER = timedelta(minutes=1)


def day_of(moment: int) -> int:
    """The number of the day since 1970 that holds a moment in microseconds."""
    return moment // DAY


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH_DAY).days


def date_of(number: int) -> date:
    """The day so many days after 1970 began."""
    return _EPOCH_DAY + timedelta(days=number)


def beginning(number: int) -> datetime:
    """Midnight of such a day."""
    return EPOCH + timedelta(days=number)


class Dropped:
    """Up to which day rows were dropped, by whichever process; asked for once a minute."""

    def __init__(self, main: Database) -> None:
        self._main = main
        self._until = 0
        self._asked: datetime | None = None

    def until(self, now: datetime) -> int:
        """The first day that is still kept."""
        if self._asked is None or abs(now - self._asked) > _ASK_AFTER:
            with self._main.read() as c:
                self._until = int(values.get(c, _DROPPED) or 0)
            self._asked = now
        return self._until

    def note(self, c: Connection, day: int) -> None:
        """Say that a day is dropped, before it is."""
        until = max(day + 1, int(values.get(c, _DROPPED) or 0))
        values.put(c, _DROPPED, str(until))
        self._asked = None


@dataclass(frozen=True, slots=True)
class Room:
    """An open event store.

    Attributes:
        main: the main database, for what is older than the rows.
        raw_days: how many days of rows are kept; what is older is not taken.
    """

    days: Days
    commits: Commits
    main: Database
    clock: Clock
    raw_days: int
    squeezer: Squeezer
    dropped: Dropped

    def bounds(self) -> tuple[int, int]:
        """First and last moment, in microseconds, of what is taken.

        A day that retention has dropped is not begun anew: what it came to is all that is left.
        """
        now = self.clock()
        oldest = day_of(microseconds(now)) - self.raw_days
        return max(oldest, self.dropped.until(now)) * DAY, microseconds(now + AHEAD)

    def within(self, since: datetime | None, until: datetime | None) -> list[date]:
        """The days that may hold what began in a period, newest first.

        What was recorded again with another beginning stays in the day where it was, so the
        neighbours count too.
        """
        lowest = date.min if since is None else since.astimezone(UTC).date()
        highest = date.max if until is None else until.astimezone(UTC).date()
        margin = timedelta(days=1)
        lowest = lowest if lowest == date.min else lowest - margin
        highest = highest if highest == date.max else highest + margin
        return [day for day in self.days.present() if lowest <= day <= highest]

    def reading(self, days: Iterable[date]) -> Iterator[tuple[date, Session]]:
        """Days one after the other, each in a transaction; one that goes meanwhile is left out."""
        for day in days:
            with self.days.read(day) as session:
                if session is not None:
                    yield day, session

    def locate(self, ids: Iterable[str]) -> dict[date, list[str]]:
        """Which days hold interactions; those that are nowhere are left out."""
        missing = list(dict.fromkeys(ids))
        found: dict[date, list[str]] = {}
        for day, session in self.reading(self.days.present()):
            if not missing:
                break
            known = interaction_rows.known_ids(session, missing)
            if known:
                found[day] = [id_ for id_ in missing if id_ in known]
                missing = [id_ for id_ in missing if id_ not in known]
        return found
