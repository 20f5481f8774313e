"""Axes: where round numbers and moments lie."""

import math
from collections.abc import Sequence
from datetime import datetime

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_LABELS = 6


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that hold a range, the first not above it and the last not below it."""
    if not high > low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / max(1, most - 1)
    base = 10.0 ** math.floor(math.log10(rough))
    step = next(each * base for each in _STEPS if each * base >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def powers(low: float, high: float) -> list[float]:
    """1, 3, 10, 30, ... around a range above zero, for a logarithmic axis."""
    first = math.floor(math.log10(low))
    found = [float(f"{digit}e{power}") for power in range(first, first + 12) for digit in (1, 3)]
    begin = max(place for place, each in enumerate(found) if each <= low * 1.0001)
    end = next(place for place, each in enumerate(found) if each >= high * 0.9999)
    return found[begin : max(end, begin + 1) + 1]


def moments(at: Sequence[datetime]) -> list[tuple[int, str]]:
    """Places of at most six steps that begin something, and what they are called."""
    if not at:
        return []
    days = (at[-1] - at[0]).total_seconds() / 86_400
    if days <= 2.1:
        whole = [place for place, each in enumerate(at) if each.hour % 4 == 0 and not each.minute]
        return [(place, f"{at[place]:%H:%M}") for place in _thinned(whole)]
    begun = [
        place for place, each in enumerate(at) if place == 0 or each.date() != at[place - 1].date()
    ]
    return [(place, f"{at[place]:%a} {at[place].day} {at[place]:%b}") for place in _thinned(begun)]


def _thinned(places: list[int]) -> list[int]:
    every = max(1, -(-len(places) // _MOST_LABELS))
    return places[::every]
