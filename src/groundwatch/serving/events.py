"""Turns an answer's events into what is sent, and their failures into problems."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from pydantic import BaseModel

from groundwatch.domain.answers import Answer, Outcome
from groundwatch.serving.edge import log_error
from groundwatch.serving.errors import Problem

_FAILURES = {
    Outcome.FAILED: Problem(503, "Unavailable", "The answer could not be made. Try again shortly."),
    Outcome.TIMED_OUT: Problem(504, "Timed out", "The answer took too long and was given up."),
    Outcome.REFUSED: Problem(
        429, "Too many requests", "The quota is used up.", {"Retry-After": "60"}
    ),
    Outcome.CANCELLED: Problem(503, "Unavailable", "The answer was cancelled."),
}


def server_sent(name: str, body: BaseModel | dict[str, Any]) -> bytes:
    """One server-sent event; JSON holds no raw line break, so one `data:` line is enough."""
    data = json.dumps(body) if isinstance(body, dict) else body.model_dump_json()
    return f"event: {name}\ndata: {data}\n\n".encode()


def problem_of_answer(interaction_id: str, answer: Answer) -> Problem | None:
    """What a caller is told of an answer that failed; None when it did not."""
    failure = _FAILURES.get(answer.outcome)
    if failure is None:
        return None
    return Problem(
        failure.status,
        failure.title,
        failure.detail,
        failure.headers,
        {"interaction_id": interaction_id},
    )


async def begun(
    chunks: AsyncGenerator[bytes, None], on_error: Callable[[BaseException], bytes]
) -> AsyncGenerator[bytes, None]:
    """Wait for the first chunk, so that an error before it still has its HTTP status.

    An error after it becomes the last chunk, made by `on_error`.
    """
    first = await anext(chunks)
    return _continued(first, chunks, on_error)


async def _continued(
    first: bytes,
    chunks: AsyncGenerator[bytes, None],
    on_error: Callable[[BaseException], bytes],
) -> AsyncGenerator[bytes, None]:
    async with aclosing(chunks):
        yield first
        try:
            async for chunk in chunks:
                yield chunk
        except Exception as error:  # noqa: BLE001  the status is sent; this is the boundary
            log_error(error)
            yield on_error(error)
