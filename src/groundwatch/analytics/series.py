"""Numbers over time, as charts draw them; what was not measured is a gap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from groundwatch.analytics.tallies import Cells, Tally, by_bucket
from groundwatch.analytics.windows import Window
from groundwatch.domain.metrics import Metric


@dataclass(frozen=True, slots=True)
class Series:
    """Values step by step.

    Attributes:
        at: when each step begins.
        values: one a step; None where nothing was measured.
        counts: how many observations each rests on.
    """

    name: str
    unit: str
    at: tuple[datetime, ...]
    values: tuple[float | None, ...]
    counts: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.values)


def mean(tally: Tally) -> float | None:
    return tally.mean


def quantile(q: float) -> Callable[[Tally], float | None]:
    """The function that reads a quantile."""
    return lambda tally: tally.quantile(q)


def drawn(
    name: str,
    unit: str,
    window: Window,
    tallies: Mapping[datetime, Tally],
    value: Callable[[Tally], float | None],
) -> Series:
    """A series of what was observed; steps without observations are gaps."""
    at = window.buckets()
    found = [tallies.get(moment) for moment in at]
    return Series(
        name,
        unit,
        tuple(at),
        tuple(None if each is None else value(each) for each in found),
        tuple(0 if each is None else each.count for each in found),
    )


def per_minute(
    name: str, unit: str, window: Window, tallies: Mapping[datetime, Tally], begun: datetime | None
) -> Series:
    """Sums as a rate a minute: nothing observed is none, but before `begun` it is a gap."""
    at = window.buckets()
    values: list[float | None] = []
    for moment in at:
        tally = tallies.get(moment)
        if tally is not None:
            values.append(tally.total * 60 / window.bucket_seconds(moment))
        else:
            values.append(0.0 if begun is not None and moment >= begun else None)
    counts = tuple(tallies[moment].count if moment in tallies else 0 for moment in at)
    return Series(name, unit, tuple(at), tuple(values), counts)


def ratio(
    name: str,
    window: Window,
    parts: Mapping[datetime, Tally],
    wholes: Mapping[datetime, Tally],
) -> Series:
    """Counts as a share of other counts; a gap where there is nothing to share."""
    at = window.buckets()
    wholes_at = [wholes[moment].total if moment in wholes else 0.0 for moment in at]
    parts_at = [parts[moment].total if moment in parts else 0.0 for moment in at]
    values = [
        part / whole if whole > 0 else None for part, whole in zip(parts_at, wholes_at, strict=True)
    ]
    return Series(name, "ratio", tuple(at), tuple(values), tuple(round(each) for each in wholes_at))


def series_of(
    source: Cells, metric: Metric, window: Window, value: Callable[[Tally], float | None] = mean
) -> Series:
    """A metric over time."""
    return drawn(metric.name, metric.unit, window, by_bucket(source, metric, window), value)


def begun_at(tallies: Mapping[datetime, Tally]) -> datetime | None:
    """The first step with observations."""
    return min(tallies, default=None)
