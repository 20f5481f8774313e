"""What is to come of a series, how sure that is, and how wrong such forecasts were so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from groundwatch.analytics.forecast_backtest import (
    FEWEST,
    NO_RIVALS,
    Measured,
    Rivals,
    added_up,
    candidates,
    chosen,
    margins,
    measured,
    usable_seasons,
)
from groundwatch.analytics.forecast_models import Values
from groundwatch.analytics.trend import Trend, trend_of

SHARE = 0.9
_MOST_MISSING = 0.5
_FURTHEST = 0.5
"""No forecast further ahead than this part of its history."""


class Answer(StrEnum):
    """What can be said."""

    SEASONAL = "seasonal"
    LEVEL = "level"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class History:
    """A regular series.

    Attributes:
        since: when the first step begins.
        values: NaN where nothing was measured.
        seasons: lengths of the rhythms it may have, in steps.
        most: no value is larger; None without a bound.
    """

    name: str
    unit: str
    since: datetime
    step: timedelta
    values: Values
    seasons: tuple[int, ...]
    most: float | None = None

    @property
    def until(self) -> datetime:
        return self.since + self.step * self.values.size


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected.

    Attributes:
        answer: `seasonal`; `level` when the history is too short for a rhythm; `too_little`
            when nothing can be said, and then there are no values.
        model: what made it: the one with the least error in the past.
        season: of the model, in steps; 1 is none.
        at: when each step begins.
        low, high: between them lie `share` of the values.
        sums_low, sums_high: between them lie `share` of the sums from the first step to each.
        error: measured in the past of this very series.
        trend: of the history by days; `steady` means that there is none.
        history: measured steps.
    """

    name: str
    unit: str
    answer: Answer
    reason: str
    model: str
    season: int
    step: timedelta
    at: tuple[datetime, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    sums_low: tuple[float, ...]
    sums_high: tuple[float, ...]
    share: float
    error: Measured | None
    trend: Trend
    history: int

    @property
    def total(self) -> float:
        """The sum of all steps; the last of the bounds of sums are its bounds."""
        return sum(self.values)

    @property
    def peak(self) -> float | None:
        """The highest upper bound."""
        return max(self.high, default=None)


def forecast(
    history: History, horizon: int, share: float = SHARE, rivals: Rivals = NO_RIVALS
) -> Forecast:
    """Forecast so many steps; fewer where the history is short.

    Args:
        history: may have gaps, and begin with them.
        horizon: steps ahead, cut to half of the history.
        share: of the values that shall lie inside the interval, 0 to 1.
        rivals: models that are tried beside ours; who erred least in the past forecasts.
    """
    values = history.values
    known = int(np.sum(~np.isnan(values)))
    trend = _trend(history)
    if known < FEWEST:
        return _nothing(history, trend, known, f"{known} steps were measured, {FEWEST} are needed")
    values, since = _begun(values, history)
    missing = 1 - known / values.size
    if missing > _MOST_MISSING:
        return _nothing(history, trend, known, f"{missing:.0%} of the steps were not measured")
    steps = min(horizon, max(1, int(values.size * _FURTHEST)))
    seasons = usable_seasons(values.size, [each for each in history.seasons if each > 1])
    found = candidates(values, seasons, steps, rivals)
    best = chosen(found)
    below, above = margins(best.missed, share)
    expected = _bounded(best.ahead, history, values)
    at = tuple(since + history.step * (values.size + place) for place in range(steps))
    return Forecast(
        history.name,
        history.unit,
        Answer.SEASONAL if seasons else Answer.LEVEL,
        _reason(seasons, history, values.size, steps, horizon),
        best.model,
        best.season,
        history.step,
        at,
        tuple(expected.tolist()),
        tuple(_bounded(expected + below, history, values).tolist()),
        tuple(_bounded(expected + above, history, values).tolist()),
        *_sums(expected, best.missed, values, share),
        share,
        measured(best, found, values, share),
        trend,
        known,
    )


def _sums(
    expected: Values, missed: Values, values: Values, share: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    below, above = margins(added_up(missed), share)
    sums = np.cumsum(expected)
    low, high = sums + below, sums + above
    if np.nanmin(values) >= 0:
        low, high = np.maximum.accumulate(np.maximum(low, 0.0)), np.maximum.accumulate(high)
    return tuple(low.tolist()), tuple(high.tolist())


def _begun(values: Values, history: History) -> tuple[Values, datetime]:
    first = int(np.flatnonzero(~np.isnan(values))[0])
    return values[first:], history.since + history.step * first


def _bounded(made: Values, history: History, values: Values) -> Values:
    least = 0.0 if np.nanmin(values) >= 0 else -np.inf
    return np.clip(made, least, np.inf if history.most is None else history.most)


def _reason(seasons: list[int], history: History, count: int, steps: int, horizon: int) -> str:
    said = f"{count} steps of history"
    if not seasons and history.seasons:
        said += f"; a rhythm of {min(history.seasons)} steps needs three of them"
    if steps < horizon:
        said += f"; {horizon} steps ahead were asked for, {steps} are supported"
    return said


def _nothing(history: History, trend: Trend, known: int, reason: str) -> Forecast:
    return Forecast(
        history.name,
        history.unit,
        Answer.TOO_LITTLE,
        reason,
        "",
        1,
        history.step,
        (),
        (),
        (),
        (),
        (),
        (),
        SHARE,
        None,
        trend,
        known,
    )


def _trend(history: History) -> Trend:
    """By days, so that a daily rhythm is none."""
    per_day = max(1, round(timedelta(days=1) / history.step))
    whole = history.values.size // per_day * per_day
    recent = history.values[history.values.size - whole :].reshape(-1, per_day)
    begin = history.until - history.step * whole
    at = [begin + timedelta(days=1) * day for day in range(recent.shape[0])]
    means = [None if np.isnan(day).all() else float(np.nanmean(day)) for day in recent]
    return trend_of(at, means)
