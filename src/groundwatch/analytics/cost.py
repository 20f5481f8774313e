"""What answers cost, and what it was spent on."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundwatch.analytics import series, tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import NOTHING, Cells, Tally
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics

NO_COST = "no price is known for any answer of this span"
_FEWEST_SCORED = 30
_SAME_QUALITY = 0.02
_MOST_USERS = 100


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one model, user, group or application came to."""

    label: str
    cost: float | None
    before: float | None
    requests: int
    input_tokens: int
    output_tokens: int

    @property
    def per_query(self) -> float | None:
        return self.cost / self.requests if self.cost is not None and self.requests else None


@dataclass(frozen=True, slots=True)
class Saving:
    """Where the same quality would have cost less.

    Attributes:
        application: both models answered for it.
        saved: US dollars in this window, had the other model answered.
        quality, other_quality: mean overall quality of each in this window.
    """

    application: str
    model: str
    other: str
    saved: float
    quality: float
    other_quality: float
    answers: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A month's limit against what is spent so far.

    Attributes:
        projected: the month's end at the rate of the last seven days; None without a week of data.
    """

    limit: float
    spent: float
    projected: float | None
    month: datetime


@dataclass(frozen=True, slots=True)
class Cost:
    """Everything about money and tokens in a window."""

    total: Compared
    per_query: Compared
    per_hour: Compared
    input_tokens: Compared
    output_tokens: Compared
    priced_share: float | None
    series: Series
    tokens_series: tuple[Series, Series]
    applications: tuple[CostRow, ...]
    models: tuple[CostRow, ...]
    groups: tuple[CostRow, ...]
    users: tuple[CostRow, ...]
    """The dearest hundred."""
    more_users: int
    savings: tuple[Saving, ...]


def cost(source: Cells, window: Window, applications: Sequence[str] = ()) -> Cost:
    """Measure a window and compare it with the one before.

    `applications` are told one by one; models of two of them do not compare for savings.
    """
    before = window.before()
    spent = tallies.by_bucket(source, metrics.COST, window, "sums")
    whole = tallies.joined(spent.values())
    whole_before = tallies.total(source, metrics.COST, before, "whole")
    asked = tallies.total(source, metrics.REQUESTS, window)
    reason = "" if whole.count else NO_COST
    hours = window.seconds / 3600
    users, more = dearest(source, window, "user", _MOST_USERS)
    return Cost(
        total=_sum(whole, whole_before, reason),
        per_query=Compared(whole.mean, whole_before.mean, reason),
        per_hour=Compared(
            whole.total / hours if whole.count else None,
            whole_before.total / hours if whole_before.count else None,
            reason,
        ),
        input_tokens=_tokens(source, metrics.INPUT_TOKENS, window),
        output_tokens=_tokens(source, metrics.OUTPUT_TOKENS, window),
        priced_share=whole.count / asked.count if asked.count else None,
        series=series.drawn("cost", "USD", window, spent, lambda tally: tally.total),
        tokens_series=(
            _summed(source, metrics.INPUT_TOKENS, window, "input"),
            _summed(source, metrics.OUTPUT_TOKENS, window, "output"),
        ),
        applications=by_application(source, window, applications),
        models=rows(source, window, "model"),
        groups=rows(source, window, "group"),
        users=users,
        more_users=more,
        savings=all_savings(source, window, applications),
    )


def rows(source: Cells, window: Window, dimension: str) -> tuple[CostRow, ...]:
    """Cost by model, group or endpoint, the dearest first."""
    return dearest(source, window, dimension)[0]


def dearest(
    source: Cells, window: Window, dimension: str, most: int | None = None
) -> tuple[tuple[CostRow, ...], int]:
    """The dearest labels of a dimension, and how many more there are."""

    def split(metric: metrics.Metric, span: Window = window) -> Mapping[str, Tally]:
        return tallies.by_label(source, metric, span, dimension, "whole")

    spent, asked = split(metrics.COST), split(metrics.REQUESTS)
    before = split(metrics.COST, window.before())
    read, made = split(metrics.INPUT_TOKENS), split(metrics.OUTPUT_TOKENS)
    labels = sorted(
        asked.keys() | spent.keys(), key=lambda label: (-spent.get(label, NOTHING).total, label)
    )
    found = tuple(
        CostRow(
            label,
            spent[label].total if label in spent else None,
            before[label].total if label in before else None,
            asked.get(label, NOTHING).count,
            round(read.get(label, NOTHING).total),
            round(made.get(label, NOTHING).total),
        )
        for label in labels[:most]
    )
    return found, len(labels) - len(found)


def by_application(
    source: Cells, window: Window, applications: Sequence[str]
) -> tuple[CostRow, ...]:
    """Cost of the window's application, or of each of those given; the dearest first."""
    names = [window.application] if window.application else applications
    found = [_of_application(source, replace(window, application=name)) for name in names]
    asked = [row for row in found if row.requests]
    return tuple(sorted(asked, key=lambda row: (-(row.cost or 0.0), row.label)))


def _of_application(source: Cells, window: Window) -> CostRow:
    def whole(metric: metrics.Metric, span: Window = window) -> Tally:
        return tallies.total(source, metric, span, "whole")

    spent, before = whole(metrics.COST), whole(metrics.COST, window.before())
    return CostRow(
        window.application or "",
        spent.total if spent.count else None,
        before.total if before.count else None,
        whole(metrics.REQUESTS).count,
        round(whole(metrics.INPUT_TOKENS).total),
        round(whole(metrics.OUTPUT_TOKENS).total),
    )


def all_savings(source: Cells, window: Window, applications: Sequence[str]) -> tuple[Saving, ...]:
    """Savings of the window's application, or of each of those given; the most first."""
    names = [window.application] if window.application else applications
    found = [
        saving for name in names for saving in savings(source, replace(window, application=name))
    ]
    return tuple(sorted(found, key=lambda each: -each.saved))


def savings(source: Cells, window: Window) -> tuple[Saving, ...]:
    """Models for which a cheaper one answered as well, within .02 and 30 scored answers each."""
    spent = tallies.by_label(source, metrics.COST, window, "model", "whole")
    quality = tallies.by_label(source, metrics.OVERALL, window, "model", "whole")
    known = {
        model: (spent[model].mean or 0.0, tally.mean or 0.0, spent[model].count)
        for model, tally in quality.items()
        if tally.count >= _FEWEST_SCORED and model in spent and spent[model].count
    }
    found: list[Saving] = []
    for model, (price, good, count) in known.items():
        fitting = [
            (other_price, other, other_good)
            for other, (other_price, other_good, _) in known.items()
            if other_price < price and other_good >= good - _SAME_QUALITY
        ]
        if fitting:
            other_price, other, other_good = min(fitting)
            saved = (price - other_price) * count
            found.append(
                Saving(window.application or "", model, other, saved, good, other_good, count)
            )
    return tuple(sorted(found, key=lambda each: -each.saved))


def budget(source: Cells, limit: float, now: datetime, application: str | None) -> Budget:
    """A month's limit in US dollars against this month so far, in UTC."""
    month = floor(now, "day").replace(day=1)
    spent = tallies.total(source, metrics.COST, Window(month, now, "day", application), "whole")
    week = Window(floor(now, "hour") - timedelta(days=7), floor(now, "hour"), "hour", application)
    recent = tallies.by_bucket(source, metrics.COST, week, "sums")
    days = calendar.monthrange(month.year, month.month)[1]
    left = (month + timedelta(days=days) - now) / timedelta(days=7)
    is_known = bool(recent) and min(recent) < week.since + timedelta(days=1)
    rate = tallies.joined(recent.values()).total
    return Budget(limit, spent.total, spent.total + rate * left if is_known else None, month)


def _sum(now: Tally, before: Tally, reason: str) -> Compared:
    return Compared(
        now.total if now.count else None, before.total if before.count else None, reason
    )


def _tokens(source: Cells, metric: metrics.Metric, window: Window) -> Compared:
    now = tallies.total(source, metric, window, "whole")
    before = tallies.total(source, metric, window.before(), "whole")
    return Compared(now.total, before.total if before.count else None)


def _summed(source: Cells, metric: metrics.Metric, window: Window, name: str) -> Series:
    found = tallies.by_bucket(source, metric, window, "sums")
    return series.drawn(name, metric.unit, window, found, lambda tally: tally.total)
