"""The real event store, on each database."""

from collections.abc import Iterator

import pytest
from tests.reports.made import NOW
from tests.store.events.opened import opened

from groundwatch.store.database import Database
from groundwatch.store.events import EventStore


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store
