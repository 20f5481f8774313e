"""Opens the event store on either database."""

from pathlib import Path

from groundwatch.domain.clock import Clock
from groundwatch.store.database import BUSY_SECONDS, Database
from groundwatch.store.events import earlier
from groundwatch.store.events.commits import Commits
from groundwatch.store.events.postgresql_days import PartitionDays
from groundwatch.store.events.room import Dropped, Room
from groundwatch.store.events.session import Days
from groundwatch.store.events.sqlite_days import FileDays
from groundwatch.store.events.squeezing import Squeezer
from groundwatch.store.events.store import EventStore
from groundwatch.store.settings import StoreSettings

RAW_DAYS = 30


def open_events(
    settings: StoreSettings,
    data: Path,
    database: Database,
    clock: Clock,
    raw_days: int = RAW_DAYS,
) -> EventStore:
    """Open the event store of a data folder; close it before the database.

    Args:
        settings: says which database; the days lie where the rest lies.
        data: the data folder, where SQLite keeps its days.
        database: open, for what is older than rows.
        clock: tells which days are taken.
        raw_days: how many days of rows are kept; what began before is refused.

    Raises:
        Unusable: the folder cannot be written.
    """
    squeezer = Squeezer()
    days: Days = (
        PartitionDays(database, squeezer)
        if settings.url
        else FileDays(data, BUSY_SECONDS, squeezer)
    )
    room = Room(
        days, Commits(days, squeezer), database, clock, raw_days, squeezer, Dropped(database)
    )
    events = EventStore(room)
    try:
        earlier.move(database, events)
    except BaseException:
        events.close()
        raise
    return events
