"""Following a location through the settings classes."""

from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Literal, TypeGuard, get_args, get_origin

from pydantic.fields import FieldInfo

from groundwatch.config.problems import Location, is_secretive
from groundwatch.settings import SecretMark, SettingsPart


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file, and what the classes expect there.

    Attributes:
        at: the location in the file, without the steps that only choose among several kinds.
        expected: the type there; None beyond what the classes know.
        secret: whether the value must not be shown.
    """

    at: Location
    expected: object
    secret: bool

    @property
    def keys(self) -> frozenset[str]:
        """The keys that may stand there; empty where it is no part of fixed keys."""
        if is_part(self.expected):
            return frozenset(self.expected.model_fields)
        parts = [option for option in options(self.expected) if is_part(option)]
        return frozenset().union(*(part.model_fields for part in parts))


def locate(root: type[SettingsPart], steps: Location) -> Place:
    """Follow the steps of a validation error from the root class."""
    at: list[str | int] = []
    expected: object = root
    secret = False
    for step in steps:
        chosen = _chosen(expected, step)
        if chosen is not None:
            expected = chosen
            continue
        if step == "[key]":
            continue
        at.append(step)
        expected, info = _inside(expected, step)
        secret = secret or is_secretive(step) or _is_marked(info)
    return Place(tuple(at), expected, secret)


def is_part(expected: object) -> TypeGuard[type[SettingsPart]]:
    """Whether a type is a settings class."""
    return isinstance(expected, type) and issubclass(expected, SettingsPart)


def options(expected: object) -> tuple[object, ...]:
    """The kinds a value may be of, None aside."""
    if get_origin(expected) is Annotated:
        return options(get_args(expected)[0])
    if is_part(expected) or get_origin(expected) in {None, tuple, dict, Literal}:
        return (expected,)
    return tuple(option for option in get_args(expected) if option is not NoneType)


def _chosen(expected: object, step: str | int) -> type[SettingsPart] | None:
    """The kind that a step names where there are several."""
    kinds = options(expected)
    if len(kinds) < 2:
        return None
    for kind in kinds:
        if is_part(kind) and step in _tags(kind):
            return kind
    return None


def _tags(kind: type[SettingsPart]) -> tuple[object, ...]:
    first = next(iter(kind.model_fields.values()))
    return get_args(first.annotation) if get_origin(first.annotation) is Literal else ()


def _inside(expected: object, step: str | int) -> tuple[object, FieldInfo | None]:
    for kind in options(expected):
        if is_part(kind) and step in kind.model_fields:
            info = kind.model_fields[str(step)]
            return info.annotation, info
        if get_origin(kind) is tuple:
            return get_args(kind)[0], None
        if get_origin(kind) is dict:
            return get_args(kind)[1], None
    return None, None


def _is_marked(info: FieldInfo | None) -> bool:
    return info is not None and any(isinstance(mark, SecretMark) for mark in info.metadata)
