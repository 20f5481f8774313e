"""A line chart as shapes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from groundwatch.reports.charts import LineChart
from groundwatch.reports.drawing import (
    ACCENT,
    INK,
    MUTED,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    Area,
    Box,
    Drawing,
    Path,
    Shape,
    Text,
)
from groundwatch.reports.scales import moments, powers, ticks
from groundwatch.reports.words import amount

_HEIGHT = 200.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 84.0, 14.0, 24.0
_STYLES: tuple[tuple[str, float, tuple[float, ...]], ...] = (
    (ACCENT, 1.8, ()),
    (INK, 1.3, (5.0, 3.0)),
    (MUTED, 1.3, (2.0, 2.0)),
)
_LABEL_APART = 13.0
_SPREAD = 8.0


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where values lie."""

    steps: int
    low: float
    high: float
    is_log: bool = False

    def x(self, place: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (place + 0.5) / max(1, self.steps)

    def y(self, value: float) -> float:
        low, high, at = self.low, self.high, value
        if self.is_log:
            low, high, at = (math.log(max(each, self.low)) for each in (low, high, value))
        share = (at - low) / (high - low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share


def drawn_lines(chart: LineChart) -> Drawing:
    """Lines with gaps where nothing was measured, labelled at their ends."""
    is_log = _is_spread(chart)
    levels = powers(*_ends(chart)) if is_log else ticks(*_ends(chart))
    plane = _Plane(len(chart.at), levels[0], levels[-1], is_log)
    shapes = [
        *_grid(chart, plane, levels),
        *_band(chart, plane),
        *_marks(chart, plane),
        *_lines(chart, plane),
        *_limit(chart, plane),
    ]
    return Drawing(WIDTH, _HEIGHT, tuple(shapes), f"{chart.title}. {chart.says}")


def _is_spread(chart: LineChart) -> bool:
    """Whether times differ so much that a plain axis would show one of them only."""
    known = [value for line in chart.lines for value in line.values if value is not None]
    return chart.unit == "s" and min(known) > 0 and max(known) > _SPREAD * median(known)


def _ends(chart: LineChart) -> tuple[float, float]:
    known = [value for line in chart.lines for value in line.values if value is not None]
    if chart.band is not None:
        known += [value for value in (*chart.band.low, *chart.band.high) if value is not None]
    if chart.limit is not None and known and chart.limit <= 3 * max(known):
        known.append(chart.limit)
    if chart.unit == "score":
        return min(0.5, *known), 1.0
    return min(known if _is_spread(chart) else [0.0, *known]), max(known)


def _grid(chart: LineChart, plane: _Plane, levels: list[float]) -> Iterator[Shape]:
    for level in levels:
        y = plane.y(level)
        yield Path(((_LEFT, y), (WIDTH - _RIGHT, y)), RULE, 0.7)
        yield Text(_LEFT - 6, y + 3.5, amount(level, chart.unit), 10, anchor="end")
    for place, words in moments(chart.at):
        x = plane.x(place)
        bottom = _HEIGHT - _BOTTOM
        yield Path(((x, bottom), (x, bottom + 4)), MUTED, 0.7)
        yield Text(x, bottom + 15, words, 10, anchor="middle")


def _band(chart: LineChart, plane: _Plane) -> Iterator[Shape]:
    if chart.band is None:
        return
    pairs = zip(chart.band.low, chart.band.high, strict=True)
    known = [
        (plane.x(place), low, high)
        for place, (low, high) in enumerate(pairs)
        if low is not None and high is not None
    ]
    if len(known) > 1:
        upper = tuple((x, plane.y(high)) for x, _, high in known)
        lower = tuple((x, plane.y(low)) for x, low, _ in reversed(known))
        yield Area(upper + lower, SOFT)


def _marks(chart: LineChart, plane: _Plane) -> Iterator[Shape]:
    if len(chart.at) < 2:
        return
    step = (chart.at[1] - chart.at[0]).total_seconds()
    for number, mark in enumerate(chart.marks[:9], 1):
        x = plane.x((mark.at - chart.at[0]).total_seconds() / step - 0.5)
        if _LEFT <= x <= WIDTH - _RIGHT:
            yield Path(((x, _TOP), (x, _HEIGHT - _BOTTOM)), INK, 0.8, (1.5, 2.5))
            yield Box(x - 6, _TOP - 12, 12, 12, INK)
            yield Text(x, _TOP - 2.6, str(number), 9, "#ffffff", "middle", bold=True)


def _limit(chart: LineChart, plane: _Plane) -> Iterator[Shape]:
    if chart.limit is None or not plane.low <= chart.limit <= plane.high:
        return
    y = plane.y(chart.limit)
    yield Path(((_LEFT, y), (WIDTH - _RIGHT, y)), INK, 0.9, (8.0, 3.0, 2.0, 3.0))
    words = f"limit {amount(chart.limit, chart.unit)}"
    yield Box(_LEFT + 2, y - 13, 5.2 * len(words), 11, PAPER)
    yield Text(_LEFT + 4, y - 4, words, 9.5, INK)


def _lines(chart: LineChart, plane: _Plane) -> Iterator[Shape]:
    labels: list[tuple[float, str, str]] = []
    for number, line in enumerate(chart.lines):
        stroke, width, dash = _STYLES[number % len(_STYLES)]
        last = None
        for piece in _pieces(line.values):
            points = tuple((plane.x(place), plane.y(value)) for place, value in piece)
            last = points[-1]
            if len(points) == 1:
                yield Box(last[0] - 1.5, last[1] - 1.5, 3, 3, stroke)
            else:
                yield Path(points, stroke, width, dash)
        if last is not None:
            labels.append((last[1], line.name, stroke))
    yield from _labels(labels)


def _labels(labels: list[tuple[float, str, str]]) -> Iterator[Shape]:
    lowest = -_LABEL_APART
    for y, name, colour in sorted(labels):
        lowest = max(y + 3.5, lowest + _LABEL_APART)
        yield Text(WIDTH - _RIGHT + 6, lowest, name, 10.5, colour, bold=True)


def _pieces(values: tuple[float | None, ...]) -> Iterator[list[tuple[int, float]]]:
    """Runs of measured values."""
    run: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []
    if run:
        yield run
