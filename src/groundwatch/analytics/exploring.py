"""Any metric by its name, over time and by the labels of a split."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from groundwatch.analytics import series, tallies
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.windows import Window
from groundwatch.domain.metrics import BUILT_IN, CUSTOM_PREFIX, Metric, Spread
from groundwatch.errors import InvalidInput

Statistic = Literal["rate", "sum", "mean", "p50", "p95", "p99"]
PEOPLE = frozenset({"user", "session"})
"""Splits for those who may read everybody's interactions."""
MOST_LINES = 4
_MOST_ROWS = 200
_VALUES: Mapping[str, Callable[[Tally], float | None]] = {
    "sum": lambda tally: tally.total,
    "mean": series.mean,
    "p50": series.quantile(0.5),
    "p95": series.quantile(0.95),
    "p99": series.quantile(0.99),
}


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label of a split over the whole window, or all of it under an empty label."""

    label: str
    count: int
    sum: float
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    before: float | None
    """What the statistic was in the span before."""
    value: float | None
    """What the statistic is."""


@dataclass(frozen=True, slots=True)
class Explored:
    """A metric in a window.

    Attributes:
        unit: of the statistic; empty where nobody knows.
        lines: the labels that were seen most, or one line for all.
        rows: every label, the most seen first.
    """

    metric: str
    unit: str
    statistic: Statistic
    split: str
    lines: tuple[Series, ...]
    rows: tuple[LabelRow, ...]


def metric_named(name: str) -> Metric:
    """A metric by its stable name; one's own are known by their beginning.

    Raises:
        InvalidInput: it is neither.
    """
    found = BUILT_IN.get(name)
    if found is None and name.startswith(CUSTOM_PREFIX) and len(name) <= 200:
        return Metric(name, "a number of one's own", "", Spread.LOG, "neutral")
    if found is None:
        raise InvalidInput(
            f"There is no metric {name[:60]!r}; `groundwatch metrics` lists them, and one's own "
            f"begin with {CUSTOM_PREFIX}"
        )
    return found


def statistics(metric: Metric) -> tuple[Statistic, ...]:
    """What can be told of a metric, the usual one first."""
    if metric.spread is Spread.NONE:
        return ("rate", "sum")
    if metric.unit in {"USD", "tokens"}:
        return ("sum", "mean", "p50", "p95", "p99", "rate")
    usual: Statistic = "p95" if metric.unit == "s" else "mean"
    others: tuple[Statistic, ...] = ("mean", "p50", "p95", "p99", "sum", "rate")
    return (usual, *(each for each in others if each != usual))


def explored(
    source: Cells, window: Window, metric: Metric, split: str = "", statistic: str = ""
) -> Explored:
    """Measure a metric.

    Args:
        source: where cells are read.
        window: what is meant.
        metric: as `metric_named` finds it.
        split: one of its dimensions; empty for all together.
        statistic: one of `statistics`; empty for the usual one.

    Raises:
        InvalidInput: the metric has no such split or statistic.
    """
    chosen = _one_of(statistic, statistics(metric), "statistic", metric)
    if split and split not in metric.dimensions:
        known = ", ".join(metric.dimensions) or "nothing"
        raise InvalidInput(f"{metric.name} is split by {known}, not by {split[:40]!r}.")
    if split:
        now = tallies.by_label(source, metric, window, split)
        before = tallies.by_label(source, metric, window.before(), split)
    else:
        now = _if_any(tallies.total(source, metric, window))
        before = _if_any(tallies.total(source, metric, window.before()))
    rows = [_row(label, now[label], before.get(label), chosen, window) for label in now]
    ordered = sorted(rows, key=lambda row: (-row.count, row.label))
    lines = tuple(
        _line(
            row.label or metric.name,
            metric,
            chosen,
            window,
            _buckets(source, window, metric, split, row.label),
        )
        for row in ordered[:MOST_LINES]
    )
    unit = "1/min" if chosen == "rate" else metric.unit
    return Explored(metric.name, unit, chosen, split, lines, tuple(ordered[:_MOST_ROWS]))


def _one_of(wanted: str, known: tuple[Statistic, ...], kind: str, metric: Metric) -> Statistic:
    for each in known:
        if wanted in {"", each}:
            return each
    raise InvalidInput(f"{metric.name} has no {kind} {wanted[:40]!r}, but {', '.join(known)}.")


def _if_any(tally: Tally) -> dict[str, Tally]:
    return {"": tally} if tally.count else {}


def _row(
    label: str, now: Tally, before: Tally | None, statistic: Statistic, window: Window
) -> LabelRow:
    return LabelRow(
        label,
        now.count,
        now.total,
        now.mean,
        now.quantile(0.5),
        now.quantile(0.95),
        now.quantile(0.99),
        None if before is None else _told(before, statistic, window.before()),
        _told(now, statistic, window),
    )


def _told(tally: Tally, statistic: Statistic, window: Window) -> float | None:
    if statistic == "rate":
        return 60 * tally.count / window.seconds if window.seconds else None
    return _VALUES[statistic](tally)


def _buckets(
    source: Cells, window: Window, metric: Metric, split: str, label: str
) -> Mapping[datetime, Tally]:
    if split:
        return tallies.label_buckets(source, metric, window, split, label)
    return tallies.by_bucket(source, metric, window)


def _line(
    name: str,
    metric: Metric,
    statistic: Statistic,
    window: Window,
    found: Mapping[datetime, Tally],
) -> Series:
    if statistic == "rate":
        counted = {at: Tally(each.count, each.weight, each.count) for at, each in found.items()}
        return series.per_minute(name, "1/min", window, counted, series.begun_at(found))
    return series.drawn(name, metric.unit, window, found, _VALUES[statistic])
