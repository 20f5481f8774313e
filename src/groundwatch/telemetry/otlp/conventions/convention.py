"""What a convention of naming spans' attributes is made of: names, by what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from groundwatch.domain.spans import SpanKind


class Field(StrEnum):
    """What an attribute may tell of a span."""

    QUERY = "query"
    RESPONSE = "response"
    INPUT_MESSAGES = "input-messages"
    OUTPUT_MESSAGES = "output-messages"
    RETRIEVAL_QUERY = "retrieval-query"
    DOCUMENTS = "documents"
    RERANKED = "reranked"
    TOP_K = "top-k"
    DATA_SOURCE = "data-source"
    MODEL = "model"
    REQUESTED_MODEL = "requested-model"
    PROVIDER = "provider"
    PARAMETERS = "parameters"
    INPUT_TOKENS = "input-tokens"
    OUTPUT_TOKENS = "output-tokens"
    TOTAL_TOKENS = "total-tokens"
    CACHED_TOKENS = "cached-tokens"
    CACHE_WRITTEN_TOKENS = "cache-written-tokens"
    REASONING_TOKENS = "reasoning-tokens"
    USAGE = "usage"
    COST = "cost"
    USER = "user"
    SESSION = "session"
    GROUP = "group"
    FINISH = "finish"
    FIRST_PIECE = "first-piece"
    FIRST_PIECE_MILLISECONDS = "first-piece-milliseconds"
    FIRST_PIECE_AT = "first-piece-at"
    ERROR_TYPE = "error-type"
    ERROR_MESSAGE = "error-message"
    HTTP_STATUS = "http-status"
    ENDPOINT = "endpoint"
    OUTCOME = "outcome"
    REASON = "reason"
    CONFIDENCE = "confidence"
    PROMPT_VERSION = "prompt-version"
    INDEX_VERSION = "index-version"
    RESPONSE_ID = "response-id"
    TAGS = "tags"
    METADATA = "metadata"
    PROPERTIES = "properties"
    SCORES = "scores"
    TRACE_SCORES = "trace-scores"
    VERSION = "version"
    ENVIRONMENT = "environment"


STRUCTURED = frozenset(
    {
        Field.INPUT_MESSAGES,
        Field.OUTPUT_MESSAGES,
        Field.DOCUMENTS,
        Field.RERANKED,
        Field.USAGE,
        Field.COST,
        Field.PROPERTIES,
        Field.METADATA,
        Field.SCORES,
        Field.TRACE_SCORES,
    }
)
"""Fields that come as JSON text, as a structure, or flattened: `NAME.0.leaf`."""


@dataclass(frozen=True, slots=True)
class Convention:
    """One way of naming things.

    Attributes:
        fields: attributes that hold a field, the first non-empty one counts.
        kinds: attributes that name what a span did, and their values in small letters.
        hints: beginnings of attributes that only spans of a kind have.
        events: span events that each hold one document, by the beginning of their attributes.
        messages: span events that each hold one message, and who speaks.
        details: span events whose attributes are read as the span's own.
        chunks: span events that mark a piece of a streamed answer.
    """

    name: str
    fields: Mapping[Field, tuple[str, ...]]
    kinds: Mapping[str, Mapping[str, SpanKind]] = field(default_factory=dict)
    hints: tuple[tuple[str, SpanKind], ...] = ()
    events: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    details: frozenset[str] = frozenset()
    chunks: frozenset[str] = frozenset()
