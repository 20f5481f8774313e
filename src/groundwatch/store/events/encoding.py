"""Interactions, scores and parts of spans as bytes, and back.

Fields that have their default are left out, and a field that is not known is passed over, so that
an older or a newer program reads what this one wrote.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgpack  # type: ignore[import-untyped]

from groundwatch.domain.answers import Outcome
from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Interaction, RetrievedPassage, Stage
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.spans import Span, SpanEvent
from groundwatch.domain.status import Severity, Status
from groundwatch.store.columns import microseconds, moment

M = TypeVar("M")
Shape = tuple[tuple[str, ...], tuple[object, ...], Callable[[Any], Any]]
"""Names of fields, their defaults, and what reads their values."""
_SHAPES: dict[type[Any], Shape] = {}


def packed(value: object) -> bytes:
    """Anything made of dicts, lists, text and numbers; text no database keeps is replaced."""
    try:
        plain: bytes = msgpack.packb(value)
    except (UnicodeEncodeError, OverflowError, ValueError):
        plain = msgpack.packb(_storable(value))
    return plain


def unpacked(data: bytes) -> Any:  # noqa: ANN401  whatever was packed
    """What `packed` was given, tuples as lists."""
    return msgpack.unpackb(data, strict_map_key=False)


def of_interaction(one: Interaction) -> bytes:
    """An interaction whole."""
    record = _record(one)
    record["started_at"] = microseconds(one.started_at)
    if one.passages:
        record["passages"] = [_record(passage) for passage in one.passages]
    if one.stages:
        record["stages"] = [_record(stage) for stage in one.stages]
    return packed(record)


def interaction(data: bytes) -> Interaction:
    """The interaction of `of_interaction`."""
    record = _known(Interaction, unpacked(data))
    record["started_at"] = moment(record["started_at"])
    record["outcome"] = Outcome(record["outcome"])
    record["severity"] = Severity(record["severity"])
    record["flags"] = tuple(record.get("flags", ()))
    record["stages"] = tuple([_made(Stage, each) for each in record.get("stages", ())])
    record["passages"] = tuple(
        [_made(RetrievedPassage, each) for each in record.get("passages", ())]
    )
    return Interaction(**record)


def of_quality(one: Quality) -> bytes:
    """The scores of an interaction."""
    record = _record(one)
    record["scored_at"] = microseconds(one.scored_at)
    record["scores"] = [
        _record(score)
        | {"evidence": [_record(each) for each in score.evidence], "facts": dict(score.facts)}
        for score in one.scores
    ]
    return packed(record)


def quality(data: bytes) -> Quality:
    """The scores of `of_quality`."""
    record = _known(Quality, unpacked(data))
    record["scored_at"] = moment(record["scored_at"])
    record["status"] = Status(record["status"])
    record["reasons"] = tuple(record.get("reasons", ()))
    record["scores"] = tuple(_score(score) for score in record["scores"])
    return Quality(**record)


def of_span(one: Span) -> bytes:
    """What of a span has no column: attributes, resource and events."""
    events = [[each.name, each.at, dict(each.attributes)] for each in one.events]
    return packed([dict(one.attributes), dict(one.resource), events])


def span_parts(data: bytes) -> tuple[dict[str, Any], dict[str, Any], tuple[SpanEvent, ...]]:
    """Attributes, resource and events."""
    attributes, resource, events = unpacked(data)
    return attributes, resource, tuple(SpanEvent(*each) for each in events)


def of_event(one: Event) -> bytes:
    """What of an event has no column: numbers and metadata."""
    return packed([one.message, dict(one.metrics), dict(one.metadata)])


def event_parts(data: bytes) -> tuple[str, dict[str, float], dict[str, str]]:
    """Message, numbers and metadata."""
    message, metrics, metadata = unpacked(data)
    return message, metrics, metadata


def _score(record: Mapping[str, Any]) -> Score:
    values = _known(Score, record)
    values["dimension"] = Dimension(values["dimension"])
    values["flags"] = tuple(values.get("flags", ()))
    values["evidence"] = tuple([_made(Evidence, each) for each in values["evidence"]])
    return Score(**values)


def _record(one: Any) -> dict[str, Any]:  # noqa: ANN401  any dataclass
    """The fields of a dataclass that differ from their defaults."""
    names, defaults, values = _SHAPES.get(type(one)) or _shape(type(one))
    return {
        name: value
        for name, value, default in zip(names, values(one), defaults, strict=True)
        if value is not default and value != default
    }


def _shape(kind: type[Any]) -> Shape:
    names = tuple(each.name for each in fields(kind))
    defaults = tuple(
        each.default_factory() if each.default_factory is not MISSING else each.default
        for each in fields(kind)
    )
    _SHAPES[kind] = names, defaults, attrgetter(*names)
    return _SHAPES[kind]


def _made(kind: type[M], record: Mapping[str, Any]) -> M:
    """What a record describes."""
    try:
        return kind(**record)
    except TypeError:  # a newer program knows more fields
        return kind(**_known(kind, record))


def _known(kind: type, record: Mapping[str, Any]) -> dict[str, Any]:
    known = _names(kind)
    return {name: value for name, value in record.items() if name in known}


@cache
def _names(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


def _storable(value: object) -> object:
    """A copy whose text and numbers can be packed."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_storable(key): _storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        return float(value) if abs(value) < 1 << 1000 else str(value)
    return value
