"""What a detector has learned, as plain data that JSON can hold, and back again bit for bit."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

import numpy as np

from groundwatch.errors import InvalidInput

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

T = typing.TypeVar("T")


def remember(thing: object) -> Plain:
    """The state of a dataclass as plain data; dictionaries become lists of pairs."""
    if isinstance(thing, Enum):
        return remember(thing.value)
    if thing is None or isinstance(thing, bool | int | float | str):
        return thing
    if is_dataclass(thing) and not isinstance(thing, type):
        return {
            field.name: remember(getattr(thing, field.name))
            for field in fields(thing)
            if field.init
        }
    if isinstance(thing, np.ndarray):
        return typing.cast("Plain", thing.tolist())
    if isinstance(thing, Mapping):
        return [[remember(key), remember(value)] for key, value in thing.items()]
    if isinstance(thing, list | tuple | set | frozenset):
        return [remember(each) for each in thing]
    message = f"{type(thing).__name__} cannot be remembered as plain data"
    raise TypeError(message)


def recall(kind: type[T], plain: Plain) -> T:
    """Rebuild what `remember` gave.

    Raises:
        InvalidInput: the data is not that of such a thing.
    """
    try:
        return typing.cast("T", _recall(kind, plain))
    except (TypeError, ValueError, KeyError) as error:
        message = (
            f"the stored state is not that of {kind.__name__} ({error}); "
            "delete it and the series learns anew"
        )
        raise InvalidInput(message) from error


def _recall(kind: object, plain: Plain) -> object:
    origin = typing.get_origin(kind)
    if origin is types.UnionType or origin is typing.Union:
        return _recall_one_of(typing.get_args(kind), plain)
    if origin is not None:
        return _recall_many(origin, typing.get_args(kind), plain)
    if isinstance(kind, type) and is_dataclass(kind):
        return _recall_dataclass(kind, plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if isinstance(kind, type) and isinstance(plain, kind):
        return plain
    message = f"{plain!r:.40} is no {getattr(kind, '__name__', kind)}"
    raise TypeError(message)


def _recall_one_of(kinds: tuple[object, ...], plain: Plain) -> object:
    if plain is None and types.NoneType in kinds:
        return None
    [kind] = [each for each in kinds if each is not types.NoneType]
    return _recall(kind, plain)


def _recall_many(origin: object, kinds: tuple[object, ...], plain: Plain) -> object:
    if not isinstance(plain, list):
        message = f"{plain!r:.40} is no list"
        raise TypeError(message)
    if origin is np.ndarray:
        return np.array(plain, dtype=np.float64)
    if origin is dict:
        pairs = [typing.cast("list[Plain]", pair) for pair in plain]
        return {_recall(kinds[0], key): _recall(kinds[1], value) for key, value in pairs}
    if origin is tuple and kinds[-1] is not Ellipsis:
        return tuple(_recall(k, each) for k, each in zip(kinds, plain, strict=True))
    items = [_recall(kinds[0], each) for each in plain]
    return items if origin is list else tuple(items)


def _recall_dataclass(kind: type, plain: Plain) -> object:
    if not isinstance(plain, dict):
        message = f"{plain!r:.40} is no mapping"
        raise TypeError(message)
    hints = typing.get_type_hints(kind)
    wanted = {field.name for field in fields(kind) if field.init}
    if wanted != set(plain):
        message = f"fields {sorted(wanted ^ set(plain))} are missing or unknown"
        raise ValueError(message)
    return kind(**{name: _recall(hints[name], value) for name, value in plain.items()})
