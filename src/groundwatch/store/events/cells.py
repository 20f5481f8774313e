"""What a metric came to in a minute, hour, day or week."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from groundwatch.store.events.histogram import Histogram

Step = Literal["minute", "hour", "day", "week"]
Detail = Literal["spread", "sums", "whole"]


@dataclass(frozen=True, slots=True)
class CellQuery:
    """Which cells are wanted.

    Attributes:
        since, until: from the step that holds `since` to the last one that begins before `until`.
        step: days are those of UTC, weeks begin on Monday.
        application: None sums over all of them.
        dimension: what to split by; empty for the whole.
        label: one value of the dimension; None gives a cell for each.
        detail: each step with how its values are spread, or only its sums, which costs far less
            where labels are many; `whole` adds up steps of a label, as far as that is cheap, into
            cells at the first of them, for who wants the span's sums alone.
    """

    metric: str
    since: datetime
    until: datetime
    step: Step = "minute"
    application: str | None = None
    dimension: str = ""
    label: str | None = None
    detail: Detail = "spread"


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of one series.

    Attributes:
        at: the step's beginning.
        application: empty when summed over all.
        count: observations, exact, never weighted.
        weight: what the observations stand for.
        total: sum of value times weight; `total / weight` is the mean.
        histogram: None for a metric without a spread, and where only sums were wanted.
    """

    at: datetime
    metric: str
    application: str
    dimension: str
    label: str
    count: int
    weight: float
    total: float
    histogram: Histogram | None = None

    @property
    def mean(self) -> float | None:
        return self.total / self.weight if self.weight else None

    def quantile(self, share: float) -> float | None:
        """The value that `share` (0 to 1) of the observations do not exceed."""
        return None if self.histogram is None else self.histogram.quantile(share)


@dataclass(frozen=True, slots=True)
class RetentionDays:
    """How long things are kept: rows and minutes, hours, days."""

    raw: int = 30
    hourly: int = 90
    daily: int = 400
