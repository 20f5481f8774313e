"""Whether a series rises or falls, and whether that is more than chance.

Mann-Kendall, two-sided, with the correction for ties; by the hour of the day, and of working days
and weekends apart, where the series spans several days (as Hirsch, Slack and Smith 1982 do by
month), so that neither a daily rhythm nor a weekend at one end is a trend. The slope is the median
of all pairwise slopes (Theil and Sen).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from statistics import median
from typing import Literal

SIGNIFICANT = 0.05
_FEWEST = 8
_SEASONAL_DAYS = 3
_METHOD = "Mann-Kendall, two-sided"
_SEASONAL = "Mann-Kendall by hour of day, weekends apart, two-sided"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Trend:
    """A direction with its reason.

    Attributes:
        p: probability of so clear a direction by chance; None when there is too little.
        per_day: the slope, in the metric's unit a day.
        method: the test; or why there is none.
    """

    direction: Literal["rising", "falling", "steady", "unknown"]
    p: float | None
    per_day: float | None
    method: str


def trend_of(at: Sequence[datetime], values: Sequence[float | None]) -> Trend:
    """The trend of what is present."""
    points = [
        (moment, value) for moment, value in zip(at, values, strict=True) if value is not None
    ]
    if len(points) < _FEWEST:
        return Trend("unknown", None, None, f"needs {_FEWEST} points, there are {len(points)}")
    seasons = _seasons(points)
    score = sum(_score([value for _, value in season]) for season in seasons)
    variance = sum(_variance([value for _, value in season]) for season in seasons)
    p = _p(score, variance)
    slopes = [slope for season in seasons for slope in _slopes(season)]
    per_day = median(slopes) if slopes else 0.0
    method = _SEASONAL if len(seasons) > 1 else _METHOD
    if p > SIGNIFICANT or not score:
        return Trend("steady", p, per_day, method)
    return Trend("rising" if score > 0 else "falling", p, per_day, method)


Point = tuple[datetime, float]


def _seasons(points: list[Point]) -> list[list[Point]]:
    """Points that may be compared with each other."""
    if len({moment.date() for moment, _ in points}) < _SEASONAL_DAYS:
        return [points]
    seasons: dict[tuple[bool, int], list[Point]] = {}
    for moment, value in points:
        key = (moment.weekday() >= _SATURDAY, moment.hour)
        seasons.setdefault(key, []).append((moment, value))
    return list(seasons.values())


def _score(values: list[float]) -> int:
    return sum((late > early) - (late < early) for early, late in combinations(values, 2))


def _variance(values: list[float]) -> float:
    n = len(values)
    ties = sum(k * (k - 1) * (2 * k + 5) for k in Counter(values).values())
    return (n * (n - 1) * (2 * n + 5) - ties) / 18


def _p(score: int, variance: float) -> float:
    if variance <= 0:
        return 1.0
    z = (abs(score) - 1) / math.sqrt(variance) if score else 0.0
    return math.erfc(max(0.0, z) / math.sqrt(2))


def _slopes(points: list[Point]) -> list[float]:
    return [
        (late - early) / days
        for (first, early), (second, late) in combinations(points, 2)
        if (days := (second - first).total_seconds() / 86_400)
    ]
