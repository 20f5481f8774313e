"""Interactions by the variant of an experiment that answered them."""

from collections.abc import Sequence

from groundwatch.analytics.variants import VariantRow
from groundwatch.dashboard.panels import table_html
from groundwatch.dashboard.selection import Selection
from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.templating import render

_COLUMNS = (
    Column("Experiment"), Column("Variant"), Column("Questions", "1"), Column("Failed", "ratio"),
    Column("Declined", "ratio"), Column("p95", "s", "95 % were faster"), Column("Quality", "score"),
    Column("A question", "USD"), Column("Satisfaction", "ratio"),
)  # fmt: skip
_NOTE = (
    "Of the span and the application, whatever else narrows the list. "
    "Whether a difference is more than chance is told under Experiments."
)


def groups_html(groups: Sequence[VariantRow] | None, selection: Selection) -> str:
    """A table of variants, each leading to its interactions; nothing where none is wanted."""
    if groups is None:
        return ""
    rows = tuple(
        Row(
            (
                *row.variant.split("=", 1), row.requests, row.error_share, row.declined_share,
                row.p95, row.quality, row.cost, row.satisfaction,
            ),
            f"/interactions{selection.query({'variant': row.variant, 'after': ''})}",
        )
        for row in groups
    )  # fmt: skip
    table = table_html(Table(_COLUMNS, rows, _NOTE)) if rows else ""
    return render("watch/groups.html", {"table": table})
