"""The spans of a made-up interaction, as an instrumented application would have sent them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from groundwatch.domain.interactions import Interaction, Stage
from groundwatch.domain.spans import AttributeValue, Span, SpanKind

_KINDS = {
    "embed": SpanKind.EMBEDDING,
    "search": SpanKind.RETRIEVAL,
    "rerank": SpanKind.RERANK,
    "generate": SpanKind.LLM,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def spans_of(one: Interaction) -> list[Span]:
    """A request with one span a stage below it."""
    began = (one.started_at - _EPOCH) // timedelta(microseconds=1) * 1000
    root = Span(
        trace_id=one.id,
        span_id=_id(one, ""),
        parent_id="",
        application=one.application,
        name=one.endpoint,
        kind=SpanKind.REQUEST,
        start=began,
        end=began + int(one.duration * 1e9),
        attributes=dict(one.attributes),
    )
    return [root, *(_below(root, one, stage) for stage in one.stages)]


def _below(root: Span, one: Interaction, stage: Stage) -> Span:
    kind = _KINDS.get(stage.name, SpanKind.OTHER)
    is_model = kind is SpanKind.LLM
    began = root.start + int(stage.start * 1e9)
    return replace(
        root,
        span_id=_id(one, stage.name),
        parent_id=root.span_id,
        name=stage.name,
        kind=kind,
        start=began,
        end=began + int(stage.duration * 1e9),
        error=one.error_type if is_model else "",
        attributes={**root.attributes, **(_of_model(one) if is_model else {})},
    )


def _of_model(one: Interaction) -> dict[str, AttributeValue]:
    return {
        "gen_ai.request.model": one.model,
        "gen_ai.usage.input_tokens": one.input_tokens,
        "gen_ai.usage.output_tokens": one.output_tokens,
    }


def _id(one: Interaction, stage: str) -> str:
    return hashlib.sha256(f"{one.id}/{stage}".encode()).hexdigest()[:16]
