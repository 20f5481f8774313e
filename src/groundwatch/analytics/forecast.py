"""What is to come of a series, how sure that is, and how wrong such forecasts were so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import numpy as np

from groundwatch.analytics.forecast_backtest import (
    FEWEST,
    NO_RIVALS,
    Measured,
    Rivals,
    candidates,
    chosen,
    margins,
    measured,
    sum_margins,
    supported,
    tested,
    usable_seasons,
)
from groundwatch.analytics.forecast_models import Values
from groundwatch.analytics.trend import Trend, trend_of
from groundwatch.analytics.words import lasting

SHARE = 0.9
_MOST_MISSING = 0.5


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
    def by(self) -> Literal["hour", "day"]:
        """How long a step is."""
        return "hour" if self.step < timedelta(days=1) else "day"

    @property
    def repeated(self) -> str:
        """What the naive forecast, which the error is compared with, says again."""
        if self.answer is not Answer.SEASONAL:
            return "the last value"
        return "the last day" if self.by == "hour" else "the last week"

    @property
    def reach(self) -> timedelta:
        """How far ahead it looks."""
        return self.step * len(self.values)

    @property
    def peak(self) -> float | None:
        """The highest upper bound."""
        return max(self.high, default=None)


def forecast(
    history: History, horizon: int, share: float = SHARE, rivals: Rivals = NO_RIVALS
) -> Forecast:
    """Forecast so many steps, or as many as the history has shown to be forecast.

    Args:
        history: may have gaps, and begin with them.
        horizon: steps ahead; no further than was tried three times in the past.
        share: of the values that shall lie inside the interval, 0 to 1.
        rivals: models that are tried beside ours; who erred least in the past forecasts.
    """
    values = history.values
    known = int(np.sum(~np.isnan(values)))
    trend = _trend(history)
    if known < FEWEST:
        least, had = lasting(FEWEST * history.step), lasting(known * history.step)
        reason = f"{had} measured, {least} are needed" if known else "nothing was measured"
        return _nothing(history, trend, known, reason)
    values, since = _begun(values, history)
    missing = 1 - known / values.size
    if missing > _MOST_MISSING:
        return _nothing(history, trend, known, f"{missing:.0%} of the time was not measured")
    seasons = usable_seasons(values.size, [each for each in history.seasons if each > 1])
    steps = min(horizon, supported(values.size, seasons))
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
        *_sums(expected, sum_margins(best.missed, tested(values.size, seasons), share), values),
        share,
        measured(best, found, values, share),
        trend,
        known,
    )


def _sums(
    expected: Values, wide: Values, values: Values
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    sums = np.cumsum(expected)
    low, high = sums - wide, sums + wide
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
    said = f"{lasting(count * history.step)} of history"
    if not seasons and history.seasons:
        rhythm = lasting(min(history.seasons) * history.step)
        said += f"; a rhythm of {rhythm} shows after three of them"
    if steps < horizon:
        asked, given = lasting(horizon * history.step), lasting(steps * history.step)
        said += f"; of the {asked} asked for, {given} can be told"
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
