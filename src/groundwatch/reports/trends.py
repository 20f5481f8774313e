"""A span day by day, and whether anything rises or falls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from groundwatch.analytics import tallies
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Tally
from groundwatch.analytics.trend import trend_of
from groundwatch.analytics.windows import LENGTHS
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric
from groundwatch.reports.charts import LineChart
from groundwatch.reports.figures import line_chart
from groundwatch.reports.report import Column, Row, Section, Table
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount, chance

Buckets = Mapping[datetime, Tally]


@dataclass(frozen=True, slots=True)
class _Followed:
    """A number that is followed day by day."""

    title: str
    unit: str
    path: str
    metrics: tuple[Metric, ...]
    value: Callable[[tuple[Tally, ...]], float | None]


_FOLLOWED = (
    _Followed("Questions", "1", "/usage", (metrics.REQUESTS,), lambda found: found[0].total),
    _Followed("Failed", "ratio", "/performance", (metrics.ERRORS, metrics.REQUESTS),
              lambda found: found[0].total / found[1].total if found[1].total else None),
    _Followed("Latency p95", "s", "/performance", (metrics.LATENCY,),
              lambda found: found[0].quantile(0.95)),
    _Followed("Quality", "score", "/quality", (metrics.OVERALL,), lambda found: found[0].mean),
    _Followed("Satisfaction", "ratio", "/usage", (metrics.FEEDBACK,),
              lambda found: found[0].mean),
    _Followed("Cost", "USD", "/cost", (metrics.COST,),
              lambda found: found[0].total if found[0].count else None),
)  # fmt: skip


def day_by_day(reading: Reading) -> Section:
    """Every day of the span in the readers' zone, with a trend test a column."""
    days = _days(reading)
    columns = [_column(reading, each, days) for each in _FOLLOWED]
    rows = tuple(
        Row((f"{_day_of(reading, at):%a %d %b}", *(column[place] for column in columns)))
        for place, at in enumerate(days)
    )
    table = Table(
        "days",
        "Day by day",
        (Column("Day"), *(Column(each.title, each.unit) for each in _FOLLOWED)),
        rows,
        "No day of the span was measured.",
    )
    return Section(
        "trends",
        "Trends",
        ("A day's numbers are those of its hours. A trend is told only where chance is unlikely "
         "(Mann-Kendall, p below 0.05).",),
        charts=(_quality_chart(reading),),
        tables=(table, _tests(reading)),
    )  # fmt: skip


def _days(reading: Reading) -> list[datetime]:
    """When each day begins, at the hour that holds its midnight."""
    window = reading.span.window
    hours = int(window.seconds // 3600) + 1
    steps = [window.since + LENGTHS["hour"] * place for place in range(hours)]
    found: dict[date, datetime] = {}
    for at in steps:
        if at < window.until:
            found.setdefault(_day_of(reading, at), at)
    return list(found.values())


def _day_of(reading: Reading, at: datetime) -> date:
    """The day in which an hour ends."""
    return reading.span.local(at + LENGTHS["hour"] - timedelta(seconds=1)).date()


def _column(reading: Reading, followed: _Followed, days: list[datetime]) -> list[float | None]:
    hourly = [_hours(reading, metric) for metric in followed.metrics]
    ends = [*days[1:], reading.span.window.until]
    return [
        _of(followed, tuple(_between(buckets, at, end) for buckets in hourly))
        for at, end in zip(days, ends, strict=True)
    ]


def _of(followed: _Followed, found: tuple[Tally, ...]) -> float | None:
    return followed.value(found) if any(each.count for each in found) else None


def _hours(reading: Reading, metric: Metric) -> Buckets:
    return tallies.by_bucket(reading.cells, metric, reading.span.window)


def _between(buckets: Buckets, since: datetime, until: datetime) -> Tally:
    return tallies.joined(tally for at, tally in buckets.items() if since <= at < until)


def series(reading: Reading, followed: _Followed) -> Series:
    """A followed number step by step."""
    hourly = [_hours(reading, metric) for metric in followed.metrics]
    at = tuple(reading.span.window.buckets())
    found = [tuple(each.get(moment, tallies.NOTHING) for each in hourly) for moment in at]
    return Series(
        followed.title,
        followed.unit,
        at,
        tuple(_of(followed, each) for each in found),
        tuple(each[-1].count for each in found),
    )


def _tests(reading: Reading) -> Table:
    rows = []
    for followed in _FOLLOWED:
        drawn = series(reading, followed)
        trend = trend_of(drawn.at, drawn.values)
        told = trend.direction if trend.direction != "unknown" else "too little data"
        is_told = bool(trend.per_day) and trend.direction in {"rising", "falling"}
        slope = f"{amount(trend.per_day, followed.unit)} a day" if is_told else ""
        cells = (followed.title, told, slope, chance(trend.p), trend.method)
        rows.append(Row(cells, reading.span.link(followed.path)))
    titles = ("What", "Trend", "Slope of an hour's value", "p", "Test")
    return Table("tests", "Trends within the span", tuple(map(Column, titles)), tuple(rows), "")


def _quality_chart(reading: Reading) -> LineChart:
    drawn = series(reading, _FOLLOWED[3])
    return line_chart(
        reading,
        "quality_trend",
        "Quality over time",
        (("overall", drawn),),
        "/quality",
        limit=reading.judged.thresholds.quality,
    )
