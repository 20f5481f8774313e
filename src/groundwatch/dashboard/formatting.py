"""How numbers, times and principals read on the pages."""

from datetime import datetime

_THIN = "\u202f"
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
