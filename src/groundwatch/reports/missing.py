"""Knowledge gaps: topics that are asked about and not answered."""

from groundwatch.analytics.knowledge import gaps
from groundwatch.reports.report import Column, Row, Section, Table, cut
from groundwatch.reports.sources import Reading

_MOST = 8


def lacking(reading: Reading) -> Section:
    """Topics by how many questions went unanswered; no question is quoted."""
    compares = reading.span.window.is_comparable
    rows, left = cut(
        [
            Row(
                (
                    each.topic or "none",
                    each.asked,
                    each.declined,
                    each.share,
                    each.declined_before if compares else None,
                    each.unsupported,
                    each.quality,
                ),
                reading.span.link("/interactions?outcome=declined"),
            )
            for each in gaps(reading.cells, reading.span.window)
        ],
        _MOST,
    )
    columns = (
        Column("Topic"),
        Column("Asked", "1"),
        Column("Declined", "1"),
        Column("Share", "ratio"),
        Column("Before", "ratio"),
        Column("Without support", "1"),
        Column("Quality", "score"),
    )
    empty = "No topic of five questions or more was declined or answered without support."
    table = Table("gaps", "Topics without good answers", columns, rows, empty, left)
    return Section("knowledge", "Knowledge gaps", tables=(table,))
