"""Charts with a range that is expected: a soft area under the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundwatch.analytics.series import Series
from groundwatch.dashboard import charts
from groundwatch.dashboard.charts import Look, Options
from groundwatch.domain.events import Event


@dataclass(frozen=True, slots=True)
class Band:
    """A range over time; None where nothing is expected."""

    at: tuple[datetime, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


def banded(lines: Sequence[Series], band: Band, look: Look, marks: Sequence[Event] = ()) -> Options:
    """Lines over time before the range in which they are, or were, expected."""
    options = charts.over_time(lines, look, marks)
    drawn = options["series"]
    assert isinstance(drawn, list)
    for each in drawn:
        each.pop("endLabel", None)
    legend, grid = options["legend"], options["grid"]
    assert isinstance(legend, dict)
    assert isinstance(grid, dict)
    many = len(lines) > 1
    legend |= {"show": many, "data": [line.name for line in lines]}
    grid |= {"right": 22, "top": 34 if many else 18}
    options["series"] = [*drawn, *_area(band)]
    return options


def _area(band: Band) -> list[Options]:
    """Two lines on each other: an unseen one up to the low end, a filled one up to the high."""
    lows: list[list[float | None]] = []
    heights: list[list[float | None]] = []
    for at, low, high in zip(band.at, band.low, band.high, strict=True):
        stamp = int(at.timestamp() * 1000)
        known = low is not None and high is not None
        lows.append([stamp, low if known else None])
        heights.append([stamp, high - low if low is not None and high is not None else None])
    unseen: Options = {
        "type": "line", "stack": "band", "stackStrategy": "all", "symbol": "none",
        "silent": True, "z": 0,
        "lineStyle": {"opacity": 0}, "connectNulls": False, "emphasis": {"disabled": True},
        "tooltip": {"show": False},
    }  # fmt: skip
    return [
        {**unseen, "name": "from", "data": lows},
        {
            **unseen,
            "name": "to",
            "data": heights,
            "areaStyle": {"color": "var(--series-1)", "opacity": 0.16},
        },
    ]
