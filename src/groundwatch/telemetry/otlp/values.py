"""Attribute values as they arrive, cut to size and without vectors."""

import json
import math
from collections.abc import Mapping

from groundwatch.domain.spans import AttributeValue

Attributes = dict[str, AttributeValue]

_VECTORS = (
    "embedding.vector",
    "embeddings.vector",
    "result.vector",
    "search.vector",
    "query.vector",
)
_LONGEST_NUMBERS = 64
_DEEPEST = 12
_DIGITS = 6
_LONGEST_KEY = 500
_INT64 = 1 << 63
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)  # NaN is nothing


def is_vector(key: str, value: AttributeValue) -> bool:
    """Whether an attribute holds an embedding, which is never kept."""
    if key.endswith(_VECTORS):
        return True
    return (
        isinstance(value, list)
        and len(value) > _LONGEST_NUMBERS
        and all(isinstance(each, float | int) for each in value)
    )


class Cutter:
    """Brings the attributes of one span to size.

    Args:
        characters: longest text.
        most: attributes at most.
    """

    def __init__(self, characters: int, most: int) -> None:
        self._characters = characters
        self._most = most
        self.has_cut = False

    def attributes(self, given: Attributes) -> Attributes:
        """The attributes without vectors, cut where they are too long."""
        if len(given) > self._most:
            self.has_cut = True
            given = dict(list(given.items())[: self._most])
        kept: Attributes = {}
        for key, value in given.items():
            if len(key) > _LONGEST_KEY:
                self.has_cut = True
            elif type(value) is str:
                kept[key] = value if len(value) <= self._characters else self._cut(value)
            elif not is_vector(key, value):
                kept[key] = value if isinstance(value, int) else self._value(value)
        return kept

    def _cut(self, text: str) -> str:
        self.has_cut = True
        return text[: self._characters]

    def _value(self, value: AttributeValue, depth: int = 0) -> AttributeValue:
        match value:
            case float():
                return value if math.isfinite(value) else None
            case str():
                return value if len(value) <= self._characters else self._cut(value)
            case list() | dict() if depth > _DEEPEST or _size(value) > self._characters:
                return self._cut(json.dumps(value, ensure_ascii=False, default=str))
            case list():
                return [self._value(each, depth + 1) for each in value]
            case dict():
                return {
                    key: self._value(each, depth + 1)
                    for key, each in value.items()
                    if not is_vector(key, each)
                }
            case _:
                return value


def _size(value: AttributeValue) -> int:
    """About how many characters a value takes."""
    match value:
        case str():
            return len(value)
        case list():
            return sum(map(_size, value)) + len(value)
        case dict():
            return sum(len(key) + _size(each) for key, each in value.items())
        case _:
            return 8


def as_text(value: AttributeValue) -> str:
    """A value as text: structures as JSON; empty for nothing."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | dict():
            return json.dumps(value, ensure_ascii=False) if value else ""
        case _:
            return str(value)


def as_number(value: AttributeValue) -> float | None:
    """A finite number, also from text; None for anything else."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_count(value: AttributeValue) -> int | None:
    """A number from 0 as a whole one."""
    number = as_number(value)
    return int(number) if number is not None and 0 <= number < _INT64 else None


def as_tree(value: AttributeValue) -> AttributeValue:
    """A structure, also from JSON text; text that does not parse stays text."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[", '"'):
        return value
    try:
        parsed: AttributeValue = _DECODER.decode(value)
    except (ValueError, RecursionError):
        return value
    return parsed


def unflattened(paths: Mapping[str, AttributeValue]) -> AttributeValue:
    """Build a tree from dotted paths; levels whose keys are all numbers become lists, in order."""
    root: dict[str, AttributeValue] = {}
    for path, value in paths.items():
        *parents, leaf = path.split(".")[:_DEEPEST]
        level = root
        for parent in parents:
            below = level.setdefault(parent, {})
            if not isinstance(below, dict):
                below = level[parent] = {"": below}
            level = below
        if isinstance(level.get(leaf), dict):
            continue
        level[leaf] = value
    return _with_lists(root)


def _with_lists(level: AttributeValue) -> AttributeValue:
    if not isinstance(level, dict):
        return level
    if level and all(key.isdecimal() and len(key) <= _DIGITS for key in level):
        return [_with_lists(level[key]) for key in sorted(level, key=int)]
    return {key: _with_lists(each) for key, each in level.items()}
