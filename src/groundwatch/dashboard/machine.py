"""Cards about the machine: what holds answers up, peak times, and how far each part was used."""

from groundwatch.analytics.resources import SystemAnalysis, Utilisation
from groundwatch.dashboard.panels import Content
from groundwatch.dashboard.table import Column, Row, Table

_NOTHING_SLOW = "no resource, queue or stage held answers up in this span"
_NO_QUESTIONS = "no questions were asked in this span"


def bottlenecks(found: SystemAnalysis) -> Content:
    """What holds answers up, with its evidence."""
    columns = (Column("Kind"), Column("What"), Column("Why"), Column("Evidence"))
    rows = tuple(
        Row((each.kind, each.name, each.reason, "; ".join(each.evidence)))
        for each in found.bottlenecks
    )
    return Content(
        Table(columns, rows, wraps=True), empty="" if rows else found.reason or _NOTHING_SLOW
    )


def peaks(found: SystemAnalysis) -> Content:
    """The busiest steps of the span."""
    columns = (
        Column("Begins", "moment"),
        Column("Questions", "1"),
        Column("p95", "s"),
        Column("Processors", "ratio"),
        Column("Memory", "ratio"),
    )
    rows = tuple(
        Row((each.at, each.requests, each.p95, each.cpu, each.memory)) for each in found.peaks
    )
    return Content(Table(columns, rows), empty="" if rows else _NO_QUESTIONS)


def utilisation(found: SystemAnalysis) -> Content:
    """Resources and queues, each with its peak and its direction."""
    shares = tuple(_row(each) for each in found.resources if each.unit == "ratio")
    columns = (
        Column("Resource"),
        Column("Mean", "ratio"),
        Column("p95", "ratio"),
        Column("Peak", "ratio"),
        Column("Peak began", "moment"),
        Column("Limit", "ratio"),
        Column("Over the limit", "ratio"),
        Column("Trend"),
    )
    return Content(Table(columns, shares), empty=found.reason)


def _row(each: Utilisation) -> Row:
    return Row(
        (
            each.name,
            each.mean,
            each.p95,
            each.peak,
            each.peak_at,
            each.limit,
            each.over,
            each.trend.direction,
        )
    )
