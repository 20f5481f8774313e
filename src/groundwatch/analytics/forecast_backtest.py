"""How wrong forecasts of a series were when they were made in its past."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from groundwatch.analytics.forecast_models import (
    SEASONS_TO_START,
    Values,
    filled,
    holt_winters,
    seasonal_naive,
)

FEWEST = 8
_ORIGINS = 60
_SEASONS_NEEDED = 3
_NEIGHBOURS = 2
_CALIBRATED_ON = 0.6
_MAD_TO_SD = 1.4826
_EVEN = 1.0
_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """The error of a model, measured at rolling origins; in the series' unit where it has one.

    Attributes:
        mase: through the error of repeating the last season within the history.
        smape: 0 to 2.
        naive: mean absolute error of repeating the last season, at the same origins.
        coverage: share of later values inside intervals made from earlier origins alone; None with
            too few origins.
        origins: how many forecasts were compared.
    """

    mae: float
    mase: float | None
    smape: float
    naive: float
    coverage: float | None
    origins: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model with its forecasts.

    Attributes:
        season: steps; 1 is none.
        past: one row an origin, one column a step ahead.
        missed: actual value less forecast; NaN where nothing was measured.
        ahead: the forecast from the present.
    """

    model: str
    season: int
    past: Values
    missed: Values
    ahead: Values

    @property
    def error(self) -> float:
        return float(np.nanmean(np.abs(self.missed)))


Rival = Callable[[Values, Sequence[int], int, int], Values]
"""Forecasts from every origin: values without gaps, origins, season, horizon."""

Rivals = Mapping[str, Rival]
NO_RIVALS: Rivals = {}


def usable_seasons(count: int, seasons: Sequence[int]) -> list[int]:
    """Seasons that a history is long enough to test: three of them."""
    return [season for season in seasons if count >= _SEASONS_NEEDED * season]


def supported(count: int, seasons: Sequence[int]) -> int:
    """So many steps ahead were forecast three times in the past, one after another."""
    return max(1, tested(count, seasons) // _REPEATS)


def tested(count: int, seasons: Sequence[int]) -> int:
    """Steps of a history that forecasts are compared with; those before start the models."""
    return count - _first_origin(seasons)


def _first_origin(seasons: Sequence[int]) -> int:
    return max(SEASONS_TO_START * max(seasons, default=1), 4)


def candidates(
    values: Values, seasons: Sequence[int], horizon: int, rivals: Rivals = NO_RIVALS
) -> list[Candidate]:
    """Every model at every origin, and from the present; the simplest first.

    Args:
        values: NaN where nothing was measured; at least `FEWEST` long.
        seasons: usable ones; none leaves level and trend.
        horizon: steps ahead.
        rivals: models that are tried besides.
    """
    count = values.size
    observed = ~np.isnan(values)
    origins = [*_origins(count, _first_origin(seasons)), count]
    found: list[Candidate] = []
    for season in seasons or [1]:
        known = filled(values, season)
        naive = seasonal_naive(known, origins, season, horizon)
        smooth = holt_winters(known, observed, origins, season, horizon)
        for model, made in (
            ("seasonal naive" if season > 1 else "last value", naive),
            ("Holt-Winters" if season > 1 else "damped trend", smooth),
            ("mean of both", (naive + smooth) / 2),
            *((name, rival(known, origins, season, horizon)) for name, rival in rivals.items()),
        ):
            found.append(_candidate(model, season, made, values, origins))
    if seasons:
        smooth = holt_winters(filled(values, 1), observed, origins, 1, horizon)
        found.append(_candidate("damped trend", 1, smooth, values, origins))
    return found


def chosen(found: Sequence[Candidate]) -> Candidate:
    """The model with the least error; the simpler one when they are even."""
    least = min(each.error for each in found)
    return next(each for each in found if each.error <= least * _EVEN)


def measured(best: Candidate, found: Sequence[Candidate], values: Values, share: float) -> Measured:
    """What the back-test says of a model; `share` is what intervals shall hold."""
    naive = next(each for each in found if each.model in {"seasonal naive", "last value"})
    apart = np.abs(values[naive.season :] - values[: -naive.season])
    scale = float(np.nanmean(apart)) if np.any(~np.isnan(apart)) else 0.0
    actual = best.missed + best.past
    size = np.abs(actual) + np.abs(best.past)
    relative = np.where(size > 0, 2 * np.abs(best.missed) / np.where(size > 0, size, 1), 0.0)
    relative[np.isnan(best.missed)] = np.nan
    return Measured(
        best.error,
        best.error / scale if scale > 0 else None,
        float(np.nanmean(relative)),
        naive.error,
        _coverage(best, share),
        best.missed.shape[0],
    )


def margins(missed: Values, share: float) -> tuple[Values, Values]:
    """How far below and above a forecast the values lie, step by step ahead.

    Quantiles of the residuals of each step and its neighbours, at the rank that holds for as many
    exchangeable residuals as there are origins (split conformal prediction, Vovk et al. 2005):
    residuals of neighbours are not independent. With too few for that rank, the widest residual
    or the spread of a normal distribution, whichever is wider.
    """
    horizon = missed.shape[1]
    low, high = np.zeros(horizon), np.zeros(horizon)
    for step in range(horizon):
        near = missed[:, max(0, step - _NEIGHBOURS) : step + _NEIGHBOURS + 1]
        known = np.sort(near[~np.isnan(near)])
        if known.size:
            origins = int((~np.isnan(missed[:, step])).sum()) or 1
            low[step] = -_upper(-known[::-1], share, origins)
            high[step] = _upper(known, share, origins)
        elif step:
            low[step], high[step] = low[step - 1], high[step - 1]
    return np.minimum(low, 0.0), np.maximum(high, 0.0)


def sum_margins(missed: Values, tested: int, share: float) -> Values:
    """How far sums from the first step on lie from those that were forecast, either way.

    Sums from neighbouring origins have most of their steps in common, and err alike: the rank is
    that for as many sums as fit into the past one after another.

    Args:
        missed: as of a candidate.
        tested: steps of the past that were forecast.
        share: of the sums that shall lie inside.
    """
    sums = np.abs(added_up(missed))
    wide = np.zeros(missed.shape[1])
    for step in range(wide.size):
        known = sums[~np.isnan(sums[:, step]), step]
        apart = max(1, tested // (step + 1))
        level = min(1.0, float(np.ceil((apart + 1) * share)) / apart)
        if known.size:
            wide[step] = float(np.quantile(known, level))
        elif step:
            wide[step] = wide[step - 1]
    return wide


def added_up(missed: Values) -> Values:
    """Errors of the sums from the first step on: they partly cancel, or add up."""
    known = ~np.isnan(missed)
    reached = np.flip(np.maximum.accumulate(np.flip(known, axis=1), axis=1), axis=1)
    sums: Values = np.where(reached, np.cumsum(np.where(known, missed, 0.0), axis=1), np.nan)
    return sums


def _upper(ordered: Values, share: float, origins: int) -> float:
    tail = (1 - share) / 2
    level = float(np.ceil((origins + 1) * (1 - tail))) / origins
    if level <= 1:
        return float(np.quantile(ordered, level))
    middle = float(np.median(ordered))
    spread = _MAD_TO_SD * float(np.median(np.abs(ordered - middle)))
    return max(float(ordered[-1]), middle + NormalDist().inv_cdf(1 - tail) * spread)


def _candidate(
    model: str, season: int, made: Values, values: Values, origins: Sequence[int]
) -> Candidate:
    past = made[:-1]
    missed = np.full_like(past, np.nan)
    for row, origin in enumerate(origins[:-1]):
        actual = values[origin : origin + past.shape[1]]
        missed[row, : actual.size] = actual - past[row, : actual.size]
    return Candidate(model, season, past, missed, made[-1])


def _origins(count: int, first: int) -> list[int]:
    """Rolling origins, evenly spaced, the last one a step before the end."""
    places = np.linspace(first, count - 1, min(_ORIGINS, count - first))
    return sorted({int(place) for place in places})


def _coverage(best: Candidate, share: float) -> float | None:
    rows = best.missed.shape[0]
    cut = int(rows * _CALIBRATED_ON)
    if cut < FEWEST or rows - cut < FEWEST:
        return None
    low, high = margins(best.missed[:cut], share)
    later = best.missed[cut:]
    known = ~np.isnan(later)
    inside = (later >= low) & (later <= high)
    return float(inside[known].mean()) if known.any() else None
