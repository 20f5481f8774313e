"""Regular expressions of other people: only those whose time is bounded by the text's length."""

import re
from functools import lru_cache

from groundwatch.errors import InvalidInput

_LONGEST = 1000
_BACKWARDS = re.compile(r"\\[1-9]|\(\?(?:[=!]|<[=!]|P=|\()")
_UNBOUNDED = re.compile(r"[*+]|\{\d*,\d*\}")
_MOST_REPEATS = 4


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> "re.Pattern[str]":
    """Compile an expression that must match a whole value.

    What RE2 has not (looking around, references back) is refused, and so is what takes Python's
    engine too long on some text: a repeat inside a repeated group, or many repeats in a row.

    Raises:
        InvalidInput: it is refused; says why.
    """
    if len(pattern) > _LONGEST:
        raise InvalidInput(f"the regular expression is longer than {_LONGEST} characters")
    plain = re.sub(r"\\[^1-9]", "x", pattern)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)
    if _BACKWARDS.search(plain):
        raise InvalidInput(f"{pattern[:80]!r} looks around or back; use plain alternatives")
    if any(
        len(_UNBOUNDED.findall(branch)) > _MOST_REPEATS for branch in _branches(plain)
    ) or _nested(plain):
        raise InvalidInput(f"{pattern[:80]!r} repeats what repeats; write it without nesting")
    try:
        return re.compile(pattern, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidInput(f"{pattern[:80]!r} is no regular expression: {error}") from error


def _branches(plain: str) -> list[str]:
    return plain.split("|")


def _nested(plain: str) -> bool:
    """Whether a group that holds a repeat or an alternative is itself repeated."""
    risky: list[bool] = []
    for position, character in enumerate(plain):
        if character == "(":
            risky.append(False)
        elif character == ")" and risky:
            inner = risky.pop()
            repeated = _UNBOUNDED.match(plain, position + 1) is not None
            if inner and repeated:
                return True
            if risky:
                risky[-1] = risky[-1] or inner or repeated
        elif risky and (character == "|" or _UNBOUNDED.match(plain, position)):
            risky[-1] = True
    return False
