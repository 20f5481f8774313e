"""The index over the socket, as other processes use it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from groundwatch.domain.queries import SearchFilters
from groundwatch.errors import ModelUnusable, Unavailable
from groundwatch.index.handlers import index_handlers
from groundwatch.index.points import SearchRequest
from groundwatch.index.process import IndexProcess
from groundwatch.index.remote import RemoteIndex
from groundwatch.wire.client import Client
from groundwatch.wire.server import Server
from tests.index.company import Company, embed
from tests.index.samples import ANYBODY, THEN, vector


@pytest.fixture
def remote(index: IndexProcess) -> Iterator[RemoteIndex]:
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        path = Path(folder) / "engine.sock"
        with Server(path, index_handlers(index)):
            client = Client(path)
            yield RemoteIndex(client)
            client.close()


def test_rankings_cross_unchanged(remote: RemoteIndex, index: IndexProcess, store: Company) -> None:
    store.grow(10)
    assert remote.follow(store.latest()) == store.latest()
    filters = SearchFilters(path_prefix="leave", modified_after=THEN)
    request = SearchRequest(ANYBODY, embed("leave"), "leave", filters, 5)
    found, expected = remote.search(request), index.search(request)
    assert found.lexical
    assert found.generation == expected.generation
    for theirs, ours in ((found.dense, expected.dense), (found.lexical, expected.lexical)):
        assert [id_ for id_, _ in theirs] == [id_ for id_, _ in ours]
        assert np.allclose([s for _, s in theirs], [s for _, s in ours], atol=1e-6)


def test_its_errors_cross_as_themselves(remote: RemoteIndex) -> None:
    with pytest.raises(Unavailable, match="has not reached change 99"):
        remote.follow(99, timeout=0.05)
    with pytest.raises(ModelUnusable, match="8 dimensions"):
        remote.search(SearchRequest(ANYBODY, vector(1, 3), ""))


def test_status_is_whole(remote: RemoteIndex, index: IndexProcess) -> None:
    assert remote.status() == index.status()


def test_it_is_run_from_afar(remote: RemoteIndex, store: Company) -> None:
    store.grow(3)
    remote.follow(store.latest())
    remote.flush()
    remote.rebuild(timeout=60)
    assert remote.status().generation == "gen-000002"
    assert remote.verify(repair=True).agrees
    assert remote.purge(["group:nobody"], timeout=60) == []
    remote.rebuild()
    assert remote.status().points == 6
