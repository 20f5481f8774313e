"""Tokens, money and models of a trace."""

from collections.abc import Callable
from dataclasses import dataclass

from groundwatch.domain.spans import AttributeValue, SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Field
from groundwatch.telemetry.otlp.reading import Reading
from groundwatch.telemetry.otlp.tree import Node, Tree
from groundwatch.telemetry.otlp.values import as_count, as_number, as_text

Price = Callable[[str, int, int], float | None]
"""US dollars of a model's tokens in and out; None when the model has no price."""

_IN = ("input", "input_tokens", "prompt", "prompt_tokens", "promptTokens", "inputTokens")
_OUT = (
    "output",
    "output_tokens",
    "completion",
    "completion_tokens",
    "completionTokens",
    "outputTokens",
)
_TOTAL = ("total", "total_cost", "total_tokens")
PROVIDERS = {
    "xai": "x_ai",
    "vertex_ai": "gcp.vertex_ai",
    "gemini": "gcp.gemini",
    "az.ai.inference": "azure.ai.inference",
    "az.ai.openai": "azure.ai.openai",
}
"""Names of providers that became others."""


@dataclass(frozen=True, slots=True)
class Consumption:
    """What the models of a trace took.

    Attributes:
        cost: US dollars, None when it is not known of any call.
        cached: input tokens that were read from a cache; a part of the input, not more of it.
        is_odd: a call read more from the cache than it says went in.
        is_partial: the price of some calls is not known.
    """

    model: str = ""
    provider: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached: int = 0
    reasoning: int = 0
    cost: float | None = None
    is_odd: bool = False
    is_partial: bool = False


def consumption(tree: Tree, price: Price) -> Consumption:
    """Sum over the calls of models that have no such call below them.

    An agent's span may carry the total of its calls, and one call may have been instrumented twice:
    the deepest span that says anything counts. Where no call says anything, the root does.
    """
    named = [node for node in tree.deepest(SpanKind.LLM) if _model(node.reading)]
    named = named or [node for node in tree.of(SpanKind.LLM) if _model(node.reading)]
    naming = max(named, key=lambda node: node.span.start, default=tree.root)
    model = _model(naming.reading) if naming else ""
    used = [_of(node.reading, model, price) for node in _counted(tree)]
    costs = [each.cost for each in used if each.cost is not None]
    return Consumption(
        model,
        _provider(naming.reading) if naming else "",
        sum(each.input_tokens for each in used),
        sum(each.output_tokens for each in used),
        sum(each.cached for each in used),
        sum(each.reasoning for each in used),
        sum(costs) if costs else None,
        any(each.is_odd for each in used),
        bool(costs) and any(each.cost is None for each in used),
    )


def _counted(tree: Tree) -> list[Node]:
    """The spans whose tokens and cost add up to those of the trace."""
    counted: list[Node] = []
    told: set[str] = set()
    for node in reversed(tree.order):
        is_told = node.span.span_id in told
        if not is_told and node.kind is SpanKind.LLM and _says(node.reading):
            counted.append(node)
            is_told = True
        parent = tree.parent(node)
        if is_told and parent is not None:
            told.add(parent.span.span_id)
    if not counted and tree.root is not None and _says(tree.root.reading):
        counted.append(tree.root)
    return counted


def _says(reading: Reading) -> bool:
    return any(_tokens(reading)) or _cost(reading) is not None


def _of(reading: Reading, model: str, price: Price) -> Consumption:
    """What one span took; `model` is the trace's, where the span names none."""
    requested = reading.text(Field.REQUESTED_MODEL)
    tokens_in, tokens_out = _tokens(reading)
    cached = reading.count(Field.CACHED_TOKENS) or 0
    cost = _cost(reading)
    if cost is None:
        cost = price(_model(reading) or model, tokens_in, tokens_out)
    if cost is None and requested:
        cost = price(requested, tokens_in, tokens_out)
    return Consumption(
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cached=cached,
        reasoning=reading.count(Field.REASONING_TOKENS) or 0,
        cost=cost,
        is_odd=cached > tokens_in,
    )


def _model(reading: Reading) -> str:
    """The model that answered, else the one that was asked for."""
    return reading.text(Field.MODEL) or reading.text(Field.REQUESTED_MODEL) or _parameter(reading)


def _parameter(reading: Reading) -> str:
    parameters = reading.tree(Field.PARAMETERS)
    return as_text(parameters.get("model")) if isinstance(parameters, dict) else ""


def _provider(reading: Reading) -> str:
    provider = reading.text(Field.PROVIDER)
    return PROVIDERS.get(provider.lower(), provider)


def _tokens(reading: Reading) -> tuple[int, int]:
    usage = reading.tree(Field.USAGE)
    tokens_in = reading.count(Field.INPUT_TOKENS)
    tokens_out = reading.count(Field.OUTPUT_TOKENS)
    if isinstance(usage, dict):
        tokens_in = _member(usage, _IN) if tokens_in is None else tokens_in
        tokens_out = _member(usage, _OUT) if tokens_out is None else tokens_out
    total = reading.count(Field.TOTAL_TOKENS)
    if total is not None and tokens_in is None:
        tokens_in = max(0, total - (tokens_out or 0))
    elif total is not None and tokens_out is None:
        tokens_out = max(0, total - (tokens_in or 0))
    return tokens_in or 0, tokens_out or 0


def _member(usage: dict[str, AttributeValue], names: tuple[str, ...]) -> int | None:
    return next((n for name in names if (n := as_count(usage.get(name))) is not None), None)


def _cost(reading: Reading) -> float | None:
    """What a span says that it cost, as a number or as an object of parts."""
    value = reading.tree(Field.COST)
    if not isinstance(value, dict):
        number = as_number(value)
        return number if number is not None and number >= 0 else None
    for name in _TOTAL:
        total = as_number(value.get(name))
        if total is not None and total >= 0:
            return total
    parts = [as_number(value.get(name)) for name in (*_IN, *_OUT)]
    known = [part for part in parts if part is not None and part >= 0]
    return sum(known) if known else None
