"""Reports as HTTP shows them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from groundwatch.reports.desk import Listed, Scheduled
from groundwatch.reports.plain import as_values
from groundwatch.reports.report import Report
from groundwatch.reports.schedule import Run
from groundwatch.serving.bodies.body import Body


class FigureBody(Body):
    """A number beside the same number of the span before."""

    name: str
    title: str
    unit: str
    higher_is: Literal["better", "worse", "neutral"]
    value: float | None = Field(description="Null where there is nothing to measure.")
    before: float | None
    change: float | None = Field(description="Relative; null where it has no meaning.")
    verdict: Literal["better", "worse"] | None
    is_clear: bool = Field(description="It changed by more than chance or habit explains.")
    reason: str = Field(description="Why there is no value, or why the two must not be compared.")
    note: str
    link: str


class LineBody(Body):
    """A line of a chart; null is a gap."""

    name: str
    values: list[float | None]


class MarkBody(Body):
    """Something that happened."""

    at: datetime
    text: str


class BandBody(Body):
    """What is expected."""

    low: list[float | None]
    high: list[float | None]


class LineChartBody(Body):
    """Lines over time."""

    kind: Literal["line"]
    name: str
    title: str
    says: str
    link: str
    unit: str
    at: list[datetime]
    lines: list[LineBody]
    marks: list[MarkBody]
    band: BandBody | None
    limit: float | None


class HistogramBody(Body):
    """Shares of equal steps from 0 to 1."""

    kind: Literal["histogram"]
    name: str
    title: str
    says: str
    link: str
    shares: list[float]
    before: list[float] | None


class HeatmapBody(Body):
    """Values by row and hour of the day."""

    kind: Literal["heatmap"]
    name: str
    title: str
    says: str
    link: str
    unit: str
    rows: list[str]
    values: list[list[float | None]]


ChartBody = Annotated[LineChartBody | HistogramBody | HeatmapBody, Field(discriminator="kind")]


class ColumnBody(Body):
    """A column; its unit is `text` or that of a figure."""

    title: str
    unit: str


class RowBody(Body):
    """A row of a table."""

    cells: list[str | float | None]
    link: str


class TableBody(Body):
    """Rows under headings."""

    name: str
    title: str
    columns: list[ColumnBody]
    rows: list[RowBody]
    empty: str | None = Field(description="Why there are no rows.")
    left_out: int


class SectionBody(Body):
    """One subject of a report."""

    name: str
    title: str
    says: list[str]
    figures: list[FigureBody]
    charts: list[ChartBody]
    tables: list[TableBody]


class ReportBody(Body):
    """What a span came to."""

    version: int
    kind: str
    date: date
    title: str
    label: str
    zone: str
    since: datetime
    until: datetime
    is_over: bool
    compared_with: str | None = Field(description="Null where the span before was not observed.")
    application: str
    made_at: datetime
    verdict: str
    notes: list[str]
    link: str
    sections: list[SectionBody]

    @classmethod
    def of(cls, made: Report) -> "ReportBody":
        return cls.model_validate(as_values(made))


class ExecutiveBody(Body):
    """The executive view: four numbers, what they are worth, what is to come, what to do."""

    since: datetime
    until: datetime
    overall_health_score: FigureBody
    sla_compliance_rate: FigureBody
    cost_efficiency_trend: FigureBody
    user_satisfaction: FigureBody
    business_impact: SectionBody
    predictive_insights: SectionBody
    recommendations: SectionBody
    knowledge_gaps: SectionBody
    incidents: SectionBody
    report: ReportBody

    @classmethod
    def of(cls, made: Report) -> "ExecutiveBody":
        report = ReportBody.of(made)
        sections = {each.name: each for each in report.sections}
        figures = {each.name: each for section in report.sections for each in section.figures}
        return cls(
            since=report.since,
            until=report.until,
            overall_health_score=figures["health_score"],
            sla_compliance_rate=figures["sla_compliance"],
            cost_efficiency_trend=figures["cost_efficiency"],
            user_satisfaction=figures["satisfaction"],
            business_impact=sections["business"],
            predictive_insights=sections["outlook"],
            recommendations=sections["recommendations"],
            knowledge_gaps=sections["knowledge"],
            incidents=sections["alerts"],
            report=report,
        )


class RunBody(Body):
    """How the sending of a report went."""

    planned_at: datetime
    state: str
    at: datetime
    attempts: int
    error: str

    @classmethod
    def of(cls, run: Run) -> "RunBody":
        return cls(
            planned_at=run.planned_at,
            state=run.state.value,
            at=run.at,
            attempts=run.attempts,
            error=run.error,
        )


class ListedBody(Body):
    """A report that can be made."""

    kind: str
    date: date
    label: str
    since: datetime
    until: datetime
    is_over: bool
    sent: RunBody | None = Field(description="Null where nothing was to be sent.")

    @classmethod
    def of(cls, found: Listed) -> "ListedBody":
        return cls(
            kind=found.kind.value,
            date=found.date,
            label=found.label,
            since=found.since,
            until=found.until,
            is_over=found.is_over,
            sent=None if found.run is None else RunBody.of(found.run),
        )


class ScheduledBody(Body):
    """When reports of a kind are sent, and to whom."""

    kind: str
    latest: date = Field(description="Of the last whole day, week or period.")
    label: str
    weekday: str = Field(description="Empty every day.")
    at: str = Field(description="Time of the day in the zone of reports.")
    to: list[str] = Field(description="Empty where nothing is sent.")
    next_at: datetime | None
    last: RunBody | None

    @classmethod
    def of(cls, found: Scheduled) -> "ScheduledBody":
        return cls(
            kind=found.kind.value,
            latest=found.latest,
            label=found.label,
            weekday=found.weekday,
            at=found.at,
            to=list(found.to),
            next_at=found.next_at,
            last=None if found.last is None else RunBody.of(found.last),
        )


class ReportsBody(Body):
    """Reports, newest first, and when which are sent."""

    reports: list[ListedBody]
    schedules: list[ScheduledBody]
