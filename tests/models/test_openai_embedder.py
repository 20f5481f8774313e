import math
import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from tests.fakes_models import FakeEmbedder
from tests.llm_stub import Answer, Drip, Hang, Html, LLMStub
from tests.models.http import KEY, Clock

from groundwatch.errors import (
    ModelUnusable,
    Overloaded,
    TextRejected,
    TimedOut,
    Unavailable,
)
from groundwatch.models.embedder import Urgency
from groundwatch.models.openai_embedder import OpenAIEmbedder
from groundwatch.models.settings import OpenAIEmbedderSettings

pytestmark = pytest.mark.integration

NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
def stub() -> Iterator[LLMStub]:
    with LLMStub() as stub:
        yield stub


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def embedder(stub: LLMStub, clock: Clock) -> Iterator[OpenAIEmbedder]:
    with closing(make(clock, stub.url)) as embedder:
        yield embedder


def make(clock: Clock, *urls: str, timeout: float = 5.0, dimensions: int = 64) -> OpenAIEmbedder:
    settings = OpenAIEmbedderSettings(
        kind="openai",
        endpoints=urls,
        model="some-model",
        dimensions=dimensions,
        api_key=KEY,
        timeout_seconds=timeout,
    )
    return OpenAIEmbedder(settings, clock.timing())


def vectors(*rows: list[float]) -> Answer:
    data = [{"index": at, "embedding": row} for at, row in enumerate(rows)]
    return Answer(body={"data": data})


def test_texts_become_unit_vectors_in_order(stub: LLMStub, embedder: OpenAIEmbedder):
    texts = [f"text number {n} of many" for n in range(150)]

    found = embedder.embed(texts, Urgency.BULK)

    np.testing.assert_allclose(found, FakeEmbedder().embed(texts, Urgency.BULK), atol=1e-6)
    assert [len(request.body["input"]) for request in stub.requests] == [64, 64, 22]
    request = stub.requests[0]
    assert request.path == "/v1/embeddings"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "some-model"
    assert embedder.name == "openai:some-model"


def test_long_texts_go_in_smaller_requests(stub: LLMStub, embedder: OpenAIEmbedder):
    embedder.embed(["word " * 10_000] * 5, Urgency.BULK)

    assert [len(request.body["input"]) for request in stub.requests] == [2, 2, 1]


def test_rows_in_another_order_are_put_right_and_scaled(stub: LLMStub, clock: Clock):
    rows = [{"index": 1, "embedding": [0, 3]}, {"index": 0, "embedding": [2, 0]}]
    stub.script(Answer(body={"data": rows}))
    with closing(make(clock, stub.url, dimensions=2)) as embedder:
        np.testing.assert_array_equal(
            embedder.embed(["a", "b"], Urgency.QUESTION), [[1, 0], [0, 1]]
        )


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_a_transient_answer_is_tried_again(
    stub: LLMStub, embedder: OpenAIEmbedder, clock: Clock, status: int
):
    stub.script(Answer(status), Answer(status))

    assert embedder.embed(["a"], Urgency.QUESTION).shape == (1, 64)
    assert len(stub.requests) == 3
    assert len(clock.pauses) == 2


@pytest.mark.parametrize(
    ("status", "error"), [(401, "key"), (403, "key"), (404, "endpoint"), (302, "endpoint")]
)
def test_an_answer_that_will_not_change_is_not_tried_again(
    stub: LLMStub, embedder: OpenAIEmbedder, status: int, error: str
):
    stub.script(Answer(status, {"error": f"no {KEY} here"}))

    with pytest.raises(ModelUnusable, match=error) as caught:
        embedder.embed(["a"], Urgency.QUESTION)
    assert KEY not in str(caught.value)
    assert len(stub.requests) == 1


def test_the_endpoint_says_how_long_to_wait(stub: LLMStub, embedder: OpenAIEmbedder, clock: Clock):
    stub.script(Answer(429, headers={"Retry-After": "2"}))

    embedder.embed(["a"], Urgency.QUESTION)

    assert clock.pauses == [2.5]


def test_a_wait_beyond_the_deadline_is_not_begun(
    stub: LLMStub, embedder: OpenAIEmbedder, clock: Clock
):
    stub.script(Answer(429, headers={"Retry-After": "60"}))

    with pytest.raises(Overloaded) as caught:
        embedder.embed(["a"], Urgency.QUESTION)
    assert caught.value.retry_after == 60
    assert clock.pauses == []


def test_it_gives_up_after_some_tries(stub: LLMStub, embedder: OpenAIEmbedder):
    stub.script(*[Answer(503, "a stack trace")] * 9)

    with pytest.raises(Unavailable, match="answers 503") as caught:
        embedder.embed(["a"], Urgency.BULK)
    assert "trace" not in str(caught.value)
    assert len(stub.requests) == 3


def test_a_page_of_a_proxy_is_told_without_its_text(stub: LLMStub, embedder: OpenAIEmbedder):
    stub.script(*[Html()] * 3)

    with pytest.raises(Unavailable, match="text/html") as caught:
        embedder.embed(["a"], Urgency.QUESTION)
    assert "secret" not in str(caught.value)


def test_no_answer_in_time(stub: LLMStub, clock: Clock):
    stub.script(*[Hang()] * 3)
    with closing(make(clock, stub.url, timeout=0.2)) as embedder, pytest.raises(TimedOut):
        embedder.embed(["a"], Urgency.QUESTION)


def test_an_answer_that_never_ends_is_cut_at_the_deadline(stub: LLMStub, clock: Clock):
    stub.script(Drip())
    began = time.monotonic()
    with closing(make(clock, stub.url, timeout=0.4)) as embedder, pytest.raises(TimedOut):
        embedder.embed(["a"], Urgency.QUESTION)
    assert time.monotonic() - began < 10
    assert len(stub.requests) == 1


def test_nobody_there(clock: Clock):
    with (
        closing(make(clock, NOBODY)) as embedder,
        pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:9/v1/embeddings is not reached"),
    ):
        embedder.embed(["a"], Urgency.QUESTION)


def test_endpoints_take_turns(clock: Clock):
    with LLMStub() as one, LLMStub() as two, closing(make(clock, one.url, two.url)) as embedder:
        for _ in range(4):
            embedder.embed(["a"], Urgency.QUESTION)
        assert (len(one.requests), len(two.requests)) == (2, 2)


def test_a_failing_endpoint_is_left_alone_for_a_while(clock: Clock):
    with LLMStub() as one, LLMStub() as two, closing(make(clock, one.url, two.url)) as embedder:
        one.script(Answer(500))
        for _ in range(4):
            embedder.embed(["a"], Urgency.QUESTION)
        assert (len(one.requests), len(two.requests)) == (1, 4)
        assert clock.pauses == []

        clock.sleep(10)
        for _ in range(2):
            embedder.embed(["a"], Urgency.QUESTION)
        assert len(one.requests) == 2


def test_the_text_that_spoils_a_request_is_named(stub: LLMStub, embedder: OpenAIEmbedder):
    stub.script(Answer(400), vectors([1.0] * 64), Answer(400))

    with pytest.raises(TextRejected, match="text 1 is refused") as caught:
        embedder.embed(["good", "bad", "never asked"], Urgency.BULK)
    assert caught.value.position == 1
    assert [request.body["input"] for request in stub.requests[1:]] == [["good"], ["bad"], ["test"]]


def test_when_no_text_spoils_it_alone_all_have_vectors(stub: LLMStub, embedder: OpenAIEmbedder):
    stub.script(Answer(413))

    assert embedder.embed(["a", "b"], Urgency.BULK).shape == (2, 64)
    assert len(stub.requests) == 3


def test_an_endpoint_that_refuses_everything_blames_no_text(
    stub: LLMStub, embedder: OpenAIEmbedder
):
    stub.script(*[Answer(400)] * 3)

    with pytest.raises(ModelUnusable, match="every text"):
        embedder.embed(["a"], Urgency.BULK)


@pytest.mark.parametrize("bad", [[0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_there_is_never_a_vector_without_direction(stub: LLMStub, clock: Clock, bad: list[float]):
    stub.script(vectors([1.0, 0.0], bad))
    with (
        closing(make(clock, stub.url, dimensions=2)) as embedder,
        pytest.raises(TextRejected, match="text 1 "),
    ):
        embedder.embed(["a", "b"], Urgency.BULK)


def test_a_blank_text_is_refused_before_anything_is_sent(stub: LLMStub, embedder: OpenAIEmbedder):
    with pytest.raises(TextRejected, match="text 1 is blank"):
        embedder.embed(["a", " \n"], Urgency.BULK)
    assert stub.requests == []


def test_other_dimensions_than_configured(stub: LLMStub, embedder: OpenAIEmbedder):
    stub.script(vectors([1.0] * 63))

    with pytest.raises(ModelUnusable, match=r"63 dimensions.*says 64"):
        embedder.embed(["a"], Urgency.QUESTION)
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [{"index": 0, "embedding": "AAAA"}]},
        {"data": [{"index": 5, "embedding": [1.0] * 64}]},
        {"error": {"message": "secret"}},
        [],
        "not JSON, secret",
    ],
)
def test_an_answer_of_another_shape(stub: LLMStub, embedder: OpenAIEmbedder, body: object):
    stub.script(*[Answer(body=body)] * 3)

    with pytest.raises(Unavailable, match="no reply of an OpenAI-compatible") as caught:
        embedder.embed(["a"], Urgency.QUESTION)
    assert "secret" not in str(caught.value)


def test_a_password_in_the_address_is_not_told(clock: Clock):
    with (
        closing(make(clock, "http://user:hunter2@127.0.0.1:9/v1")) as embedder,
        pytest.raises(Unavailable) as caught,
    ):
        embedder.embed(["a"], Urgency.QUESTION)
    assert "hunter2" not in str(caught.value)


def test_no_texts_ask_nothing(stub: LLMStub, embedder: OpenAIEmbedder):
    assert embedder.embed([], Urgency.BULK).shape == (0, 64)
    assert stub.requests == []
