"""What a rule's numbers are now: cells of its window, put together for each series."""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.domain.metrics import BUILT_IN
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.store.events.histogram import Histogram

EACH = "*"
_HOURLY = timedelta(hours=6)
_DAILY = timedelta(days=7)
_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
}


class Numbers(Protocol):
    """Where numbers come from."""

    def cells(self, query: CellQuery) -> Sequence[Cell]: ...

    def applications(self, since: datetime) -> Sequence[str]: ...


@dataclass(slots=True)
class Sum:
    """Cells put together."""

    count: int = 0
    weight: float = 0.0
    total: float = 0.0
    histogram: Histogram | None = None

    def add(self, cell: Cell) -> None:
        self.count += cell.count
        self.weight += cell.weight
        self.total += cell.total
        if cell.histogram is not None:
            if self.histogram is None:
                self.histogram = Histogram(cell.histogram.spread)
            self.histogram.merge(cell.histogram)

    def take(self, cell: Cell) -> None:
        """Take out what was added."""
        self.count -= cell.count
        self.weight -= cell.weight
        self.total -= cell.total
        if cell.histogram is not None and self.histogram is not None:
            self.histogram.subtract(cell.histogram)


@dataclass(frozen=True, slots=True)
class Measured:
    """One series of a rule.

    Attributes:
        labels: `application`, and the dimension it is split by.
        value: None when there is no data, or less than the rule asks for.
        count: observations in the window; of the divisor for a ratio.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    value: float | None = None
    count: int = 0


def holds(rule: RuleSettings, value: float, *, firing: bool) -> bool:
    """Whether a value fulfils the condition; one that fires is measured by the clear level."""
    limit = rule.clear if firing and rule.clear is not None else rule.threshold
    return _COMPARISONS[rule.operator](value, limit)


def measure(rule: RuleSettings, numbers: Numbers, now: datetime) -> list[Measured]:
    """Every series of a rule; one without data where nothing was measured at all."""
    applications: Iterable[str | None] = (rule.application or None,)
    if rule.application == EACH:
        applications = sorted(numbers.applications(now - rule.window))
    found: list[Measured] = []
    for application in applications:
        named = {"application": application} if application else {}
        found += _of_application(rule, numbers, now, application, named)
    return found or [Measured()]


def _of_application(
    rule: RuleSettings,
    numbers: Numbers,
    now: datetime,
    application: str | None,
    named: Mapping[str, str],
) -> list[Measured]:
    sums = _sums(rule, rule.metric, numbers, now, application)
    divisors: Mapping[str, Sum] = {}
    if rule.by_metric:
        divisors = _sums(rule, rule.by_metric, numbers, now, application)
    labels = sorted(sums.keys() | (divisors.keys() if splits(rule) else set())) or [""]
    if rule.only:
        labels = [rule.only]
    found = []
    for label in labels:
        own = {**named, **({rule.split_by: label} if rule.split_by and label else {})}
        divisor = divisors.get(label if splits(rule) else "")
        found.append(measured(rule, own, sums.get(label), divisor))
    return found


def measured(
    rule: RuleSettings, labels: Mapping[str, str], own: Sum | None, divisor: Sum | None
) -> Measured:
    """A series of what was put together for it, and for what it is divided by."""
    if rule.of == "ratio":
        if divisor is None or divisor.count < rule.at_least or not divisor.total:
            return Measured(labels, None, divisor.count if divisor else 0)
        return Measured(labels, (own.total if own else 0.0) / divisor.total, divisor.count)
    if own is None or own.count < rule.at_least:
        return Measured(labels, None, own.count if own else 0)
    return Measured(labels, _value(rule, own), own.count)


def _value(rule: RuleSettings, own: Sum) -> float | None:
    if rule.of in _QUANTILES:
        return own.histogram.quantile(_QUANTILES[rule.of]) if own.histogram else None
    if rule.of == "mean":
        return own.total / own.weight if own.weight else None
    if rule.of == "count":
        return own.weight
    return own.total / (rule.window.total_seconds() if rule.of == "rate" else 1.0)


def splits(rule: RuleSettings) -> bool:
    """Whether the divisor is split as the metric is."""
    metric = BUILT_IN.get(rule.by_metric)
    return bool(rule.split_by) and metric is not None and rule.split_by in metric.dimensions


def _sums(
    rule: RuleSettings, metric: str, numbers: Numbers, now: datetime, application: str | None
) -> dict[str, Sum]:
    """Sums by label; under the empty one for a metric that is not split."""
    asked = query(rule, metric, now, application)
    sums: dict[str, Sum] = defaultdict(Sum)
    for cell in numbers.cells(asked):
        sums[cell.label if asked.dimension else ""].add(cell)
    return dict(sums)


def query(
    rule: RuleSettings,
    metric: str,
    now: datetime,
    application: str | None,
    since: datetime | None = None,
) -> CellQuery:
    """Which cells tell of a rule's window, or of a longer time."""
    known = BUILT_IN.get(metric)
    is_split = bool(rule.split_by) and (known is None or rule.split_by in known.dimensions)
    return CellQuery(
        metric=metric,
        since=now - rule.window if since is None else since,
        until=now,
        step="day" if rule.window > _DAILY else "hour" if rule.window > _HOURLY else "minute",
        application=application,
        dimension=rule.split_by if is_split else "",
        label=(rule.only or None) if is_split else None,
    )
