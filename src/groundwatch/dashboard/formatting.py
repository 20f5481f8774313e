"""How numbers, times and principals read on the pages."""

from datetime import datetime

_THIN = "\u202f"
NOTHING = "\u2013"
"""Stands where there is no number."""
_STEPS = ((60, "s"), (3600, "min"), (86_400, "h"), (86_400 * 365, "d"))


def ago(moment: datetime | None, now: datetime) -> str:
    """`4 min ago`; `never` for None; times just ahead count as now."""
    if moment is None:
        return "never"
    seconds = max(0.0, (now - moment).total_seconds())
    return "just now" if seconds < 5 else f"{span(seconds)} ago"


def until(moment: datetime, now: datetime) -> str:
    """`in 4 min`, or `now` when it has come."""
    seconds = (moment - now).total_seconds()
    return "now" if seconds <= 0 else f"in {span(seconds)}"


def span(seconds: float) -> str:
    """A duration in its largest sensible unit: `80 ms`, `1.4 s`, `12 min`, `3 d`."""
    if 0 < seconds < 0.0005:
        return f"< 1{_THIN}ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f}{_THIN}ms"
    if seconds < 10:
        return f"{seconds:.1f}{_THIN}s"
    below = 1
    for limit, unit in _STEPS:
        if seconds < limit:
            return f"{seconds / below:.0f}{_THIN}{unit}"
        below = limit
    return f"{seconds / _STEPS[-1][0]:.0f}{_THIN}y"


def count(number: int) -> str:
    """`1 284` with a thin space."""
    return f"{number:,}".replace(",", _THIN)


def plural(number: int, one: str, many: str = "") -> str:
    """`1 source`, `3 sources`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def principal(name: str, user: str) -> str:
    """A principal in words, seen by a user."""
    kind, _, rest = name.partition(":")
    if kind == "everyone":
        return "everyone who is signed in"
    return "you" if name == f"user:{user}" else (rest if kind == "user" else f"{kind} {rest}")


def compact(number: float) -> str:
    """`847`, `12.4 k`, `3.1 M`: a count that fits beside others."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= limit:
            return f"{number / (1e3 if unit == 'k' else limit):.1f}{_THIN}{unit}"
    whole = round(number)
    if 0 < abs(number) < 1:
        return f"{number:.2f}"
    return count(whole) if abs(number - whole) < 0.05 or abs(number) >= 100 else f"{number:.1f}"


def money(dollars: float) -> str:
    """`$0.0042`, `$3.20`, `$1 284`: as many digits as say something."""
    if dollars == 0:
        return "$0"
    if abs(dollars) < 0.01:
        return f"${dollars:.4f}"
    return f"${dollars:.2f}" if abs(dollars) < 1000 else f"${count(round(dollars))}"


def percent(share: float) -> str:
    """`0.4 %`, `12 %`."""
    value = share * 100
    digits = 1 if abs(value) < 10 and value else 0
    return f"{value:.{digits}f}{_THIN}%"


def measured(value: float | None, unit: str) -> str:
    """A number with its unit; a dash where there is none.

    `ratio` is a share in percent, `score` 0 to 1 with two digits.
    """
    if value is None:
        return NOTHING
    readers = {
        "s": _seconds,
        "USD": money,
        "ratio": percent,
        "score": _score,
        "By": _bytes,
        "By/s": _rate,
    }
    return readers.get(unit, compact)(value)


def _score(value: float) -> str:
    return f"{value:.2f}"


def _seconds(value: float) -> str:
    return f"{value:.2f}{_THIN}s" if 1 <= value < 10 else span(value)


def _rate(value: float) -> str:
    return f"{_bytes(value)}/s"


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if abs(value) < 1000 or unit == "GB":
            return f"{value:.0f}{_THIN}{unit}" if unit == "B" else f"{value:.1f}{_THIN}{unit}"
        value /= 1000
    raise AssertionError


def moment(at: datetime) -> str:
    """`2 Mar 09:30` in UTC; pages show it in the reader's zone when their script runs."""
    return f"{at.day} {at:%b %H:%M}"
