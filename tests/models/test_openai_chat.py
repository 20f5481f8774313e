import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.llm_stub import (
    HTML,
    Answer,
    Drip,
    Hang,
    Html,
    LLMStub,
    Raw,
    Step,
    Stream,
    completion,
    event,
)
from tests.models.http import KEY, Clock

from groundwatch.domain.answers import Usage
from groundwatch.errors import GroundwatchError, ModelUnusable, Overloaded, TimedOut, Unavailable
from groundwatch.models.llm import ChatMessage, Delta
from groundwatch.models.openai_chat import OpenAIChat
from groundwatch.models.settings import LLMSettings, PriceSettings

pytestmark = pytest.mark.integration

MESSAGES = [ChatMessage("system", "Be brief."), ChatMessage("user", "Say hello to all")]
PRICES = {"some-model": PriceSettings(input=2.0, output=10.0)}


@pytest.fixture
def stub() -> Iterator[LLMStub]:
    with LLMStub() as stub:
        yield stub


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chat(stub: LLMStub, clock: Clock) -> Iterator[OpenAIChat]:
    with closing(make(clock, stub.url)) as chat:
        yield chat


def make(clock: Clock, *urls: str, timeout: float = 5.0, model: str = "some-model") -> OpenAIChat:
    settings = LLMSettings(
        endpoints=urls, model=model, api_key=KEY, timeout_seconds=timeout, prices=PRICES
    )
    return OpenAIChat(settings, clock.timing())


def ask(chat: OpenAIChat, deadline: float = 10.0) -> list[Delta]:
    return list(chat.stream(MESSAGES, 50, deadline))


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


def named(step: object) -> str | None:
    return repr(step)[:60] if isinstance(step, Step) else None


def test_a_reply_comes_in_pieces_with_reason_and_usage(stub: LLMStub, chat: OpenAIChat):
    deltas = ask(chat)

    assert text_of(deltas) == "Say hello to all"
    assert [delta.text for delta in deltas[:2]] == ["Say", " hello"]
    assert [delta.finish_reason for delta in deltas if delta.finish_reason] == ["stop"]
    assert deltas[-1].usage == Usage(11, 7, cost=(11 * 2 + 7 * 10) / 1e6)
    request = stub.requests[0]
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "some-model",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Say hello to all"},
        ],
        "stream": True,
        "max_tokens": 50,
        "temperature": 0,
        "stream_options": {"include_usage": True},
    }


def test_the_first_piece_is_here_before_the_last_is_made(stub: LLMStub, chat: OpenAIChat):
    rest = threading.Event()
    stub.script(Stream(["Hel", "lo"], holds=rest))

    with closing(chat.stream(MESSAGES, 50, 10.0)) as deltas:
        assert next(deltas).text == "Hel"
        rest.set()
        assert next(deltas).text == "lo"


def test_a_model_without_a_price_costs_an_unknown_amount(stub: LLMStub, clock: Clock):
    with closing(make(clock, stub.url, model="other")) as chat:
        assert ask(chat)[-1].usage == Usage(11, 7, cost=None)


def test_usage_may_be_missing(stub: LLMStub, chat: OpenAIChat):
    stub.script(Stream(["Hello"], usage=None))

    deltas = ask(chat)

    assert text_of(deltas) == "Hello"
    assert all(delta.usage is None for delta in deltas)


def test_a_reply_in_one_piece_is_taken(stub: LLMStub, chat: OpenAIChat):
    stub.script(Answer(body=completion("Hello", (1, 2))))

    (delta,) = ask(chat)

    assert (delta.text, delta.finish_reason) == ("Hello", "stop")
    assert delta.usage is not None
    assert delta.usage.output_tokens == 2


def pieces(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


CHOICES = {"choices": [{"delta": {"content": "grüße 🙂"}, "finish_reason": "stop"}]}


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_events_may_be_torn_anywhere(stub: LLMStub, chat: OpenAIChat, size: int):
    content = b": comment\r\n\r\n" + event(CHOICES).replace(b"\n", b"\r\n") + event("[DONE]")
    content = content.replace(rb"\u00fc", "ü".encode()).replace(rb"\ud83d\ude42", "🙂".encode())
    stub.script(Raw(pieces(content, size)))

    assert text_of(ask(chat)) == "grüße 🙂"


def test_without_done_a_finished_reply_is_whole(stub: LLMStub, chat: OpenAIChat):
    stub.script(Raw([event(CHOICES)]))
    assert text_of(ask(chat)) == "grüße 🙂"


@pytest.mark.parametrize("ends", ["cut", "eof"])
def test_half_a_reply_is_an_error_after_its_pieces(stub: LLMStub, chat: OpenAIChat, ends: str):
    stub.script(Stream(["Half ", "a "], ends=ends))
    deltas = chat.stream(MESSAGES, 50, 10.0)

    assert [next(deltas).text, next(deltas).text] == ["Half ", "a "]
    with pytest.raises(Unavailable, match="breaks off"):
        next(deltas)
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "first",
    [
        Answer(500),
        Answer(429),
        Html(),
        Html(502),
        Stream([], ends="cut"),
        Stream([], ends="eof"),
        Raw([b"data: {"]),
    ],
    ids=named,
)
def test_a_failure_before_the_first_piece_is_tried_again(
    stub: LLMStub, chat: OpenAIChat, first: Step
):
    stub.script(first)

    assert text_of(ask(chat)) == "Say hello to all"
    assert len(stub.requests) == 2


@pytest.mark.parametrize(
    ("step", "error", "told"),
    [
        (Answer(500, "trace secret"), Unavailable, "answers 500"),
        (Answer(429, headers={"Retry-After": "1"}), Overloaded, "rate limit"),
        (Html(), Unavailable, "text/html"),
        (Answer(401, "secret"), ModelUnusable, "refuses the key"),
        (Answer(404, "secret"), ModelUnusable, "usually ends in /v1"),
        (Answer(400, "secret"), ModelUnusable, "refuses the request"),
        (Raw([event({"error": {"message": "secret"}})]), Unavailable, "no reply of"),
        (Raw([event("secret")]), Unavailable, "no reply of"),
        (Raw([HTML.encode()]), Unavailable, "breaks off"),
        (Stream([], ends="cut"), Unavailable, "breaks off"),
    ],
    ids=named,
)
def test_faults_are_told_clearly_and_tell_no_secrets(
    stub: LLMStub, chat: OpenAIChat, step: Step, error: type[GroundwatchError], told: str
):
    stub.script(*[step] * 3)

    with pytest.raises(error, match=told) as caught:
        ask(chat)
    assert "secret" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_no_answer_in_time(stub: LLMStub, clock: Clock):
    stub.script(*[Hang()] * 3)
    with closing(make(clock, stub.url, timeout=0.2)) as chat, pytest.raises(TimedOut):
        ask(chat)
    assert len(stub.requests) == 3


@pytest.mark.parametrize("step", [Hang(), Drip(), Stream(["word "] * 1000, pause=0.02)], ids=named)
def test_the_deadline_holds_for_the_whole_reply(stub: LLMStub, chat: OpenAIChat, step: Step):
    stub.script(step)
    began = time.monotonic()

    with pytest.raises(TimedOut):
        ask(chat, deadline=0.4)
    assert time.monotonic() - began < 10


def test_a_pause_within_a_reply_is_bounded(stub: LLMStub, clock: Clock):
    stub.script(Stream(["one ", "two"], pause=60))
    with closing(make(clock, stub.url, timeout=0.3)) as chat:
        deltas = chat.stream(MESSAGES, 50, 30.0)
        assert next(deltas).text == "one "
        with pytest.raises(TimedOut):
            next(deltas)


def test_who_stops_reading_ends_the_request(stub: LLMStub, chat: OpenAIChat):
    stub.script(Stream(["word "] * 10_000, pause=0.001))
    deltas = chat.stream(MESSAGES, 50, 10.0)
    next(deltas)
    deltas.close()

    assert stub.gone.wait(60)


def test_another_endpoint_takes_over_at_once(clock: Clock):
    with LLMStub() as one, LLMStub() as two, closing(make(clock, one.url, two.url)) as chat:
        one.script(Answer(503))
        assert text_of(ask(chat)) == "Say hello to all"
        assert (len(one.requests), len(two.requests)) == (1, 1)
        assert clock.pauses == []


def test_what_an_endpoint_does_not_know_is_left_out_and_remembered(stub: LLMStub, chat: OpenAIChat):
    stub.script(Answer(400), Answer(400))
    for _ in range(2):
        assert text_of(ask(chat)) == "Say hello to all"

    told = [
        sorted(request.body.keys() - {"messages", "model", "stream"}) for request in stub.requests
    ]
    assert told == [
        ["max_tokens", "stream_options", "temperature"],
        ["max_completion_tokens", "stream_options"],
        ["max_tokens"],
        ["max_tokens"],
    ]
