"""Any OpenAI-compatible chat endpoint, streamed."""

from collections.abc import Generator, Iterator, Sequence

import httpx
from pydantic import BaseModel, ValidationError

from groundwatch.domain.answers import Usage
from groundwatch.errors import InvalidInput, ModelUnusable, Unavailable
from groundwatch.models.endpoints import Endpoints
from groundwatch.models.llm import ChatMessage, Delta
from groundwatch.models.prices import cost
from groundwatch.models.replies import malformed, read_events, read_json, shown
from groundwatch.models.retry import Timing
from groundwatch.models.settings import LLMSettings

_DONE = "[DONE]"


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Message = _Message()
    message: _Message = _Message()
    finish_reason: str | None = None


class _Tokens(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(BaseModel):
    """A piece of a stream, or a whole reply: one has `delta`, the other `message`."""

    choices: list[_Choice]
    usage: _Tokens | None = None


class OpenAIChat:
    """Streams chat completions.

    Args:
        settings: endpoints, model, key and prices.
        timing: clock, sleep and chance of the retries.
    """

    def __init__(self, settings: LLMSettings, timing: Timing) -> None:
        self._settings = settings
        self._timing = timing
        self._dialect = 0
        self._endpoints = Endpoints(
            settings.endpoints, settings.model, settings.api_key, settings.timeout_seconds, timing
        )

    @property
    def model(self) -> str:
        return self._settings.model

    def close(self) -> None:
        self._endpoints.close()

    def stream(
        self, messages: Sequence[ChatMessage], max_tokens: int, deadline_seconds: float
    ) -> Generator[Delta, None, None]:
        """Yield the reply as it comes; see `LLM.stream`."""
        deadline = self._timing.monotonic() + deadline_seconds
        for number in range(self._dialect, len(_DIALECTS)):
            body = {
                "model": self.model,
                "messages": [{"role": each.role, "content": each.content} for each in messages],
                "stream": True,
                **_DIALECTS[number](max_tokens),
            }
            left = deadline - self._timing.monotonic()
            try:
                yield from self._endpoints.post("/chat/completions", body, left, self._read)
            except InvalidInput as error:
                if number == len(_DIALECTS) - 1:
                    raise ModelUnusable(str(error)) from error
            else:
                self._dialect = number
                return

    def _read(self, response: httpx.Response) -> Iterator[Delta]:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return self._read_stream(response)
        return self._read_whole(response)

    def _read_stream(self, response: httpx.Response) -> Iterator[Delta]:
        finished = False
        for data in read_events(response):
            if data.strip() == _DONE:
                return
            delta = self._delta(_chunk(response, data))
            finished = finished or bool(delta.finish_reason)
            if delta != Delta():
                yield delta
        if not finished:
            raise Unavailable(f"{shown(response.url)} breaks off in the middle of a reply")

    def _read_whole(self, response: httpx.Response) -> Iterator[Delta]:
        """Some endpoints answer in one piece although a stream was asked for."""
        yield self._delta(_chunk(response, read_json(response)))

    def _delta(self, chunk: _Chunk) -> Delta:
        choice = chunk.choices[0] if chunk.choices else _Choice()
        text = choice.delta.content or choice.message.content or ""
        return Delta(text, choice.finish_reason or "", self._usage(chunk.usage))

    def _usage(self, tokens: _Tokens | None) -> Usage | None:
        if tokens is None:
            return None
        spent = (tokens.prompt_tokens, tokens.completion_tokens)
        return Usage(*spent, cost=cost(self._settings.prices, self.model, *spent))


def _chunk(response: httpx.Response, content: object) -> _Chunk:
    try:
        if isinstance(content, str):
            return _Chunk.model_validate_json(content)
        return _Chunk.model_validate(content)
    except ValidationError:
        raise malformed(response) from None


def _usual(max_tokens: int) -> dict[str, object]:
    return {
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream_options": {"include_usage": True},
    }


def _reasoning(max_tokens: int) -> dict[str, object]:
    """Models that think first refuse a temperature and have another name for the limit."""
    return {"max_completion_tokens": max_tokens, "stream_options": {"include_usage": True}}


def _plain(max_tokens: int) -> dict[str, object]:
    """Older servers refuse what they do not know."""
    return {"max_tokens": max_tokens}


_DIALECTS = (_usual, _reasoning, _plain)
"""Ways to ask, tried in this order while a request is refused; the first that works is kept."""
