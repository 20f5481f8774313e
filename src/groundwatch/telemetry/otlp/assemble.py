"""From the spans of one trace to an interaction."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.spans import Span, SpanKind
from groundwatch.telemetry.otlp import documents
from groundwatch.telemetry.otlp.consumption import Consumption, Price, consumption
from groundwatch.telemetry.otlp.conventions.convention import Field
from groundwatch.telemetry.otlp.extras import attributes_of, first_token, people
from groundwatch.telemetry.otlp.logs import LOG_MARK
from groundwatch.telemetry.otlp.outcomes import ending
from groundwatch.telemetry.otlp.reading import Reading, document_events
from groundwatch.telemetry.otlp.scores_in import HUMAN, PREFIX, ExternalScore, scores_of
from groundwatch.telemetry.otlp.spans import SKEW_ATTRIBUTE
from groundwatch.telemetry.otlp.talk import question, response
from groundwatch.telemetry.otlp.tree import Node, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

STAGES = {
    SpanKind.EMBEDDING: "embed",
    SpanKind.RETRIEVAL: "search",
    SpanKind.RERANK: "rerank",
    SpanKind.LLM: "generate",
    SpanKind.TOOL: "tool",
    SpanKind.GUARDRAIL: "guardrail",
    SpanKind.EVALUATOR: "evaluate",
}
"""What a span of a kind is called among the stages; the same words as for our own answers."""

_SECOND = 1_000_000_000
_MOST_STAGES = 200
_MOST_SCORES = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Assembled:
    """What a trace came to.

    Attributes:
        is_complete: its root is there.
        feedback: what people said of it in the trace.
        scores: judgements of others, also kept in the interaction's attributes.
    """

    interaction: Interaction
    is_complete: bool
    feedback: tuple[Feedback, ...] = ()
    scores: tuple[ExternalScore, ...] = ()


def no_price(_model: str, _input: int, _output: int) -> float | None:
    """Knows no price."""
    return None


def assemble(spans: "Sequence[Span]", price: Price = no_price) -> Assembled | None:
    """Put the spans of one trace together.

    Args:
        spans: all there are, in any order.
        price: of a model's tokens, where a span does not say what it cost.

    Returns:
        The interaction, whose id is the trace's; None where there are only log records.
    """
    tree = Tree(spans)
    root = tree.root
    if root is None:
        return None
    begin, end = _time(tree, root)
    answer = response(tree, root)
    found = _passages(tree)
    used = consumption(tree, price)
    ended = ending(tree, root, answer)
    scores = _scores(tree)
    person = people(tree, root)
    started_at = _EPOCH + timedelta(microseconds=begin // 1_000)
    interaction = Interaction(
        id=root.span.trace_id,
        application=root.span.application,
        started_at=started_at,
        duration=(end - begin) / _SECOND,
        outcome=ended.outcome,
        severity=ended.severity,
        query=question(tree, root),
        response=answer,
        reason=root.reading.text(Field.REASON),
        user=person.user,
        session=person.session,
        group=person.group,
        endpoint=root.reading.text(Field.ENDPOINT)[:200] or root.span.name[:200],
        correlation_id=root.span.trace_id,
        passages=found.passages,
        stages=_stages(tree, begin),
        first_token=first_token(tree, begin),
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cost=used.cost,
        model=used.model,
        prompt_version=_first(tree, Field.PROMPT_VERSION),
        index_version=_first(tree, Field.INDEX_VERSION),
        confidence=_confidence(root.reading),
        error_type=ended.error_type,
        error=ended.error,
        flags=(*ended.flags, *_flags(tree, used, has_more=found.has_more)),
        attributes={
            **attributes_of(tree, root, used),
            **found.attributes,
            **{f"{PREFIX}{score.name}": score.text() for score in scores},
        },
    )
    return Assembled(
        interaction, tree.is_rooted, _feedback(interaction, scores, started_at), scores
    )


def _time(tree: Tree, root: Node) -> tuple[int, int]:
    """When it began and ended: the root's times; all of them where the root is not there."""
    if tree.is_rooted:
        return root.span.start, root.span.end
    begin = min(node.span.start for node in tree.nodes)
    return begin, max(node.span.end for node in tree.nodes)


@dataclass(frozen=True, slots=True)
class _Found:
    passages: tuple[RetrievedPassage, ...]
    has_more: bool
    attributes: dict[str, str]


def _passages(tree: Tree) -> _Found:
    """What the answer was made from: the last reranking, else all that was retrieved."""
    lists = [_reranked(node) for node in tree.of(SpanKind.RERANK)]
    lists = [each for each in lists if each][-1:]
    if not lists:
        lists = [found for node in tree.nodes if (found := _retrieved(node))]
    negated = any(document.is_distance for each in lists for document in each)
    told = {"passage_scores": documents.DISTANCE} if negated else {}
    kept, has_more = documents.passages(lists)
    return _Found(kept, has_more, told)


def _reranked(node: Node) -> list[documents.Document]:
    found = documents.documents_of(node.reading.tree(Field.RERANKED))
    return found or documents.documents_of(node.reading.tree(Field.DOCUMENTS))


def _retrieved(node: Node) -> list[documents.Document]:
    found = documents.documents_of(node.reading.tree(Field.DOCUMENTS))
    if not found:
        found = documents.documents_of(document_events(node.span.events))
    if not found and node.kind is SpanKind.RETRIEVAL:
        output = node.reading.tree(Field.RESPONSE)
        found = documents.documents_of(output) if isinstance(output, list | dict) else []
    return found


def _stages(tree: Tree, begin: int) -> tuple[Stage, ...]:
    found = [
        Stage(
            STAGES[node.kind],
            max(0, node.span.start - begin) / _SECOND,
            (node.span.end - node.span.start) / _SECOND,
            node.span.error,
        )
        for kind in STAGES
        for node in tree.topmost(kind)
        if node is not tree.root or kind is SpanKind.LLM
    ]
    found.sort(key=lambda stage: stage.start)
    return tuple(found[:_MOST_STAGES])


def _scores(tree: Tree) -> tuple[ExternalScore, ...]:
    """Each name once; the latest counts."""
    found = {
        score.name: score for node in tree.nodes for score in scores_of(node.span, node.reading)
    }
    for event in tree.loose:
        carrier = Span("", "", "", "", event.name, SpanKind.OTHER, 0, 0, events=(event,))
        found |= {score.name: score for score in scores_of(carrier, Reading({}))}
    return tuple(found.values())[:_MOST_SCORES]


def _feedback(
    one: Interaction, scores: "Sequence[ExternalScore]", at: datetime
) -> tuple[Feedback, ...]:
    given = []
    for score in scores:
        if score.kind == HUMAN and score.thumb is not None:
            who = score.by or f"annotation:{score.name}"
            given.append(Feedback(one.id, who, at, score.thumb, None, score.explanation))
    return tuple(given)


def _flags(tree: Tree, used: Consumption, *, has_more: bool) -> list[str]:
    spans = [node.span for node in tree.nodes]
    flags = {
        "incomplete": not tree.is_rooted,
        "remote-parent": any(span.remote_parent for span in spans),
        "truncated": has_more or any(span.truncated for span in spans),
        "clock-skew": any(SKEW_ATTRIBUTE in span.attributes for span in spans),
        "cached-above-input": used.is_odd,
        "cost-partial": used.is_partial,
    }
    return [flag for flag, is_set in flags.items() if is_set]


def _first(tree: Tree, field: Field) -> str:
    return next((text for node in tree.nodes if (text := node.reading.text(field))), "")


def _confidence(reading: Reading) -> float | None:
    value = reading.number(Field.CONFIDENCE)
    return value if value is not None and 0 <= value <= 1 else None


def response_ids(spans: "Sequence[Span]") -> dict[str, tuple[str, str]]:
    """Trace and span of each model response that spans name, by the response's id."""
    found: dict[str, tuple[str, str]] = {}
    for span in spans:
        if LOG_MARK not in span.attributes:
            for name in ("gen_ai.response.id", "ai.response.id"):
                value = span.attributes.get(name)
                if isinstance(value, str) and value:
                    found[value] = (span.trace_id, span.span_id)
    return found
