"""What a span did, by what any convention says of it."""

from collections.abc import Iterable, Mapping

from groundwatch.domain.spans import AttributeValue, SpanKind
from groundwatch.telemetry.otlp.conventions import CONVENTIONS
from groundwatch.telemetry.otlp.reading import DOCUMENT_EVENTS

_NAMED = [(attribute, values) for each in CONVENTIONS for attribute, values in each.kinds.items()]
_HINTS = [hint for each in CONVENTIONS for hint in each.hints]
_HINT_STARTS = tuple(prefix for prefix, _ in _HINTS)


def kind_of(
    attributes: Mapping[str, AttributeValue], events: Iterable[str], *, is_root: bool
) -> SpanKind:
    """Map a span to one of our kinds.

    Args:
        attributes: of the span.
        events: names of its events.
        is_root: whether it has no parent here.
    """
    kind = _named(attributes)
    if kind is None and any(event in DOCUMENT_EVENTS for event in events):
        kind = SpanKind.RETRIEVAL
    if kind is None:
        kind = _hinted(attributes)
    if kind in (None, SpanKind.OTHER):
        return SpanKind.REQUEST if is_root else SpanKind.OTHER
    return kind


def _named(attributes: Mapping[str, AttributeValue]) -> SpanKind | None:
    for attribute, values in _NAMED:
        value = attributes.get(attribute)
        if isinstance(value, str):
            kind = values.get(value.strip('" ').lower())
            if kind is not None:
                return kind
    return None


def _hinted(attributes: Mapping[str, AttributeValue]) -> SpanKind | None:
    present = [key for key in attributes if key.startswith(_HINT_STARTS)]
    if not present:
        return None
    for prefix, kind in _HINTS:
        if any(key.startswith(prefix) for key in present):
            return kind
    return None
