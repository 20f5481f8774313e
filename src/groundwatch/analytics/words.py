"""Numbers inside sentences."""

from datetime import timedelta

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_THIN = "\u202f"


def percent(share: float, digits: int = 0) -> str:
    """`12 %`."""
    return f"{share * 100:.{digits}f}{_THIN}%"


def count(number: float) -> str:
    """`3 358`."""
    return f"{number:,.0f}".replace(",", _THIN)


def seconds(value: float) -> str:
    """`2.31 s`."""
    return f"{value:.2f}{_THIN}s"


def lasting(length: timedelta) -> str:
    """`40 hours`, `1 hour`, `3.5 days`: whole hours below two days, else half days."""
    if length < 2 * _DAY and length % _DAY:
        return _counted(round(length / _HOUR), "hour")
    return _counted(round(2 * (length / _DAY)) / 2, "day")


def _counted(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"
