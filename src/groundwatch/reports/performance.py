"""How fast answers came, and how many failed."""

from groundwatch.analytics.compared import Compared, Share, is_clear
from groundwatch.analytics.performance import LatencyRow, Performance, performance
from groundwatch.reports.charts import Mark
from groundwatch.reports.figures import figure, line_chart, moment
from groundwatch.reports.report import Column, Figure, Row, Section, Table, cut
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount, chance, plural

_MOST = 8
_PATH = "/performance"


def speed(reading: Reading, marks: tuple[Mark, ...] = ()) -> Section:
    """Latency over time, by stage and by model; failures by type."""
    seen = performance(reading.cells, reading.span.window, reading.judged.thresholds)
    p50, p95, _ = seen.quantile_series
    chart = line_chart(
        reading,
        "latency",
        "Latency: median and p95",
        (("median", p50), ("p95", p95)),
        _PATH,
        marks=marks,
        limit=reading.judged.thresholds.p95_seconds,
    )
    return Section(
        "performance",
        "Performance",
        tuple(_said(seen)),
        _figures(reading, seen),
        (chart,),
        (
            _rows(reading, "stages", "Time by stage", seen.stages, "No stage was measured."),
            _rows(reading, "models", "Time by model", seen.models, "No model was named."),
            _errors(reading, seen),
        ),
    )


def _figures(reading: Reading, seen: Performance) -> tuple[Figure, ...]:
    latency = seen.latency
    first = seen.first_token
    nothing = "" if latency.count else seen.p95.reason
    no_tokens = "" if first.count else "no answer was streamed"
    median = f"over {plural(latency.count, 'answer')}"
    return (
        figure(reading, "success_rate", "Answered without failure", "ratio", "better",
               seen.success_rate, _PATH, is_clear=seen.error_rate_is_clear),
        figure(reading, "p50", "Latency, median", "s", "worse",
               Compared(latency.p50, None, nothing), _PATH, note=median),
        figure(reading, "p95_latency", "Latency, p95", "s", "worse", seen.p95, _PATH),
        figure(reading, "p99", "Latency, p99", "s", "worse",
               Compared(latency.p99, None, nothing), _PATH),
        figure(reading, "first_token", "First token, p95", "s", "worse",
               Compared(first.p95, None, no_tokens), _PATH),
        figure(reading, "per_minute", "Questions a minute", "1/min", "neutral",
               seen.throughput.per_minute, _PATH, note=_peak(reading, seen)),
        figure(reading, "declined_rate", "Declined", "ratio", "worse", seen.declined_rate,
               "/usage", note=f"{amount(seen.declined, '1')} for want of evidence",
               is_clear=_declined_clearly(seen)),
    )  # fmt: skip


def _declined_clearly(seen: Performance) -> bool:
    asked, rate = seen.requests, seen.declined_rate
    before = Share((rate.before or 0.0) * (asked.before or 0.0), asked.before or 0.0)
    return is_clear(Share(seen.declined, asked.value or 0.0), before)


def _peak(reading: Reading, seen: Performance) -> str:
    found = seen.throughput
    if found.peak is None or found.peak_at is None:
        return ""
    return f"busiest {moment(reading.span, found.peak_at)}, {amount(found.peak, '1/min')}"


def _said(seen: Performance) -> list[str]:
    trend = seen.latency_trend
    if trend.direction == "unknown":
        return [f"No trend of latency can be told: {trend.method}."]
    if trend.direction == "steady":
        return [f"Latency neither rises nor falls within the span ({trend.method})."]
    slope = amount(abs(trend.per_day or 0.0), "s")
    how = f"{trend.method}, p {chance(trend.p)}"
    return [f"Latency p95 is {trend.direction} by {slope} a day ({how})."]


def _rows(
    reading: Reading, name: str, title: str, found: tuple[LatencyRow, ...], empty: str
) -> Table:
    compares = reading.span.window.is_comparable
    rows, left = cut(
        [
            Row(
                (
                    each.label or "not named",
                    each.requests,
                    each.latency.p50,
                    each.latency.p95,
                    each.before if compares else None,
                    each.errors,
                ),
                reading.span.link(_PATH),
            )
            for each in found
        ],
        _MOST,
    )
    columns: tuple[Column, ...] = (
        Column(name.removesuffix("s").capitalize()),
        Column("Count", "1"),
        Column("Median", "s"),
        Column("p95", "s"),
        Column("p95 before", "s"),
        Column("Failed", "1"),
    )
    return Table(name, title, columns, rows, empty, left)


def _errors(reading: Reading, seen: Performance) -> Table:
    rows, left = cut(
        [
            Row((kind or "not named", count), reading.span.link("/interactions?outcome=failed"))
            for kind, count in seen.error_types.items()
        ],
        _MOST,
    )
    columns = (Column("Failure"), Column("Questions", "1"))
    return Table("failures", "Failures by type", columns, rows, "No question failed.", left)
