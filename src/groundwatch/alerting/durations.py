"""Spans of time as Prometheus writes them."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_PIECES = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNITS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds")
_LONGEST = timedelta(days=3650)


def duration(text: str) -> timedelta:
    """Read `90s`, `1h30m`, `2w`; `0` is none.

    Raises:
        ValueError: it reads otherwise, or is longer than ten years.
    """
    found = _PIECES.fullmatch(text.strip())
    if text.strip() == "0":
        return timedelta()
    if found is None or not any(found.groups()):
        raise ValueError(f"{text[:30]!r} is no span of time; write one such as 30s, 5m or 1h30m")
    if any(len(part) > 9 for part in found.groups() if part):
        raise ValueError(f"{text[:30]!r} is longer than ten years")
    span = sum(
        (
            timedelta(**{unit: int(part)})
            for unit, part in zip(_UNITS, found.groups(), strict=True)
            if part
        ),
        timedelta(),
    )
    if span > _LONGEST:
        raise ValueError(f"{text[:30]!r} is longer than ten years")
    return span


def written(span: timedelta) -> str:
    """The span as `duration` reads it."""
    rest = int(span.total_seconds() * 1000)
    pieces = []
    for size, unit in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")):
        count, rest = divmod(rest, size)
        if count:
            pieces.append(f"{count}{unit}")
    return "".join(pieces) or "0s"


def _read(value: object) -> object:
    if isinstance(value, str):
        return duration(value)
    if isinstance(value, timedelta):
        return value
    raise ValueError("must be text such as 30s, 5m or 1h30m")


Duration = Annotated[
    timedelta,
    BeforeValidator(_read),
    PlainSerializer(written),
    WithJsonSchema({"type": "string", "examples": ["30s", "5m", "1h30m"]}),
]
"""A span of time, written as `30s`, `5m` or `1h30m`."""
