"""Any metric over time, as HTTP shows it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from groundwatch.analytics.exploring import Explored, LabelRow
from groundwatch.analytics.series import Series
from groundwatch.analytics.windows import Window
from groundwatch.serving.bodies.body import Body


class SeriesWanted(Body):
    """Which metric, and how it is told."""

    metric: str = Field(max_length=200, description="A name of `groundwatch metrics`.")
    split: str = Field("", max_length=40, description="One of its dimensions; empty for all of it.")
    statistic: str = Field("", max_length=10, description="rate, sum, mean, p50, p95 or p99.")
    window: str = Field("24h", max_length=20, description="15m, 1h, 24h, 7d, 30d.")
    application: str = Field("", max_length=200, description="Only of this one; empty for all.")
    group: str = Field("", max_length=200, description="Only of this one; empty for all.")


class LineBody(Body):
    """A label of the split, or the metric itself."""

    name: str
    points: list[tuple[datetime, float | None, int]] = Field(
        description="Begin of the step, value (null where nothing was measured), observations."
    )

    @classmethod
    def of(cls, found: Series) -> "LineBody":
        return cls(
            name=found.name, points=list(zip(found.at, found.values, found.counts, strict=True))
        )


class LabelBody(Body):
    """A label over the whole window; an empty one is all of it."""

    label: str
    count: int
    sum: float
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    value: float | None = Field(description="The statistic that was asked for.")
    before: float | None = Field(description="The same in the span before.")

    @classmethod
    def of(cls, found: LabelRow) -> "LabelBody":
        return cls.model_validate(found, from_attributes=True)


class SeriesBody(Body):
    """A metric in a window; without observations there is no line and no label."""

    metric: str
    unit: str = Field(description="Of the statistic; empty for numbers of one's own.")
    statistic: str
    split: str
    since: datetime
    until: datetime
    step: Literal["minute", "hour", "day"]
    lines: list[LineBody] = Field(description="The labels that were seen most, four at most.")
    labels: list[LabelBody] = Field(description="The labels that were seen most, 200 at most.")

    @classmethod
    def of(cls, found: Explored, window: Window) -> "SeriesBody":
        return cls(
            metric=found.metric,
            unit=found.unit,
            statistic=found.statistic,
            split=found.split,
            since=window.since,
            until=window.until,
            step=window.step,
            lines=[LineBody.of(each) for each in found.lines],
            labels=[LabelBody.of(each) for each in found.rows],
        )
