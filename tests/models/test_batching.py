import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.fakes_models import FakeEmbedder
from tests.waiting import until

from groundwatch.errors import Overloaded, TextRejected, Unavailable
from groundwatch.models.batching import QuestionsFirst
from groundwatch.models.embedder import Urgency, Vectors


class GatedEmbedder:
    """Bulk stands still until the gate opens; notes who ran what."""

    name = "gated"
    dimensions = 64

    def __init__(self) -> None:
        self.inner = FakeEmbedder()
        self.gate = threading.Event()
        self.running = 0
        self.nice: dict[Urgency, int] = {}

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        self.nice[urgency] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        self.running += 1
        if urgency is Urgency.BULK:
            assert self.gate.wait(30)
        return self.inner.embed(texts, urgency)


def test_vectors_come_in_order_whatever_the_lengths():
    embedder = QuestionsFirst(FakeEmbedder(), 3)
    texts = [" ".join(f"word{n % 7}" for n in range(length)) for length in (3, 400, 1, 90, 700, 2)]

    vectors = embedder.embed(texts, Urgency.BULK)

    np.testing.assert_array_equal(FakeEmbedder().embed(texts, Urgency.BULK), vectors)
    embedder.close()


@pytest.mark.parametrize("threads", [1, 3])
def test_a_question_of_several_texts_is_shared(threads: int):
    embedder = QuestionsFirst(FakeEmbedder(), threads)
    texts = [f"sentence {number} of the passage" for number in range(25)]

    vectors = embedder.embed(texts, Urgency.QUESTION)

    np.testing.assert_array_equal(FakeEmbedder().embed(texts, Urgency.QUESTION), vectors)
    embedder.close()


@pytest.mark.parametrize("urgency", Urgency)
def test_no_texts_give_no_vectors(urgency: Urgency):
    embedder = QuestionsFirst(FakeEmbedder(), 1)
    assert embedder.embed([], urgency).shape == (0, 64)
    embedder.close()


def test_many_callers_get_their_own_vectors():
    embedder = QuestionsFirst(FakeEmbedder(), 2)
    calls = [[f"text{n} {k}" for k in range(20)] for n in range(30)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda texts: embedder.embed(texts, Urgency.BULK), calls))

    for texts, vectors in zip(calls, results, strict=True):
        np.testing.assert_array_equal(FakeEmbedder().embed(texts, Urgency.BULK), vectors)
    embedder.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority")
def test_bulk_comes_after_questions_in_a_process_of_low_priority_too():
    gated = GatedEmbedder()
    gated.gate.set()

    def embed() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 7)
        embedder = QuestionsFirst(gated, 1)
        embedder.embed(["a"], Urgency.BULK)
        embedder.close()

    thread = threading.Thread(target=embed)
    thread.start()
    thread.join()
    assert gated.nice[Urgency.BULK] == 17


def test_a_question_is_answered_while_bulk_stands_still():
    gated = GatedEmbedder()
    embedder = QuestionsFirst(gated, 2)
    with ThreadPoolExecutor(1) as pool:
        bulk = pool.submit(embedder.embed, [f"{n} " * 500 for n in range(8)], Urgency.BULK)
        until(lambda: gated.running == 2)

        assert embedder.embed(["question"], Urgency.QUESTION).shape == (1, 64)

        assert not bulk.done()
        gated.gate.set()
        assert bulk.result(30).shape == (8, 64)
    embedder.close()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux only")
def test_bulk_runs_at_low_priority_and_questions_do_not():
    gated = GatedEmbedder()
    gated.gate.set()
    embedder = QuestionsFirst(gated, 1)
    for urgency in Urgency:
        embedder.embed(["text"], urgency)

    assert gated.nice[Urgency.BULK] > gated.nice[Urgency.QUESTION]
    assert gated.nice[Urgency.BULK] == min(19, gated.nice[Urgency.QUESTION] + 10)
    embedder.close()


def test_a_full_queue_refuses_bulk_but_one_call_of_any_size_is_taken():
    gated = GatedEmbedder()
    embedder = QuestionsFirst(gated, 1, max_bulk=10)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(embedder.embed, ["word " * 300] * 12, Urgency.BULK)
        until(lambda: gated.running == 1)

        with pytest.raises(Overloaded, match="texts wait"):
            embedder.embed(["one more"], Urgency.BULK)

        gated.gate.set()
        assert first.result(30).shape == (12, 64)
    assert embedder.embed(["one more"], Urgency.BULK).shape == (1, 64)
    embedder.close()


def test_too_many_questions_are_refused():
    asked = threading.Barrier(3)
    release = threading.Event()

    class Slow:
        name = "slow"
        dimensions = 2

        def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
            asked.wait(30)
            assert release.wait(30)
            return np.ones((len(texts), 2), dtype=np.float32)

    embedder = QuestionsFirst(Slow(), 2, max_questions=2)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(embedder.embed, ["q"], Urgency.QUESTION) for _ in range(2)]
        asked.wait(30)
        with pytest.raises(Overloaded, match="2 questions"):
            embedder.embed(["q"], Urgency.QUESTION)
        release.set()
        assert all(call.result(30).shape == (1, 2) for call in running)
    embedder.close()


@pytest.mark.parametrize("urgency", Urgency)
def test_the_rejected_text_is_named_by_its_position_in_the_call(urgency: Urgency):
    inner = FakeEmbedder()
    inner.refused.add("bad")
    embedder = QuestionsFirst(inner, 2)

    with pytest.raises(TextRejected) as caught:
        embedder.embed(["a", "bad", "a longer text", "c"], urgency)

    assert caught.value.position == 1
    assert embedder.embed(["a", "c"], urgency).shape == (2, 64)
    embedder.close()


def test_an_unexpected_failure_reaches_the_caller_and_the_threads_live_on():
    inner = FakeEmbedder()
    embedder = QuestionsFirst(inner, 1)
    inner.failure = MemoryError("no")
    with pytest.raises(MemoryError):
        embedder.embed(["a"], Urgency.BULK)
    inner.failure = None

    assert embedder.embed(["a"], Urgency.BULK).shape == (1, 64)
    embedder.close()


def test_closing_ends_those_who_wait():
    gated = GatedEmbedder()
    embedder = QuestionsFirst(gated, 1)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(embedder.embed, ["word " * 300] * 5, Urgency.BULK)
        until(lambda: gated.running == 1)
        closing = pool.submit(embedder.close)
        with pytest.raises(Unavailable, match="closed"):
            waiting.result(30)
        gated.gate.set()
        closing.result(30)
    with pytest.raises(Unavailable, match="closed"):
        embedder.embed(["a"], Urgency.BULK)
