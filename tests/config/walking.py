"""Every setting there is, found by walking the classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from groundwatch.settings import SettingsPart


@dataclass(frozen=True)
class Setting:
    key: str
    info: FieldInfo
    kind: object
    owner: type[SettingsPart]


def every_setting(part: type[SettingsPart], prefix: str = "") -> Iterator[Setting]:
    for name, info in part.model_fields.items():
        key = f"{prefix}{name}"
        kinds = _kinds(info.annotation)
        parts = [(suffix, kind) for suffix, kind in _parts(kinds) if _is_part(kind)]
        if not parts or (any(suffix == "[]" for suffix, _ in parts) and prefix):
            yield Setting(key, info, kinds[0], part)
        for suffix, kind in parts:
            yield from every_setting(kind, f"{key}{suffix}.")


def _kinds(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in {None, tuple, dict, Literal}:
        return (annotation,)
    return tuple(kind for kind in get_args(annotation) if kind is not NoneType)


def _parts(kinds: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for kind in kinds:
        if get_origin(kind) is tuple:
            yield from (("[]", each) for each in _kinds(get_args(kind)[0]))
        elif get_origin(kind) is dict:
            yield from ((".NAME", each) for each in _kinds(get_args(kind)[1]))
        else:
            yield "", kind


def _is_part(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, SettingsPart)
