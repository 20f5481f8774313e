"""A heatmap as shapes."""

from collections.abc import Iterator

from groundwatch.reports.charts import Heatmap
from groundwatch.reports.drawing import (
    INK,
    MUTED,
    PAPER,
    RULE,
    WIDTH,
    Box,
    Drawing,
    Path,
    Shape,
    Text,
    shade,
)
from groundwatch.reports.words import amount

_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 84.0, 4.0, 22.0
_ROW = 20.0
_SCALE = 5
_LIGHT = 0.64
"""From here on a field is so dark that its number is written in white."""


def drawn_heatmap(chart: Heatmap) -> Drawing:
    """Fields by row and hour with their numbers; crossed out where nothing was measured."""
    height = max(_TOP + _ROW * len(chart.rows) + _BOTTOM, 66.0)
    most = max((value for row in chart.values for value in row if value is not None), default=0.0)
    shapes = [*_fields(chart, most), *_hours(chart), *_scale(chart, most)]
    return Drawing(WIDTH, height, tuple(shapes), f"{chart.title}. {chart.says}")


def _fields(chart: Heatmap, most: float) -> Iterator[Shape]:
    width = (WIDTH - _LEFT - _RIGHT) / 24
    for row, (name, values) in enumerate(zip(chart.rows, chart.values, strict=True)):
        y = _TOP + _ROW * row
        yield Text(_LEFT - 6, y + _ROW / 2 + 3.5, name, 10.5, INK, "end")
        for hour, value in enumerate(values):
            x = _LEFT + width * hour
            if value is None:
                yield Box(x + 0.5, y + 0.5, width - 1, _ROW - 1, PAPER, RULE)
                yield Path(((x + 0.5, y + _ROW - 0.5), (x + width - 0.5, y + 0.5)), RULE, 0.7)
                continue
            share = value / most if most else 0.0
            yield Box(x + 0.5, y + 0.5, width - 1, _ROW - 1, shade(share))
            colour = PAPER if share >= _LIGHT else INK
            words = _short(value)
            yield Text(x + width / 2, y + _ROW / 2 + 3, words, 7.5, colour, "middle")


def _short(value: float) -> str:
    if value >= 9950:
        return f"{value / 1000:.0f}k"
    if value >= 995:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 9.95 or float(value).is_integer() else f"{value:.1f}"


def _hours(chart: Heatmap) -> Iterator[Shape]:
    width = (WIDTH - _LEFT - _RIGHT) / 24
    y = _TOP + _ROW * len(chart.rows) + 14
    for hour in range(0, 25, 4):
        yield Text(_LEFT + width * hour, y, f"{hour:02d}", 10, anchor="middle")


def _scale(chart: Heatmap, most: float) -> Iterator[Shape]:
    x = WIDTH - _RIGHT + 16
    for place in range(_SCALE):
        y = _TOP + 12 * place
        share = 1 - place / (_SCALE - 1)
        yield Box(x, y, 12, 11, shade(share), RULE)
        if place in {0, _SCALE - 1}:
            yield Text(x + 17, y + 9, amount(round(most * share, 2), chart.unit), 9.5, MUTED)
