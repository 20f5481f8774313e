"""Any chart as shapes."""

from typing import assert_never

from groundwatch.reports.charts import Chart, Heatmap, Histogram, LineChart
from groundwatch.reports.draw_bars import drawn_histogram
from groundwatch.reports.draw_heatmap import drawn_heatmap
from groundwatch.reports.draw_lines import drawn_lines
from groundwatch.reports.drawing import Drawing


def drawn(chart: Chart) -> Drawing | None:
    """The chart; None where there is nothing to draw."""
    if chart.is_empty:
        return None
    match chart:
        case LineChart():
            return drawn_lines(chart)
        case Histogram():
            return drawn_histogram(chart)
        case Heatmap():
            return drawn_heatmap(chart)
        case _:
            assert_never(chart)
