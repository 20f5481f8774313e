"""Event stores for tests."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from groundwatch.store.database import Database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings


def events_of(database: Database, now: datetime, raw_days: int = 30) -> EventStore:
    """The event store beside a database; the test closes it."""
    if database.dialect == "sqlite":
        folder, settings = Path(database.name).parent, StoreSettings()
    else:
        folder, settings = Path("/nowhere"), StoreSettings(url="postgresql://beside")
    return open_events(settings, folder, database, lambda: now, raw_days)


@contextmanager
def opened(database: Database, now: datetime) -> Generator[EventStore]:
    """The event store beside a database, until the block ends."""
    events = events_of(database, now)
    try:
        yield events
    finally:
        events.close()
