"""What should be done."""

from collections.abc import Iterable

from groundwatch.analytics.recommendations import Recommendation
from groundwatch.reports.report import Column, Row, Section, Table
from groundwatch.reports.sources import Reading

_ORDER = ("high", "medium", "low")


def advice(reading: Reading, found: Iterable[Recommendation]) -> Section:
    """Recommendations with the numbers they rest on, the most urgent first."""
    ordered = sorted(found, key=lambda each: _ORDER.index(each.priority))
    rows = tuple(
        Row(
            (
                each.priority,
                each.issue,
                each.recommendation,
                "; ".join(each.evidence),
                each.impact or each.impact_reason,
            ),
            reading.span.link(each.link),
        )
        for each in ordered
    )
    titles = ("Priority", "What", "What to do", "Rests on", "Expected effect")
    table = Table(
        "recommendations",
        "What to do",
        tuple(Column(title) for title in titles),
        rows,
        "No limit is exceeded: nothing is recommended.",
    )
    return Section("recommendations", "Recommendations", tables=(table,))
