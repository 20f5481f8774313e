"""An event store on either database, at a fixed time."""

import pytest

from groundwatch.store.events import open_events
from groundwatch.store.settings import StoreSettings
from tests.store.events.samples import NOW


@pytest.fixture
def events(database, tmp_path):
    url = "" if database.dialect == "sqlite" else "postgresql://as/opened"
    opened = open_events(StoreSettings(url=url), tmp_path, database, lambda: NOW)
    yield opened
    opened.close()
