"""What is wrong with a configuration, and how it is told."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

Location = tuple[str | int, ...]
"""Where something stands: keys of mappings and 0-based positions in lists."""

_URL_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")
_SECRETIVE = re.compile(r"key|password|passwd|secret|token|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        at: the place it is wrong at; empty for the file as a whole.
        message: what stands there and what would be right; never a secret.
        line: where it is not that of `at`.
    """

    at: Location
    message: str
    line: int | None = None


def dotted(at: Location) -> str:
    """Write a location as `sources[0].path`."""
    text = ""
    for element in at:
        if isinstance(element, int):
            text += f"[{element}]"
        else:
            text += f".{element}" if text else element
    return text


def shown(value: object) -> str:
    """Write a value as the file would, shortened and without a URL's password."""
    if isinstance(value, str):
        text = _URL_PASSWORD.sub("***@", value)
        return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else str(value)


def kind_of(value: object) -> str:
    """Name the kind of a value without showing it."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    return "a number" if isinstance(value, int | float) else shown(value)


def holds_password(value: str) -> bool:
    """Whether a URL carries credentials."""
    return _URL_PASSWORD.search(value) is not None


def is_secretive(key: object) -> bool:
    """Whether a key's name suggests that its value is a secret."""
    return isinstance(key, str) and _SECRETIVE.search(key) is not None


def meant(word: str, known: Iterable[str]) -> str:
    """Suggest what a word was meant to be: `; did you mean "port"?`, or the known ones."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), folded, n=1)
    if close:
        return f"; did you mean `{folded[close[0]]}`?"
    if not names:
        return ""
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"; known: {', '.join(names[:20])}{more}"
