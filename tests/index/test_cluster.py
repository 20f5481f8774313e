"""Generations on a Qdrant server: on its emulation in memory, and on a real one where there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from qdrant_client import QdrantClient

from groundwatch.errors import Unusable
from groundwatch.index.cluster import ClusterBackend
from groundwatch.index.points import IndexModel, SearchRequest
from groundwatch.index.process import IndexProcess
from tests.conftest import ENVIRONMENT
from tests.index.company import Company, embed
from tests.index.samples import ANYBODY, MODEL, vector, words
from tests.waiting import until

SERVER = ENVIRONMENT.get("GROUNDWATCH_TEST_QDRANT_URL", "")

pytestmark = pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning")


@pytest.fixture(params=[":memory:", *([SERVER] if SERVER else [])])
def client(request: pytest.FixtureRequest) -> Iterator[QdrantClient]:
    client = QdrantClient(request.param)
    yield client
    client.close()


@pytest.fixture
def alias(client: QdrantClient) -> Iterator[str]:
    alias = f"groundwatch_test_{uuid4().hex}"
    yield alias
    for name in collections(client, alias):
        client.delete_collection(name)


def collections(client: QdrantClient, alias: str) -> list[str]:
    return [c.name for c in client.get_collections().collections if c.name.startswith(alias)]


@contextmanager
def opened(
    client: QdrantClient, alias: str, store: Company, model: IndexModel = MODEL
) -> Iterator[IndexProcess]:
    index = IndexProcess(ClusterBackend(client, alias, model, store.database), store.database)
    try:
        yield index
    finally:
        index.close()


def test_it_follows_the_store_and_goes_on_where_it_was(
    client: QdrantClient, alias: str, store: Company
) -> None:
    with opened(client, alias, store) as index:
        store.grow(5)
        store.delete("leave/0.md")
        index.follow(store.latest(), 30)
        assert index.status().points == 8
        assert index.verify(repair=False).agrees
    with opened(client, alias, store) as index:
        assert index.status().generation == f"{alias}-000001"
        assert index.status().position == store.latest()
        store.put("late.md", "late words")
        index.follow(store.latest(), 30)
        found = index.search(SearchRequest(ANYBODY, embed("late words"), "late words", limit=1))
        assert found.dense[0][0] == found.lexical[0][0]


def test_a_build_replaces_the_collection(client: QdrantClient, alias: str, store: Company) -> None:
    store.grow(5)
    with opened(client, alias, store) as index:
        index.follow(store.latest(), 30)
        index.rebuild(timeout=30)
        assert collections(client, alias) == [index.status().generation] == [f"{alias}-000002"]
        assert index.verify(repair=False).agrees
        with pytest.raises(Unusable, match="cannot be searched for markers"):
            index.purge(["x"], 30)
        assert index.purge([], 30) == []


def test_a_collection_of_another_kind_is_made_anew(
    client: QdrantClient, alias: str, store: Company
) -> None:
    store.grow(2)
    with opened(client, alias, store) as index:
        index.follow(store.latest(), 30)
        client.delete(index.status().generation, [0])
    with opened(client, alias, store) as index:
        until(lambda: index.status().generation != "", 30)
        assert index.verify(repair=False).agrees


def test_another_embedder_takes_over(client: QdrantClient, alias: str, store: Company) -> None:
    store.grow(3)
    other = IndexModel("other-model", 12)
    with opened(client, alias, store) as index:
        index.follow(store.latest(), 30)
    with opened(client, alias, store, other) as index:
        request = SearchRequest(ANYBODY, vector(1, 12), "rules")
        assert index.search(request).dense == []
        assert len(index.search(words("rules")).lexical) == 3
        store.embed_all(other)
        until(lambda: index.status().model == other, 30)
        assert len(index.search(request).dense) == 6
        assert index.search(replace(request, model=MODEL.name, vector=vector(1))).dense == []
