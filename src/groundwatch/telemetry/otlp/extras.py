"""People, the first token, and what has no field of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime

from groundwatch.domain.interactions import EXPERIMENT
from groundwatch.domain.spans import AttributeValue, SpanKind
from groundwatch.telemetry.otlp.consumption import Consumption
from groundwatch.telemetry.otlp.conventions.convention import Field
from groundwatch.telemetry.otlp.reading import CHUNKS, read_resource
from groundwatch.telemetry.otlp.sender import RECORDED_BY, SENDER
from groundwatch.telemetry.otlp.tree import Node, Tree
from groundwatch.telemetry.otlp.values import as_text, as_tree

SPANS = "spans"
"""The attribute that only interactions made of traces have: of how many spans."""

_SECOND = 1_000_000_000
_LONGEST = 500
_MOST_PROPERTIES = 50
_MOST_EXPERIMENTS = 20
_TOLD = {
    "top_k": Field.TOP_K,
    "data_source": Field.DATA_SOURCE,
    "finish_reason": Field.FINISH,
    "tags": Field.TAGS,
    "version": Field.VERSION,
    "environment": Field.ENVIRONMENT,
}


@dataclass(frozen=True, slots=True)
class People:
    """Who asked, in which conversation, and for which group."""

    user: str
    session: str
    group: str


def people(tree: Tree, root: Node) -> People:
    """The root says first, then any span in order, then the resource."""
    return People(*(_said(tree, root, field) for field in (Field.USER, Field.SESSION, Field.GROUP)))


def _said(tree: Tree, root: Node, field: Field) -> str:
    for node in (root, *tree.nodes):
        if field in node.reading:
            return node.reading.text(field)[:_LONGEST]
    return read_resource(root.span).text(field)[:_LONGEST]


def first_token(tree: Tree, begin: int) -> float | None:
    """Seconds from the beginning of the trace to the first piece of a streamed answer."""
    found = [at for node in tree.of(SpanKind.LLM, SpanKind.REQUEST) for at in _first_at(node)]
    later = [at - begin for at in found if at >= begin]
    return min(later) / _SECOND if later else None


def _first_at(node: Node) -> list[int]:
    """When the first piece came, as nanoseconds since the epoch, by all that a span says."""
    reading, start = node.reading, node.span.start
    found = [event.at for event in node.span.events if event.name in CHUNKS]
    seconds = reading.number(Field.FIRST_PIECE)
    if seconds is not None and seconds >= 0:
        found.append(start + int(seconds * _SECOND))
    milliseconds = reading.number(Field.FIRST_PIECE_MILLISECONDS)
    if milliseconds is not None and milliseconds >= 0:
        found.append(start + int(milliseconds * 1e6))
    at = _moment(reading.text(Field.FIRST_PIECE_AT))
    return [*found, at] if at is not None else found


def _moment(text: str) -> int | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(at.timestamp() * 1e6) * 1_000


def attributes_of(tree: Tree, root: Node, used: Consumption) -> dict[str, str]:
    """Everything else worth keeping, as text."""
    found: dict[str, str] = _properties(tree) | _variants(tree, root)
    resource = read_resource(root.span)
    for name, field in _TOLD.items():
        saying = next((node for node in tree.nodes if field in node.reading), None)
        text = saying.reading.text(field) if saying else resource.text(field)
        if text:
            found[name] = text[:_LONGEST]
    conventions = set[str]().union(*(node.reading.conventions() for node in tree.nodes))
    found["conventions"] = ",".join(sorted(conventions - {"general"}))
    found[SPANS] = str(len(tree.nodes))
    found[RECORDED_BY] = as_text(root.span.resource.get(SENDER))
    numbers = {"cached_tokens": used.cached, "reasoning_tokens": used.reasoning}
    found |= {name: str(number) for name, number in numbers.items() if number}
    if used.provider:
        found["provider"] = used.provider
    return {name: text for name, text in found.items() if text}


def _variants(tree: Tree, root: Node) -> dict[str, str]:
    """By which variants of experiments it was answered: the root says first, the resource last."""
    sources = [node.span.attributes for node in (root, *tree.nodes)]
    found: dict[str, str] = {}
    for said in (*sources, root.span.resource):
        for name, value in said.items():
            if name.startswith(EXPERIMENT) and (text := as_text(value)):
                found.setdefault(name[:_LONGEST], text[:_LONGEST])
    return dict(list(found.items())[:_MOST_EXPERIMENTS])


def _properties(tree: Tree) -> dict[str, str]:
    """Metadata of the application, under `metadata.`."""
    found: dict[str, str] = {}
    for node in tree.nodes:
        for field in (Field.METADATA, Field.PROPERTIES):
            value = node.reading.tree(field) if field in node.reading else None
            if isinstance(value, dict):
                for key, each in _flat(value):
                    found.setdefault(f"metadata.{key}"[:_LONGEST], as_text(each)[:_LONGEST])
        if len(found) >= _MOST_PROPERTIES:
            break
    return dict(list(found.items())[:_MOST_PROPERTIES])


def _flat(value: dict[str, AttributeValue]) -> list[tuple[str, AttributeValue]]:
    return [(key, as_tree(each)) for key, each in value.items() if each is not None]
