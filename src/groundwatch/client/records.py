"""What an application tells: interactions and events."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence


def new_id() -> str:
    """32 hex digits, as a trace id has."""
    return os.urandom(16).hex()


@dataclass(frozen=True)
class Passage:
    """A passage that the answer could rest on, in the order it was found.

    Attributes:
        score: as the search gave it; higher is better.
        cited: the answer refers to it.
    """

    text: str
    document_id: str = ""
    title: str = ""
    source: str = ""
    chunk_id: str = ""
    document_version: int | None = None
    score: float | None = None
    cited: bool = False


@dataclass(frozen=True)
class Stage:
    """A timed part of an interaction; `start` and `duration` in seconds from its beginning."""

    name: str
    start: float
    duration: float
    error: str = ""


@dataclass
class Interaction:
    """One question to the application and what came of it. Only the question is needed.

    Attributes:
        id: unique; the same id sent again replaces what is there. A trace id may serve.
        application: empty for the client's own.
        started_at: seconds since the epoch; None for `duration` before it is recorded.
        duration: seconds until the last byte; None is measured from when this was made.
        first_token: seconds until the first part of the answer.
        outcome: `answered`, `declined`, `failed`, `timed_out`, `cancelled` or `refused`.
        severity: `info`, `low`, `medium`, `high` or `critical`.
        user, session: of the application's; never needed, and best a pseudonym.
        cost: US dollars.
        attributes: what has no field of its own, as short texts.
    """

    query: str
    response: str = ""
    passages: Sequence[Passage | str] = ()
    id: str = field(default_factory=new_id)
    application: str = ""
    started_at: float | None = None
    duration: float | None = None
    first_token: float | None = None
    outcome: str = "answered"
    severity: str = "info"
    reason: str = ""
    user: str = ""
    session: str = ""
    group: str = ""
    endpoint: str = ""
    correlation_id: str = ""
    stages: list[Stage] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    model: str = ""
    prompt_version: str = ""
    index_version: str = ""
    confidence: float | None = None
    error_type: str = ""
    error: str = ""
    flags: Sequence[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter, repr=False, compare=False)

    @contextmanager
    def stage(self, name: str) -> Generator[None, None, None]:
        """Time a part of the work: `search`, `rerank`, `generate` ..."""
        start = time.perf_counter()
        error = ""
        try:
            yield
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            ended = time.perf_counter()
            self.stages.append(Stage(name, start - self.began, ended - start, error))

    def began_answering(self) -> None:
        """Note when the first part of the answer left; only the first call counts."""
        if self.first_token is None:
            self.first_token = time.perf_counter() - self.began

    def failed(self, error: BaseException) -> None:
        """Note that it failed, and of what; the error's message stays here."""
        timed_out = isinstance(error, TimeoutError)
        self.outcome = "timed_out" if timed_out else "failed"
        self.severity = "medium"
        self.error_type = type(error).__name__


@dataclass
class Feedback:
    """What a user said of an answer: `thumb` is 1 or -1, `rating` 1 to 5.

    Attributes:
        given_at: seconds since the epoch; None for now.
        user: of the application's; empty for that of the interaction.
    """

    interaction_id: str
    thumb: int | None = None
    rating: int | None = None
    comment: str = ""
    user: str = ""
    given_at: float | None = None


@dataclass
class Event:
    """Something worth a mark on the charts, or a number of one's own.

    Attributes:
        type: `deploy`, `configuration`, `prompt`, `model`, `index`, `metric`, or another word.
        at: seconds since the epoch; None for now.
        metrics: each becomes the metric `custom.NAME`.
    """

    type: str
    message: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    component: str = ""
    severity: str = "info"
    at: float | None = None
    id: str = field(default_factory=new_id)
    application: str = ""
    correlation_id: str = ""
