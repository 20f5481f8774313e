"""What was asked and what was answered, wherever in a trace it says so."""

from groundwatch.domain.spans import SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Field
from groundwatch.telemetry.otlp.messages import (
    Message,
    answer_in,
    answered,
    event_messages,
    last_asked,
    messages_of,
    question_in,
)
from groundwatch.telemetry.otlp.tree import Node, Tree


def question(tree: Tree, root: Node) -> str:
    """The root's input, else what a retrieval looked for, else what a model was asked last."""
    return (
        _asked(root)
        or next((text for node in tree.of(SpanKind.RETRIEVAL) if (text := looked_for(node))), "")
        or next((text for node in _others(tree, root) if (text := _asked(node))), "")
    )


def response(tree: Tree, root: Node) -> str:
    """The root's output, else what the last call of a model said."""
    calls = sorted(tree.of(SpanKind.LLM), key=lambda node: node.span.end, reverse=True)
    return _answered(root) or next((text for node in calls if (text := _answered(node))), "")


def looked_for(node: Node) -> str:
    """The query of a retrieval or a reranking."""
    said = node.reading.text(Field.RETRIEVAL_QUERY)
    return said or question_in(node.reading.raw(Field.QUERY))


def _others(tree: Tree, root: Node) -> list[Node]:
    """Requests below the root first, then calls of models, in order of time."""
    return [
        node for node in tree.of(SpanKind.REQUEST, SpanKind.OTHER, SpanKind.LLM) if node is not root
    ]


def _prompt(node: Node) -> list[Message]:
    found = messages_of(node.reading.raw(Field.INPUT_MESSAGES))
    return found or event_messages(node.span.events)[0]


def _said(node: Node) -> list[Message]:
    found = messages_of(node.reading.raw(Field.OUTPUT_MESSAGES))
    return found or event_messages(node.span.events)[1]


def _asked(node: Node) -> str:
    """Of a model's call the messages count first: its input is often the whole request."""
    if node.kind in (SpanKind.LLM, SpanKind.OTHER, SpanKind.REQUEST):
        plain = question_in(node.reading.raw(Field.QUERY))
        told = last_asked(_prompt(node))
        return (told or plain) if node.kind is SpanKind.LLM else (plain or told)
    return looked_for(node) if node.kind is SpanKind.RETRIEVAL else ""


def _answered(node: Node) -> str:
    if node.kind in (SpanKind.RETRIEVAL, SpanKind.EMBEDDING, SpanKind.RERANK):
        return ""
    plain = answer_in(node.reading.raw(Field.RESPONSE))
    told = answered(_said(node))
    return (told or plain) if node.kind is SpanKind.LLM else (plain or told)
