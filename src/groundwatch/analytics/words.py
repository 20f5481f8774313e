"""Numbers inside sentences."""

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
