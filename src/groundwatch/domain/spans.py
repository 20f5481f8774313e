"""The parts of a trace, whoever sent it, before they become an interaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class SpanKind(StrEnum):
    """What a span did, in words of our own; every convention is mapped to these."""

    REQUEST = "request"
    LLM = "llm"
    RETRIEVAL = "retrieval"
    EMBEDDING = "embedding"
    RERANK = "rerank"
    TOOL = "tool"
    GUARDRAIL = "guardrail"
    EVALUATOR = "evaluator"
    OTHER = "other"


AttributeValue: TypeAlias = (
    "str | bool | int | float | list[AttributeValue] | dict[str, AttributeValue] | None"
)


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened inside a span; `at` is nanoseconds since the epoch."""

    name: str
    at: int
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """One timed part of a trace, with its attributes as they were sent (without vectors).

    Attributes:
        trace_id, span_id, parent_id: lower-case hex; `parent_id` is empty for a root.
        start, end: nanoseconds since the epoch.
        error: the error's type or message; empty when it went well.
        truncated: an attribute was cut to the limit.
    """

    trace_id: str
    span_id: str
    parent_id: str
    application: str
    name: str
    kind: SpanKind
    start: int
    end: int
    error: str = ""
    remote_parent: bool = False
    truncated: bool = False
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    resource: Mapping[str, AttributeValue] = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()
