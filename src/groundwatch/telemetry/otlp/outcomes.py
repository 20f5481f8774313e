"""How a trace ended."""

from dataclasses import dataclass

from groundwatch.domain.answers import Outcome
from groundwatch.domain.spans import Span
from groundwatch.domain.status import Severity
from groundwatch.telemetry.otlp.conventions.convention import Field
from groundwatch.telemetry.otlp.tree import Node, Tree
from groundwatch.telemetry.otlp.values import as_text

_TIMEOUTS = ("timeout", "timed out", "timed_out", "deadline")
_CANCELLED = ("cancelled", "canceled", "cancellederror", "generatorexit", "clientdisconnect")
_LENGTH = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_FILTERED = frozenset({"content_filter", "content-filter", "safety", "refusal", "recitation"})
_OUTCOMES = frozenset(each.value for each in Outcome)
_SEVERITIES = {
    Outcome.ANSWERED: Severity.INFO,
    Outcome.DECLINED: Severity.LOW,
    Outcome.CANCELLED: Severity.LOW,
    Outcome.REFUSED: Severity.LOW,
    Outcome.TIMED_OUT: Severity.HIGH,
    Outcome.FAILED: Severity.HIGH,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended, and what went wrong."""

    outcome: Outcome
    severity: Severity
    error_type: str = ""
    error: str = ""
    flags: tuple[str, ...] = ()


def ending(tree: Tree, root: Node, response: str) -> Ending:
    """Judge a trace by what its root says, by errors and by what came out.

    An error below a root that went well and answered was coped with: it is flagged.
    """
    wrong = root if root.span.error else _wrong_below(tree)
    flags = _finish_flags(tree)
    said = root.reading.text(Field.OUTCOME).lower()
    if said in _OUTCOMES:
        outcome = Outcome(said)
    elif root.span.error or (wrong is not None and not response):
        outcome = _of_error(wrong.span if wrong else root.span)
    else:
        outcome = Outcome.ANSWERED
    if wrong is None:
        return Ending(outcome, _SEVERITIES[outcome], flags=flags)
    if outcome is Outcome.ANSWERED:
        return Ending(outcome, Severity.LOW, flags=(*flags, "recovered-error"))
    kind, text = _error(tree, wrong)
    return Ending(outcome, _SEVERITIES[outcome], kind, text, flags)


def _wrong_below(tree: Tree) -> Node | None:
    """The last span that failed."""
    failed = [node for node in tree.nodes if node.span.error]
    return max(failed, key=lambda node: node.span.end) if failed else None


def _of_error(span: Span) -> Outcome:
    text = " ".join([span.error, *(_exception(span))]).lower()
    if any(word in text for word in _TIMEOUTS):
        return Outcome.TIMED_OUT
    if any(word in text for word in _CANCELLED):
        return Outcome.CANCELLED
    return Outcome.FAILED


def _error(tree: Tree, wrong: Node) -> tuple[str, str]:
    """Type and message; where a root says nothing, the span below that failed does."""
    told = [wrong, *[node for node in tree.nodes if node.span.error and node is not wrong]]
    for node in told:
        kind, message = _exception(node.span)
        kind = node.reading.text(Field.ERROR_TYPE) or kind
        message = message or node.reading.text(Field.ERROR_MESSAGE)
        if kind or message:
            return kind[:100] or "error", (message or node.span.error)[:1_000]
    texts = [node.span.error for node in told if node.span.error != "error"]
    text = texts[0] if texts else "error"
    return text.partition(":")[0][:100], text


def _exception(span: Span) -> tuple[str, str]:
    for event in reversed(span.events):
        if event.name in ("exception", "gen_ai.client.operation.exception"):
            return (
                as_text(event.attributes.get("exception.type")),
                as_text(event.attributes.get("exception.message")),
            )
    return "", ""


def _finish_flags(tree: Tree) -> tuple[str, ...]:
    """Whether an answer was cut off, or withheld by the provider."""
    found: set[str] = set()
    for node in tree.nodes:
        if Field.FINISH not in node.reading:
            continue
        value = node.reading.tree(Field.FINISH)
        reasons = value if isinstance(value, list) else [value]
        found |= {as_text(each).lower() for each in reasons}
    flags = [("cut-off", _LENGTH), ("content-filter", _FILTERED)]
    return tuple(flag for flag, reasons in flags if found & reasons)
