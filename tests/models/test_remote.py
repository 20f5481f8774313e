from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.fakes_models import FakeEmbedder

from groundwatch.errors import Overloaded, TextRejected, Unavailable
from groundwatch.models.cache import CachedEmbedder, VectorCache
from groundwatch.models.embedder import Urgency
from groundwatch.models.remote import RemoteEmbedder, embedder_handlers
from groundwatch.models.settings import CacheSettings
from groundwatch.wire.client import Client
from groundwatch.wire.server import Server


@pytest.fixture
def inner() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def remote(inner: FakeEmbedder, tmp_path: Path) -> Iterator[RemoteEmbedder]:
    cached = CachedEmbedder(inner, VectorCache(CacheSettings(), lambda: 0.0))
    client = Client(tmp_path / "engine.sock", patience=0)
    with Server(tmp_path / "engine.sock", embedder_handlers(cached)):
        yield RemoteEmbedder(client)
    client.close()


def test_it_is_the_embedder_of_the_other_side(remote: RemoteEmbedder, inner: FakeEmbedder):
    assert (inner.name, inner.dimensions) == (remote.name, remote.dimensions)
    texts = ["red door", "blue door"]
    for urgency in Urgency:
        np.testing.assert_array_equal(inner.embed(texts, urgency), remote.embed(texts, urgency))
    assert remote.embed([], Urgency.BULK).shape == (0, 64)


def test_the_urgency_arrives(remote: RemoteEmbedder, inner: FakeEmbedder):
    remote.embed(["a"], Urgency.BULK)
    remote.embed(["b"], Urgency.QUESTION)

    assert inner.calls == [(["a"], Urgency.BULK), (["b"], Urgency.QUESTION)]


def test_errors_cross_as_they_are(remote: RemoteEmbedder, inner: FakeEmbedder):
    inner.refused.add("bad")
    with pytest.raises(TextRejected) as caught:
        remote.embed(["good", "bad"], Urgency.BULK)
    assert caught.value.position == 1

    inner.failure = Overloaded("full", retry_after=3.0)
    with pytest.raises(Overloaded) as full:
        remote.embed(["other"], Urgency.BULK)
    assert full.value.retry_after == 3.0


def test_the_counts_of_the_cache_are_told(remote: RemoteEmbedder):
    remote.embed(["a", "b"], Urgency.QUESTION)
    remote.embed(["a"], Urgency.QUESTION)

    counts = remote.cache_counts()
    assert counts is not None
    assert (counts.hits, counts.misses, counts.entries) == (1, 2, 2)


def test_without_a_cache_there_are_no_counts(inner: FakeEmbedder, tmp_path: Path):
    client = Client(tmp_path / "engine.sock")
    with Server(tmp_path / "engine.sock", embedder_handlers(inner)):
        assert RemoteEmbedder(client).cache_counts() is None
    client.close()


def test_a_process_that_is_not_there_is_unavailable(tmp_path: Path):
    client = Client(tmp_path / "engine.sock", patience=0)
    with pytest.raises(Unavailable):
        RemoteEmbedder(client).embed(["a"], Urgency.QUESTION)
