"""A made-up report that has everything a report may have, to try templates on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from groundwatch.reports.charts import Band, Chart, Heatmap, Histogram, Line, LineChart, Mark
from groundwatch.reports.report import Column, Figure, Report, Row, Section, Table
from groundwatch.reports.spans import Kind, span_for

_DAY = date(2026, 3, 2)


def sample() -> Report:
    """Figures with and without values, every kind of chart, tables with and without rows."""
    span = span_for(
        Kind.DAILY, _DAY, datetime(2026, 3, 3, 9, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    )
    return Report(
        "Daily report",
        span,
        datetime(2026, 3, 3, 8, tzinfo=UTC),
        "support <desk>",
        "1 284 questions: failed 0.8 %.",
        ("Made up & shown for trial.",),
        (Section("summary", "Summary", ("Said.",), _figures(), _charts(), _tables()),),
        "/reports/daily/2026-03-02",
    )


def _figures() -> tuple[Figure, ...]:
    return (
        Figure("requests", "Questions", "1", "neutral", 1284, 1100, link="/usage"),
        Figure("p95", "Latency p95", "s", "worse", 2.31, 2.0, note="median 1.1 s", link="/p"),
        Figure("quality", "Quality", "score", "better", 0.82, 0.79, is_clear=False),
        Figure("cost", "Cost", "USD", "worse", None, None, "no price is known"),
    )


def _charts() -> tuple[Chart, ...]:
    at = tuple(datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24))
    values = tuple(None if hour == 5 else 1.0 + hour % 7 / 5 for hour in range(24))
    band = Band((0.5,) * 24, (2.5,) * 24)
    marks = (Mark(at[14], "Latency is high"),)
    return (
        LineChart("latency", "Latency", "s", at, (Line("p95", values),), "1.0 s to 2.2 s",
                  "/performance", marks, band, 2.0),
        Histogram("quality", "Scores", (0.05,) * 20, (0.0, 0.1) * 10, "even", "/quality"),
        Heatmap("heatmap", "Questions", "1", ("Mon",), ((None, *(4.0,) * 23),), "even", "/usage"),
        Heatmap("nothing", "Nothing", "1", (), (), "nothing was measured"),
    )  # fmt: skip


def _tables() -> tuple[Table, ...]:
    columns = (Column("Model"), Column("p95", "s"))
    rows = (Row(("small", 1.2), "/performance"), Row(("<b>", None)))
    return (
        Table("models", "By model", columns, rows, "", 3),
        Table("errors", "Failures", columns, (), "No question failed."),
    )
