"""The index process: it answers, follows the store and replaces itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundwatch.errors import Unavailable
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import SearchRequest
from groundwatch.index.process import IndexProcess, open_index
from groundwatch.store.database import Database
from groundwatch.store.settings import StoreSettings
from tests.index.company import Company, embed
from tests.index.samples import ANYBODY, MODEL, words
from tests.waiting import until


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


def lexical(index: IndexProcess, text: str) -> list[int]:
    return [chunk_id for chunk_id, _ in index.search(words(text)).lexical]


def test_what_was_put_is_found_once_followed(index: IndexProcess, store: Company) -> None:
    store.put("hr/leave.md", "parental leave")
    index.follow(store.latest())
    assert lexical(index, "leave") == [1]
    found = index.search(SearchRequest(ANYBODY, embed("parental leave"), ""))
    assert found.dense[0][1] == pytest.approx(1.0, abs=1e-4)


def test_changes_that_nobody_announced_are_found_too(index: IndexProcess, store: Company) -> None:
    store.put("hr/leave.md", "parental leave")
    until(lambda: lexical(index, "leave") == [1])


def test_a_store_with_documents_and_no_index_is_indexed(place: IndexPlace, store: Company) -> None:
    store.grow(20)
    with open_index(place, store.database) as index:
        with pytest.raises(Unavailable, match="being built"):
            index.search(words("leave"))
        index.follow(store.latest(), 30)
        assert index.status().points == 40
        assert len(lexical(index, "leave")) == 6
