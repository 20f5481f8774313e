"""A histogram as shapes."""

from collections.abc import Iterator

from groundwatch.reports.charts import Histogram
from groundwatch.reports.drawing import (
    ACCENT,
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
)
from groundwatch.reports.scales import ticks
from groundwatch.reports.words import amount

_HEIGHT = 170.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 84.0, 12.0, 24.0
_LABELS = 5


def drawn_histogram(chart: Histogram) -> Drawing:
    """Bars of shares; the span before as a stepped line over them."""
    most = max((*chart.shares, *(chart.before or ())), default=0.0)
    levels = ticks(0.0, most, 4)
    shapes = [*_grid(levels), *_bars(chart, levels[-1]), *_before(chart, levels[-1])]
    return Drawing(WIDTH, _HEIGHT, tuple(shapes), f"{chart.title}. {chart.says}")


def _x(share: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * share


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top


def _grid(levels: list[float]) -> Iterator[Shape]:
    for level in levels:
        y = _y(level, levels[-1])
        yield Path(((_LEFT, y), (WIDTH - _RIGHT, y)), RULE, 0.7)
        yield Text(_LEFT - 6, y + 3.5, amount(level, "ratio"), 10, anchor="end")
    for place in range(_LABELS + 1):
        share = place / _LABELS
        yield Text(_x(share), _HEIGHT - _BOTTOM + 15, f"{share:.1f}", 10, anchor="middle")


def _bars(chart: Histogram, top: float) -> Iterator[Shape]:
    count = len(chart.shares)
    width = (WIDTH - _LEFT - _RIGHT) / max(1, count)
    bottom = _HEIGHT - _BOTTOM
    for place, value in enumerate(chart.shares):
        if value > 0:
            y = _y(value, top)
            yield Box(_x(place / count) + 1, y, width - 2, bottom - y, ACCENT)
    yield Path(((_LEFT, bottom), (WIDTH - _RIGHT, bottom)), MUTED, 0.9)


def _before(chart: Histogram, top: float) -> Iterator[Shape]:
    if chart.before is None:
        return
    count = len(chart.before)
    points: list[tuple[float, float]] = []
    for place, value in enumerate(chart.before):
        y = _y(value, top)
        points += [(_x(place / count), y), (_x((place + 1) / count), y)]
    yield Path(tuple(points), PAPER, 2.6)
    yield Path(tuple(points), INK, 1.2, (4.0, 2.5))
    right = WIDTH - _RIGHT + 6
    yield Box(right, _TOP + 1, 9, 9, ACCENT)
    yield Text(right + 13, _TOP + 9, "now", 10, INK)
    yield Path(((right, _TOP + 21), (right + 10, _TOP + 21)), INK, 1.2, (4.0, 2.5))
    yield Text(right + 13, _TOP + 24, "before", 10, INK)
