"""Forecasts of a regular series, from several origins at once; each sees only what came before.

Seasonal naive repeats the last season. Holt-Winters is additive with a damped trend (Hyndman and
Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 8.3): a whole grid of smoothing
parameters runs through the series in one pass, and each origin uses the parameters with the least
absolute error up to there. A surprise counts as five times the usual one at most, so that a spike
moves the level little (after Gelper, Fried and Croux, Robust Forecasting with Exponential and
Holt-Winters Smoothing, 2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_ALPHA = (0.02, 0.1, 0.3, 0.6, 0.9)
_BETA = (0.0, 0.02, 0.1)
_GAMMA = (0.02, 0.1, 0.3, 0.6)
_DAMPING = (0.9, 0.98)
SEASONS_TO_START = 2
_CLIP = 5.0
_SPREAD_LEARNS = 0.02
_MAD_TO_MEAN = 1.25


@dataclass(frozen=True, slots=True)
class _Grid:
    alpha: Values
    beta: Values
    gamma: Values
    damping: Values


def _grid(season: int) -> _Grid:
    gammas = _GAMMA if season > 1 else (0.0,)
    rows = np.array(list(product(_ALPHA, _BETA, gammas, _DAMPING)))
    return _Grid(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3])


def filled(values: Values, season: int) -> Values:
    """Gaps (NaN) take the value a season before, else the last one, else the first present."""
    known = values.copy()
    present = np.flatnonzero(~np.isnan(known))
    assert present.size
    last = known[present[0]]
    for place in np.flatnonzero(np.isnan(known)):
        before = place - season
        if before >= 0:
            known[place] = known[before]
        else:
            known[place] = known[place - 1] if place else last
    return known


def seasonal_naive(values: Values, origins: Sequence[int], season: int, horizon: int) -> Values:
    """The last season again and again.

    Args:
        values: without gaps.
        origins: how many values each forecast sees; at least a season.
        season: steps.
        horizon: steps ahead.

    Returns:
        One row an origin, one column a step ahead.
    """
    ahead = np.arange(horizon) % season
    return np.stack([values[origin - season + ahead] for origin in origins])


def holt_winters(
    values: Values, observed: NDArray[np.bool_], origins: Sequence[int], season: int, horizon: int
) -> Values:
    """Damped additive Holt-Winters; a season of 1 is a damped trend alone.

    Args:
        values: without gaps.
        observed: where a value was measured; others do not count as errors.
        origins: how many values each forecast sees; at least two seasons, and 2.
        season: steps.
        horizon: steps ahead.

    Returns:
        One row an origin, one column a step ahead.
    """
    grid = _grid(season)
    begin = SEASONS_TO_START * season
    level, trend, seasonal = _start(values[:begin], season, grid.alpha.size)
    error = np.zeros(grid.alpha.size)
    usual = _MAD_TO_MEAN * float(np.mean(np.abs(np.diff(values[:begin]))))
    wanted = set(origins)
    made: dict[int, Values] = {}
    learn_season = grid.gamma * (1 - grid.alpha)
    learn_trend = grid.alpha * grid.beta
    last = max(origins)
    for now in range(begin, last + 1):
        slot = now % season
        if now in wanted:
            best = int(np.argmin(error))
            ahead = seasonal[(now + np.arange(horizon)) % season, best]
            damped = np.cumsum(grid.damping[best] ** np.arange(1, horizon + 1))
            made[now] = level[best] + damped * trend[best] + ahead
        if now == last:
            break
        expected = level + grid.damping * trend
        missed = values[now] - expected - seasonal[slot]
        usual, missed = _clipped(missed, usual)
        if observed[now]:
            error += np.abs(missed)
        level = expected + grid.alpha * missed
        trend = grid.damping * trend + learn_trend * missed
        seasonal[slot] += learn_season * missed
    return np.stack([made[origin] for origin in origins])


def _clipped(missed: Values, usual: float) -> tuple[float, Values]:
    """Surprises, bounded, and the usual size of one, learned."""
    half = missed.size // 2
    size = abs(float(np.partition(missed, half)[half]))
    if usual <= 0:
        return size, missed
    most = _CLIP * usual
    learned = usual + _SPREAD_LEARNS * (_MAD_TO_MEAN * min(size, most) - usual)
    bounded: Values = np.maximum(np.minimum(missed, most), -most)
    return learned, bounded


def _start(values: Values, season: int, size: int) -> tuple[Values, Values, Values]:
    first, second = values[:season], values[season:]
    slope = (second.mean() - first.mean()) / season if season > 1 else 0.0
    level = second.mean() + slope * (season - 1) / 2
    seasonal = ((first - first.mean()) + (second - second.mean())) / 2
    within = slope * (np.arange(season) - (season - 1) / 2)
    return (
        np.full(size, level),
        np.full(size, slope),
        np.repeat((seasonal - within)[:, None], size, axis=1),
    )
