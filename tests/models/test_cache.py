import numpy as np
import pytest
from tests.fakes_models import FakeEmbedder

from groundwatch.errors import TextRejected
from groundwatch.models.cache import ENTRY_BYTES, CacheCounts, CachedEmbedder, VectorCache
from groundwatch.models.embedder import Urgency
from groundwatch.models.settings import CacheSettings

ENTRY = ENTRY_BYTES + 64 * 4


class Ticker:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def cached(entries: int, clock: Ticker | None = None) -> tuple[CachedEmbedder, FakeEmbedder]:
    inner = FakeEmbedder()
    settings = CacheSettings(max_bytes=entries * ENTRY, ttl_seconds=60)
    return CachedEmbedder(inner, VectorCache(settings, clock or Ticker())), inner


def texts_embedded(inner: FakeEmbedder) -> list[str]:
    return [text for texts, _ in inner.calls for text in texts]


def test_a_text_is_embedded_once_and_hits_and_misses_are_counted():
    embedder, inner = cached(10)

    first = embedder.embed(["red door", "blue door"], Urgency.QUESTION)
    second = embedder.embed(["blue door", "green door", "blue door"], Urgency.QUESTION)

    assert texts_embedded(inner) == ["red door", "blue door", "green door"]
    np.testing.assert_array_equal(first[1], second[0])
    np.testing.assert_array_equal(second[0], second[2])
    np.testing.assert_array_equal(
        second, FakeEmbedder().embed(["blue door", "green door", "blue door"], Urgency.BULK)
    )
    assert (
        CacheCounts(hits=1, misses=3, evictions=0, expirations=0, entries=3, bytes=3 * ENTRY)
        == embedder.counts()
    )


def test_the_least_recently_used_goes_first():
    embedder, inner = cached(2)
    for text in ("one", "two", "one", "three", "one", "two"):
        embedder.embed([text], Urgency.QUESTION)

    assert texts_embedded(inner) == ["one", "two", "three", "two"]
    assert embedder.counts().evictions == 2
    assert embedder.counts().bytes == 2 * ENTRY


def test_an_entry_past_its_time_is_embedded_again():
    clock = Ticker()
    embedder, inner = cached(2, clock)
    embedder.embed(["one"], Urgency.QUESTION)
    clock.now = 59.9
    embedder.embed(["one"], Urgency.QUESTION)
    clock.now = 60.0
    embedder.embed(["one"], Urgency.QUESTION)

    assert texts_embedded(inner) == ["one", "one"]
    assert embedder.counts().expirations == 1
    assert embedder.counts().entries == 1


def test_bulk_fills_the_room_there_is_and_pushes_nothing_out():
    embedder, inner = cached(2)
    embedder.embed(["question"], Urgency.QUESTION)
    embedder.embed(["one", "two", "three"], Urgency.BULK)
    embedder.embed(["question", "one"], Urgency.BULK)
    embedder.embed(["two"], Urgency.BULK)

    assert texts_embedded(inner) == ["question", "one", "two", "three", "two"]
    assert embedder.counts().evictions == 0


def test_without_room_nothing_is_kept_and_everything_still_works():
    embedder, _ = cached(0)
    for urgency in Urgency:
        assert embedder.embed(["one", "one"], urgency).shape == (2, 64)
    assert embedder.counts().entries == 0


def test_another_model_has_other_keys():
    cache = VectorCache(CacheSettings(), Ticker())
    first = CachedEmbedder(FakeEmbedder(name="a"), cache)
    second = CachedEmbedder(FakeEmbedder(name="b", dimensions=32), cache)

    assert first.embed(["one"], Urgency.BULK).shape == (1, 64)
    assert second.embed(["one"], Urgency.BULK).shape == (1, 32)


def test_a_rejected_text_keeps_its_position_in_the_call():
    embedder, inner = cached(10)
    embedder.embed(["one"], Urgency.BULK)
    inner.refused.add("bad")

    with pytest.raises(TextRejected, match=r"^text 2 ") as caught:
        embedder.embed(["one", "two", "bad"], Urgency.BULK)
    assert caught.value.position == 2


def test_changing_a_result_does_not_change_what_is_kept():
    embedder, _ = cached(10)
    vectors = embedder.embed(["one"], Urgency.QUESTION)
    before = vectors.copy()
    vectors[:] = 7

    np.testing.assert_array_equal(before, embedder.embed(["one"], Urgency.QUESTION))


def test_no_texts_give_no_vectors():
    embedder, _ = cached(10)
    assert embedder.embed([], Urgency.BULK).shape == (0, 64)
