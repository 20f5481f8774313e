"""An index over a store in a folder of the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundwatch.index.place import IndexPlace
from groundwatch.index.process import IndexProcess, open_index
from groundwatch.store.database import Database
from groundwatch.store.settings import StoreSettings
from tests.index.company import Company
from tests.index.samples import MODEL


@pytest.fixture
def store(new_database: Callable[[str], Database]) -> Company:
    return Company(new_database("sqlite"))


@pytest.fixture
def place(tmp_path: Path, store: Company) -> IndexPlace:
    return IndexPlace(tmp_path / "index", Path(store.database.name).parent, StoreSettings(), MODEL)


@pytest.fixture
def index(place: IndexPlace, store: Company) -> Iterator[IndexProcess]:
    with open_index(place, store.database) as index:
        yield index
