"""Numbers, spans of time and changes as they are written."""

from collections.abc import Callable
from datetime import timedelta
from math import floor, log10

THIN = "\u202f"
MINUS = "\u2212"
NOTHING = "\u2013"


def amount(value: float | None, unit: str) -> str:
    """A value with its unit, as short as it can be read."""
    if value is None:
        return NOTHING
    written = _WRITTEN.get(unit)
    told = written(abs(value)) if written is not None else f"{_number(abs(value))}{THIN}{unit}"
    return f"{MINUS}{told}" if value < 0 else told


def change(relative: float | None) -> str:
    """`+12 %`; empty without one."""
    if relative is None:
        return ""
    if abs(relative) < 0.0005:
        return f"±0{THIN}%"
    digits = 1 if abs(relative) < 0.1 else 0
    return f"{relative * 100:+,.{digits}f}{THIN}%".replace(",", THIN).replace("-", MINUS)


def lasting(length: timedelta) -> str:
    """`3 d 4 h`, `2 h 5 min`, `40 s`."""
    seconds = round(length.total_seconds())
    if seconds < 60:
        return f"{seconds}{THIN}s"
    minutes, hours, days = seconds // 60 % 60, seconds // 3600 % 24, seconds // 86_400
    if days:
        return f"{days}{THIN}d {hours}{THIN}h" if hours else f"{days}{THIN}d"
    if hours:
        return f"{hours}{THIN}h {minutes}{THIN}min" if minutes else f"{hours}{THIN}h"
    return f"{minutes}{THIN}min"


def chance(p: float | None) -> str:
    """A probability; empty without one."""
    if p is None:
        return ""
    return "below 0.001" if p < 0.001 else f"{p:.2g}"


def plural(number: float, one: str, several: str = "") -> str:
    """`1 answer`, `3 answers`."""
    return f"{_number(number)} {one if number == 1 else several or one + 's'}"


def _number(value: float) -> str:
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", THIN)
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _ratio(value: float) -> str:
    share = value * 100
    if 0 < share < 0.05:
        return f"{share:.1g}{THIN}%"
    digits = 0 if share in {0.0, 100.0} else 2 if abs(100 - share) < 1 else 1
    return f"{share:.{digits}f}{THIN}%"


def _seconds(value: float) -> str:
    if not value:
        return f"0{THIN}s"
    return f"{value * 1000:.0f}{THIN}ms" if value < 1 else f"{value:.2f}{THIN}s"


def _dollars(value: float) -> str:
    if not value:
        return "$0"
    fine = 4 if value >= 0.001 else 1 - floor(log10(value))
    digits = 0 if value >= 1000 else 2 if value >= 1 else fine
    return f"${value:,.{digits}f}".replace(",", THIN)


_WRITTEN: dict[str, Callable[[float], str]] = {
    "1": _number,
    "ratio": _ratio,
    "score": lambda value: f"{value:.1g}" if 0 < value < 0.005 else f"{value:.2f}",
    "s": _seconds,
    "USD": _dollars,
    "1/min": lambda value: f"{_number(value)}{THIN}/{THIN}min",
    "tokens": _number,
    "h": lambda value: f"{_number(value)}{THIN}h",
    "days": lambda value: f"{_number(value)}{THIN}d",
    "points": lambda value: f"{value:.0f} of 100",
    "duration": lambda value: lasting(timedelta(seconds=value)),
}
