"""When to try again, and after how long."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

TRANSIENT_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers of an endpoint that may be others when asked again."""

_BASE_SECONDS = 0.5
_LONGEST_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Time and chance, as arguments.

    Attributes:
        monotonic: seconds of a clock that never goes back.
        sleep: waits so many seconds.
        fraction: a random number between 0 and 1.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    fraction: Callable[[], float] = random.random


def pause(round_number: int, retry_after: float | None, fraction: float) -> float:
    """Return the seconds to wait before the next try.

    Exponential with full jitter (M. Brooker, "Exponential Backoff And Jitter", 2015), and never
    before the endpoint asked for.

    Args:
        round_number: how often all endpoints were tried, from 0.
        retry_after: what the endpoint asked for.
        fraction: a random number between 0 and 1.
    """
    longest = min(_LONGEST_SECONDS, _BASE_SECONDS * 2.0**round_number)
    return fraction * longest + (retry_after or 0.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds an answer asks to wait, None when it does not.

    `Retry-After` holds seconds or a date (RFC 9110, 10.2.3); a date is read against the answer's
    own `Date`. Some endpoints send `Retry-After-Ms` too.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is not None:
        return seconds
    then, now = _date(value), _date(headers.get("date", ""))
    return max(0.0, (then - now).total_seconds()) if then and now else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else None
