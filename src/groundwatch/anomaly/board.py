"""Many series watched at once, within bounds."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from groundwatch.anomaly.ensemble import DEFAULT_LAYERS, Ensemble, Layer
from groundwatch.anomaly.memory import Plain
from groundwatch.anomaly.pool import Pool
from groundwatch.anomaly.series import STEADY, Taken, WatchedSeries, restore
from groundwatch.domain.metrics import BUILT_IN, Spread
from groundwatch.errors import InvalidInput

ANSWERS = 20.0
"""A mean rests on so many answers, and a count on so many minutes:"""
MINUTES = 3.0


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Which series: as cells are split.

    Attributes:
        dimension, label: both empty for the whole.
    """

    metric: str
    application: str = ""
    dimension: str = ""
    label: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """As a finding shows them."""
        pairs = (("application", self.application), (self.dimension, self.label))
        return {name: label for name, label in pairs if name and label}


def counted(metric: str) -> bool:
    """Whether a metric only counts, so that its value is a rate and not a mean."""
    known = BUILT_IN.get(metric)
    return known is not None and known.spread is Spread.NONE


@dataclass(slots=True)
class Board:
    """The watched series, the one that was silent longest leaving when there are too many.

    Attributes:
        limit: how many series are watched; each takes about 300 kB.
        layers: that judge each series.
        dropped: how many had to leave.
    """

    limit: int = 1000
    layers: tuple[Layer, ...] = DEFAULT_LAYERS
    dropped: int = 0
    _series: OrderedDict[SeriesKey, WatchedSeries] = field(default_factory=OrderedDict)
    _changed: set[SeriesKey] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._series)

    def take(self, key: SeriesKey, at: float, value: float, weight: float = 1.0) -> Taken:
        """Take one minute of a series; a series that is new begins to learn.

        Args:
            key: which series.
            at: the minute, seconds since the epoch.
            value: mean of the minute, or its count for a metric that only counts.
            weight: observations behind a mean; 1 for a count, 0 for none.
        """
        series = self._series.get(key)
        if series is None:
            series = self._put(key, WatchedSeries(self._ensemble(), pool=_pool(key.metric)))
        self._series.move_to_end(key)
        self._changed.add(key)
        return series.take(at, value, weight)

    def expected(self, key: SeriesKey, at: float) -> tuple[float, float] | None:
        """What would be ordinary then; None for a series that is unknown or learning."""
        series = self._series.get(key)
        return series.ensemble.expected(at) if series else None

    def first(self, key: SeriesKey) -> float | None:
        """When the first value of a series came, seconds since the epoch."""
        series = self._series.get(key)
        return None if series is None else series.first

    def states(self) -> Iterator[tuple[SeriesKey, dict[str, Plain]]]:
        """What changed since it was last asked, to be stored."""
        while self._changed:
            key = self._changed.pop()
            yield key, self._series[key].state()

    def every(self) -> Iterator[tuple[SeriesKey, dict[str, Plain]]]:
        """All of what was learned."""
        for key, series in self._series.items():
            yield key, series.state()

    def load(self, key: SeriesKey, state: dict[str, Plain]) -> bool:
        """Go on from a stored state; False when it cannot be used and the series learns anew."""
        try:
            series = restore(state)
        except InvalidInput:
            return False
        if series is None or series.ensemble.layers != self.layers:
            return False
        self._put(key, series)
        return True

    def _ensemble(self) -> Ensemble:
        return Ensemble(tail_rate=STEADY, steady=True, layers=self.layers)

    def _put(self, key: SeriesKey, series: WatchedSeries) -> WatchedSeries:
        self._series[key] = series
        while len(self._series) > self.limit:
            left, _ = self._series.popitem(last=False)
            self._changed.discard(left)
            self.dropped += 1
        return series


def _pool(metric: str) -> Pool:
    known = BUILT_IN.get(metric)
    if counted(metric):
        return Pool(enough=MINUTES)
    of_system = known is None or metric.startswith("system.")
    return Pool(enough=0.0 if of_system else ANSWERS)
