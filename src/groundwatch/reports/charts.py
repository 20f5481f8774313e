"""What charts show; how they are drawn is `drawing`'s."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Values step by step; None is a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: an incident, a deploy."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected: between two bounds."""

    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over time.

    Attributes:
        at: when each step begins, in the readers' zone.
        limit: a level that is aimed at, in the unit; None without.
        says: the chart in a sentence, for those who do not see it.
    """

    name: str
    title: str
    unit: str
    at: tuple[datetime, ...]
    lines: tuple[Line, ...]
    says: str
    link: str = ""
    marks: tuple[Mark, ...] = ()
    band: Band | None = None
    limit: float | None = None

    @property
    def is_empty(self) -> bool:
        return all(value is None for line in self.lines for value in line.values)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of equal steps from 0 to 1; `before` of the span before, where comparable."""

    name: str
    title: str
    shares: tuple[float, ...]
    before: tuple[float, ...] | None
    says: str
    link: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(self.shares)


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Values by row and hour of the day; None where nothing was measured."""

    name: str
    title: str
    unit: str
    rows: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    says: str
    link: str = ""

    @property
    def is_empty(self) -> bool:
        return all(value is None for row in self.values for value in row)


Chart = LineChart | Histogram | Heatmap
