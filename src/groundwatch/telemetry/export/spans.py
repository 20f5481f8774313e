"""An answer as spans: OpenTelemetry's GenAI names of v1.41, and OpenInference's beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from groundwatch.domain.interactions import Interaction, RetrievedPassage, Stage
from groundwatch.domain.metrics import FAILURES
from groundwatch.telemetry.export.attributes import (
    Value,
    key_values,
    nanoseconds,
    span_id,
    trace_id,
)
from groundwatch.telemetry.export.instruments import PROVIDER

ROOT = "root"


@dataclass(frozen=True, slots=True)
class Shared:
    """What may leave besides times, numbers and ids.

    Attributes:
        texts: questions, answers and passages.
        people: users and sessions.
    """

    texts: bool = False
    people: bool = False


def spans_of(one: Interaction, shared: Shared) -> list[Span]:
    """The root span of an interaction and one for each of its stages."""
    failed = one.outcome in FAILURES
    root = Span(
        trace_id=trace_id(one),
        span_id=span_id(one, ROOT),
        name=f"invoke_workflow {one.application}",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=nanoseconds(one, 0.0),
        end_time_unix_nano=nanoseconds(one, one.duration),
        attributes=key_values(_of_root(one, shared)),
        status=Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET),
    )
    return [root, *(_stage(one, place, shared) for place in range(len(one.stages)))]


def _of_root(one: Interaction, shared: Shared) -> Mapping[str, Value]:
    values: dict[str, Value] = {
        "openinference.span.kind": "CHAIN",
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": one.application,
        "error.type": one.error_type,
        "rag.outcome": one.outcome.value,
        "rag.endpoint": one.endpoint,
        "rag.index_version": one.index_version,
        "rag.prompt_version": one.prompt_version,
        "rag.confidence": one.confidence,
        "tag.tags": list(one.flags) or None,
    }
    if shared.texts:
        values |= {"input.value": one.query, "output.value": one.response}
    if shared.people:
        values |= {
            "user.id": one.user,
            "session.id": one.session,
            "gen_ai.conversation.id": one.session,
        }
    return values


def _stage(one: Interaction, place: int, shared: Shared) -> Span:
    stage = one.stages[place]
    name, values = _meaning(one, stage, shared)
    code = Status.STATUS_CODE_ERROR if stage.error else Status.STATUS_CODE_UNSET
    return Span(
        trace_id=trace_id(one),
        span_id=span_id(one, f"{place} {stage.name}"),
        parent_span_id=span_id(one, ROOT),
        name=name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=nanoseconds(one, stage.start),
        end_time_unix_nano=nanoseconds(one, stage.start + stage.duration),
        attributes=key_values({**values, "error.type": stage.error}),
        status=Status(code=code),
    )


def _meaning(one: Interaction, stage: Stage, shared: Shared) -> tuple[str, Mapping[str, Value]]:
    match stage.name:
        case "embed":
            return "embeddings", {
                "openinference.span.kind": "EMBEDDING",
                "gen_ai.operation.name": "embeddings",
                "gen_ai.provider.name": PROVIDER,
            }
        case "search":
            return f"retrieval {one.application}", _retrieval(one, shared)
        case "generate":
            usage = _usage(one) if stage is _last_generated(one) else {}
            return f"chat {one.model}", {
                **usage,
                "openinference.span.kind": "LLM",
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": PROVIDER,
                "gen_ai.request.model": one.model,
                "llm.model_name": one.model,
            }
        case _:
            return stage.name, {"openinference.span.kind": "CHAIN"}


def _last_generated(one: Interaction) -> Stage:
    """The call that carries the use of all: readers add up what calls say."""
    return [stage for stage in one.stages if stage.name == "generate"][-1]


def _usage(one: Interaction) -> Mapping[str, Value]:
    return {
        "gen_ai.usage.input_tokens": one.input_tokens or None,
        "gen_ai.usage.output_tokens": one.output_tokens or None,
        "llm.cost.total": one.cost,
    }


def _retrieval(one: Interaction, shared: Shared) -> Mapping[str, Value]:
    documents = [_document(passage, shared) for passage in one.passages]
    values: dict[str, Value] = {
        "openinference.span.kind": "RETRIEVER",
        "gen_ai.operation.name": "retrieval",
        "gen_ai.provider.name": PROVIDER,
        "gen_ai.data_source.id": one.application,
        "gen_ai.retrieval.documents": json.dumps(documents, ensure_ascii=False),
    }
    if shared.texts:
        values |= {"input.value": one.query, "gen_ai.retrieval.query.text": one.query}
    for place, passage in enumerate(one.passages):
        prefix = f"retrieval.documents.{place}.document"
        values[f"{prefix}.id"] = passage.document_id
        values[f"{prefix}.score"] = passage.score
        values[f"{prefix}.content"] = passage.text if shared.texts else None
    return values


def _document(passage: RetrievedPassage, shared: Shared) -> dict[str, object]:
    shown: dict[str, object] = {"id": passage.document_id, "score": passage.score}
    return shown | {"content": passage.text} if shared.texts else shown
