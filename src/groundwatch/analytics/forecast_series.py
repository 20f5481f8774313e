"""The series that are forecast, read from cells: volume, latency, cost and storage."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import numpy as np

from groundwatch.analytics import tallies
from groundwatch.analytics.forecast import Forecast, History, forecast
from groundwatch.analytics.forecast_backtest import NO_RIVALS, Rivals
from groundwatch.analytics.forecast_models import Values
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.windows import LENGTHS, Window, floor
from groundwatch.domain import metrics

FINE = timedelta(days=7)
"""Forecasts up to here are by the hour; longer ones by the day."""
Step = Literal["hour", "day"]
_HISTORY = {"hour": timedelta(days=35), "day": timedelta(days=400)}
_SEASONS = {"hour": (24, 168), "day": (7,)}


class Subject(StrEnum):
    """What is forecast."""

    VOLUME = "volume"
    LATENCY = "latency"
    COST = "cost"
    STORAGE = "storage"


_METRICS = {
    Subject.VOLUME: metrics.REQUESTS,
    Subject.LATENCY: metrics.LATENCY,
    Subject.COST: metrics.COST,
    Subject.STORAGE: metrics.DISK,
}
_UNITS = {Subject.VOLUME: "1", Subject.LATENCY: "s", Subject.COST: "USD", Subject.STORAGE: "ratio"}


def forecast_of(
    source: Cells,
    subject: Subject,
    now: datetime,
    ahead: timedelta = FINE,
    application: str | None = None,
    *,
    rivals: Rivals = NO_RIVALS,
) -> Forecast:
    """Forecast questions, p95 seconds, dollars, or the share of the disk in use, step by step.

    By the hour up to `FINE`, else by the day. Where most hours had nothing to measure it is by the
    day all the same, and by the hour where days are too few to see as far.
    """

    def by(step: Step) -> Forecast:
        history = history_of(source, subject, now, step, application)
        return forecast(history, max(1, -(-ahead // LENGTHS[step])), rivals=rivals)

    wanted = by("day" if ahead > FINE else "hour")
    if wanted.reach >= min(ahead, FINE) or (ahead <= FINE and wanted.values):
        return wanted
    other = by("hour" if ahead > FINE else "day")
    return other if other.reach > wanted.reach else wanted


def history_of(
    source: Cells,
    subject: Subject,
    now: datetime,
    step: Step = "hour",
    application: str | None = None,
) -> History:
    """A subject's history up to the last whole step; it begins with the first measurement."""
    until = floor(now, step)
    owner = None if subject is Subject.STORAGE else application
    window = Window(until - _HISTORY[step], until, step, owner)
    found = tallies.by_bucket(source, _METRICS[subject], window)
    most = 1.0 if subject is Subject.STORAGE else None
    values = _values(found, subject, window)
    return History(
        subject.value, _UNITS[subject], window.since, LENGTHS[step], values, _SEASONS[step], most
    )


def _values(found: Mapping[datetime, Tally], subject: Subject, window: Window) -> Values:
    """Sums are 0 where nothing was asked since the first question; other gaps stay gaps."""
    values = np.full(len(window.buckets()), np.nan)
    begun = min(found, default=None)
    for place, at in enumerate(window.buckets()):
        tally = found.get(at)
        value = _value(tally, subject) if tally is not None else None
        if value is not None:
            values[place] = value
        elif subject in {Subject.VOLUME, Subject.COST} and begun is not None and at > begun:
            values[place] = 0.0
    return values


def _value(tally: Tally, subject: Subject) -> float | None:
    if subject is Subject.LATENCY:
        return tally.quantile(0.95)
    return tally.mean if subject is Subject.STORAGE else tally.total
