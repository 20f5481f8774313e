"""Reads a span by whatever convention it was written: the engine under the tables."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from groundwatch.domain.spans import AttributeValue, Span, SpanEvent
from groundwatch.telemetry.otlp.conventions import CONVENTIONS
from groundwatch.telemetry.otlp.conventions.convention import STRUCTURED, Field
from groundwatch.telemetry.otlp.values import (
    as_count,
    as_number,
    as_text,
    as_tree,
    unflattened,
)

Place = tuple[Field, int, str]
"""A field, how strong the name is (0 the strongest), and the path below it."""

_STRIDE = 100
_EMPTY: tuple[AttributeValue, ...] = (None, "", [], {})


def _table() -> tuple[dict[str, list[tuple[Field, int]]], list[tuple[str, Field, int]]]:
    exact: dict[str, list[tuple[Field, int]]] = {}
    prefixes: list[tuple[str, Field, int]] = []
    for order, convention in enumerate(CONVENTIONS):
        for field, names in convention.fields.items():
            for position, name in enumerate(names):
                rank = order * _STRIDE + position
                exact.setdefault(name, []).append((field, rank))
                if field in STRUCTURED:
                    prefixes.append((f"{name}.", field, rank))
    return exact, prefixes


_EXACT, _PREFIXES = _table()
_STARTS = tuple(prefix for prefix, _, _ in _PREFIXES)
_DETAILS = frozenset[str]().union(*(each.details for each in CONVENTIONS))
CHUNKS = frozenset[str]().union(*(each.chunks for each in CONVENTIONS))
"""Events that mark a piece of a streamed answer."""
DOCUMENT_EVENTS = {name: at for each in CONVENTIONS for name, at in each.events.items()}
MESSAGE_EVENTS = {name: who for each in CONVENTIONS for name, who in each.messages.items()}


@lru_cache(maxsize=16_384)
def _places(key: str) -> tuple[Place, ...]:
    if key in _EXACT:
        return tuple((field, rank, "") for field, rank in _EXACT[key])
    if not key.startswith(_STARTS):
        return ()
    return tuple(
        (field, rank, key[len(prefix) :])
        for prefix, field, rank in _PREFIXES
        if key.startswith(prefix)
    )


class Reading:
    """What the attributes of a span say, by field.

    Args:
        attributes: of the span; later ones win where a name comes twice.
    """

    def __init__(self, *attributes: Mapping[str, AttributeValue]) -> None:
        self._plain: dict[Field, tuple[int, AttributeValue]] = {}
        self._flat: dict[Field, dict[int, dict[str, AttributeValue]]] = {}
        self._built: dict[Field, AttributeValue] = {}
        for each in attributes:
            for key, value in each.items():
                for field, rank, path in _places(key):
                    if value not in _EMPTY:
                        self._put(field, rank, path, value)

    def _put(self, field: Field, rank: int, path: str, value: AttributeValue) -> None:
        if path:
            self._flat.setdefault(field, {}).setdefault(rank, {})[path] = value
            return
        known = self._plain.get(field)
        if known is None or rank < known[0]:
            self._plain[field] = (rank, value)

    def raw(self, field: Field) -> AttributeValue:
        """The strongest value; None when nobody says."""
        plain = self._plain.get(field)
        if field not in self._flat:
            return plain[1] if plain else None
        if field not in self._built:
            flat = self._flat[field]
            rank = min(flat)
            is_plain = plain is not None and plain[0] < rank
            self._built[field] = plain[1] if plain and is_plain else unflattened(flat[rank])
        return self._built[field]

    def __contains__(self, field: Field) -> bool:
        return field in self._plain or field in self._flat

    def text(self, field: Field) -> str:
        """As text; a list of one is that one; quotes of JSON text are taken off."""
        value = self.raw(field)
        if value is None:
            return ""
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        text = as_text(value)
        if len(text) > 1 and text[0] == text[-1] == '"':
            inner = as_tree(text)
            return inner if isinstance(inner, str) else text
        return text

    def tree(self, field: Field) -> AttributeValue:
        """As a structure, whichever of the three forms it came in."""
        return as_tree(self.raw(field))

    def count(self, field: Field) -> int | None:
        return as_count(self.raw(field))

    def number(self, field: Field) -> float | None:
        return as_number(self.raw(field))

    def conventions(self) -> set[str]:
        """The names of the conventions that said anything."""
        ranks = [rank for rank, _ in self._plain.values()]
        ranks += [rank for flat in self._flat.values() for rank in flat]
        return {CONVENTIONS[rank // _STRIDE].name for rank in ranks}


def read(span: Span) -> Reading:
    """Read a span, its attributes first, then events that carry attributes for it."""
    details = [_said(event) for event in span.events if event.name in _DETAILS]
    return Reading(span.attributes, *details)


def read_resource(span: Span) -> Reading:
    """Read what the resource of a span says."""
    return Reading(span.resource)


def _said(event: SpanEvent) -> Mapping[str, AttributeValue]:
    body = event.attributes.get("body")
    return {**body, **event.attributes} if isinstance(body, dict) else event.attributes


def document_events(events: Iterable[SpanEvent]) -> list[AttributeValue]:
    """Documents that came as one event each, as structures without their prefix."""
    found: list[AttributeValue] = []
    for event in events:
        prefix = DOCUMENT_EVENTS.get(event.name)
        if prefix is not None:
            found.append(
                {key.removeprefix(prefix): value for key, value in event.attributes.items()}
            )
    return found
