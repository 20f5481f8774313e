"""The one type in which serving and watching meet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from groundwatch.domain.answers import Outcome
from groundwatch.domain.status import Severity

_BAD_BELOW = 0.5
EXPERIMENT = "experiment."
"""An interaction carries its variant of an experiment as the attribute of this and the name."""
_METADATA = f"metadata.{EXPERIMENT}"
"""Where it stands in traces whose application could only give metadata."""
_MOST_EXPERIMENTS = 8


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage as an interaction remembers it; foreign applications may lack ids or versions."""

    rank: int
    text: str
    document_id: str = ""
    document_version: int | None = None
    chunk_id: str = ""
    title: str = ""
    source: str = ""
    score: float | None = None
    cited: bool = False
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A timed part of an interaction: `embed`, `search`, `check`, `generate` ...

    Attributes:
        start: seconds after the interaction began.
        duration: seconds.
    """

    name: str
    start: float
    duration: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One question to a RAG application and everything that came of it.

    Attributes:
        id: unique; for a trace from outside, its trace id.
        application: `groundwatch` for our own answers.
        duration: seconds until the last byte; `first_token`: seconds until the first sentence.
        stages: timings by stage, in order.
        attributes: what has no field of its own, as text.
    """

    id: str
    application: str
    started_at: datetime
    duration: float
    outcome: Outcome
    severity: Severity
    query: str
    response: str = ""
    reason: str = ""
    user: str = ""
    session: str = ""
    group: str = ""
    endpoint: str = ""
    correlation_id: str = ""
    passages: tuple[RetrievedPassage, ...] = ()
    stages: tuple[Stage, ...] = ()
    first_token: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    model: str = ""
    prompt_version: str = ""
    index_version: str = ""
    confidence: float | None = None
    error_type: str = ""
    error: str = ""
    flags: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)


def variants_of(attributes: Mapping[str, str]) -> dict[str, str]:
    """By experiment, the variant that an interaction's attributes name; of eight at most."""
    found = {
        name.removeprefix(prefix): variant
        for prefix in (_METADATA, EXPERIMENT)
        for name, variant in attributes.items()
        if name.startswith(prefix) and variant
    }
    return dict(sorted(found.items())[:_MOST_EXPERIMENTS])


def variant_label(experiment: str, variant: str) -> str:
    """A variant and its experiment as one name."""
    return f"{experiment}={variant}"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an answer: `thumb` is 1 or -1, `rating` 1 to 5."""

    interaction_id: str
    user: str
    given_at: datetime
    thumb: int | None = None
    rating: int | None = None
    comment: str = ""

    @property
    def satisfaction(self) -> float | None:
        """The thumb or the rating as 0 to 1; None for a comment alone."""
        if self.rating is not None:
            return (self.rating - 1) / 4
        return None if self.thumb is None else float(self.thumb > 0)

    @property
    def is_bad(self) -> bool:
        """Whether the thumb or the rating says that the answer was bad."""
        return self.satisfaction is not None and self.satisfaction < _BAD_BELOW


class InteractionSink(Protocol):
    """Where interactions go. Never blocks and never raises; what it drops, it counts."""

    def record(self, interaction: Interaction) -> None: ...
