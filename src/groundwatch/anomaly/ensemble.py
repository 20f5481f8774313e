"""Several detectors on one series, and one score from them all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Protocol

from groundwatch.anomaly.autoregression import Autoregression
from groundwatch.anomaly.calibration import Heights, Peaks, Tail
from groundwatch.anomaly.daily_band import DailyBand
from groundwatch.anomaly.level import Level
from groundwatch.anomaly.out_of_range import OutOfRange
from groundwatch.anomaly.seasonal import Seasonal
from groundwatch.anomaly.sequence import NextWindow
from groundwatch.anomaly.subsequence import Subsequence
from groundwatch.errors import InvalidInput

RARITY_CAP = 6.0
"""A detector's rarity counts as one in a million at most, so that none decides alone."""
RECORD_UNIT = 0.05
"""A record broken by this share of the range counts as one unit ..."""
RECORD_CAP = 8.0
"""... and by eight units at most."""
RECORD_WEIGHT = 0.5
"""What a unit of a record adds, against a standard deviation of the usual peaks."""
EXPECTED_RARITY = 2.0
"""-log10 of the share of values that the expected range leaves out."""
NOTEWORTHY = 0.6
"""The score that told windows from the rest best, across files, on the Numenta benchmark."""
WARM_UP = 150
"""Values until the detectors know enough; before, a series is learning."""


class Layer(StrEnum):
    """A detector by its name; each can be switched off.

    The first eight judge values one after another, together; the others watch beside them.
    """

    RANGE = "range"
    BAND = "band"
    SEASONAL = "seasonal"
    WEEKLY = "weekly"
    LEVEL = "level"
    AUTOREGRESSION = "autoregression"
    SUBSEQUENCE = "subsequence"
    SEQUENCE = "sequence"
    ANSWERS = "answers"
    MIX = "mix"
    DISTRIBUTION = "distribution"
    COMBINATION = "combination"
    THRESHOLD = "threshold"


BESIDE = frozenset(
    {Layer.ANSWERS, Layer.MIX, Layer.DISTRIBUTION, Layer.COMBINATION, Layer.THRESHOLD}
)
"""Layers that open episodes of their own, which become one with those of the same series."""


def layers_named(names: Sequence[str]) -> tuple[Layer, ...]:
    """Layers by their names, each once.

    Raises:
        InvalidInput: there is none of that name.
    """
    try:
        return tuple(dict.fromkeys(Layer(name) for name in names))
    except ValueError as error:
        message = f"{error}; layers are {', '.join(Layer)}"
        raise InvalidInput(message) from error


class Detector(Protocol):
    """Scores a value by what was learned of earlier ones; scoring never learns.

    `at` is seconds since the epoch. Values are finite. A score is 0 or greater, and 0 where too
    little is known.
    """

    def score(self, at: float, value: float) -> float: ...

    def learn(self, at: float, value: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the detectors make of one value.

    Attributes:
        score: how far the series is from its usual worst; 0 or less is ordinary.
        rarity: mean of the detectors' -log10 of the probability of such a value.
        layers: each layer's share of the score's evidence.
        learning: too little is known; the score means nothing yet.
        missing: there was no finite value to score.
    """

    score: float
    rarity: float = 0.0
    layers: dict[Layer, float] = field(default_factory=dict)
    learning: bool = False
    missing: bool = False


DEFAULT_LAYERS = (
    Layer.RANGE,
    Layer.BAND,
    Layer.SEASONAL,
    Layer.WEEKLY,
    Layer.LEVEL,
    Layer.SUBSEQUENCE,
)


@dataclass(slots=True)
class Ensemble:
    """All layers on one series: their calibrated scores, weighted and summed.

    The rarities of the residual layers are averaged, capped, and compared with the peaks the series
    usually reaches; records of the range and of the daily band are added.

    Attributes:
        layers: which are switched on.
        tail_rate: how fast the calibration follows. The default adapts within hours at five minutes
            a value; a metric that is watched by the minute is better off with a steadier one.
        steady: whether what came often before limits how rare a score is.
    """

    tail_rate: float = 0.01
    steady: bool = False
    layers: tuple[Layer, ...] = DEFAULT_LAYERS
    seen: int = 0
    range: OutOfRange = field(default_factory=OutOfRange)
    band: DailyBand = field(default_factory=DailyBand)
    seasonal: Seasonal = field(default_factory=lambda: Seasonal(local_scale=True))
    weekly: Seasonal = field(default_factory=lambda: Seasonal(weekly=True))
    level: Level = field(default_factory=Level)
    autoregression: Autoregression = field(default_factory=Autoregression)
    subsequence: Subsequence = field(default_factory=Subsequence)
    sequence: NextWindow = field(default_factory=NextWindow)
    tails: dict[Layer, Tail] = field(default_factory=dict)
    peaks: Peaks = field(default_factory=Peaks)
    _residual: list[tuple[Layer, Detector, Tail]] = field(
        default_factory=list, init=False, compare=False, repr=False
    )
    _records: list[tuple[Layer, Detector]] = field(
        default_factory=list, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Gather the layers that are switched on."""
        residual: dict[Layer, Detector] = {
            Layer.SEASONAL: self.seasonal,
            Layer.WEEKLY: self.weekly,
            Layer.LEVEL: self.level,
            Layer.AUTOREGRESSION: self.autoregression,
            Layer.SUBSEQUENCE: self.subsequence,
            Layer.SEQUENCE: self.sequence,
        }
        records: dict[Layer, Detector] = {Layer.RANGE: self.range, Layer.BAND: self.band}
        for layer, detector in residual.items():
            if layer in self.layers:
                tail = self.tails.setdefault(layer, self._tail())
                self._residual.append((layer, detector, tail))
        self._records = [(each, records[each]) for each in records if each in self.layers]

    def _tail(self) -> Tail:
        return Tail(rate=self.tail_rate, heights=Heights() if self.steady else None)

    def assess(self, at: float, value: float) -> Assessment:
        """Score a value by all layers and learn nothing.

        Args:
            at: seconds since the epoch.
            value: what was measured; one that is not finite is no value and scores 0.
        """
        if not isfinite(value):
            return Assessment(0.0, learning=self.seen < WARM_UP, missing=True)
        raw = [detector.score(at, value) for _, detector, _ in self._residual]
        records = [detector.score(at, value) for _, detector in self._records]
        return self._combine(raw, records)

    def take(self, at: float, value: float) -> Assessment:
        """Score a value first, then learn it."""
        if not isfinite(value):
            return Assessment(0.0, learning=self.seen < WARM_UP, missing=True)
        raw = [detector.score(at, value) for _, detector, _ in self._residual]
        records = [detector.score(at, value) for _, detector in self._records]
        found = self._combine(raw, records)
        self._learn(at, value, raw, found.rarity)
        return found

    def expected(self, at: float) -> tuple[float, float] | None:
        """The least and the greatest value that would be ordinary; None while unknown.

        Ordinary is what one value in a hundred leaves, by the residuals of the time of day; where
        that layer is off, the band of the last days.
        """
        if self.seen < WARM_UP:
            return None
        for layer, model in ((Layer.SEASONAL, self.seasonal), (Layer.WEEKLY, self.weekly)):
            if layer in self.layers:
                reach = self.tails[layer].raw_at(EXPECTED_RARITY) * model.usual(at)
                middle = model.expected(at)
                return middle - reach, middle + reach
        return self.band.band(at) if Layer.BAND in self.layers else None

    def _learn(self, at: float, value: float, raw: list[float], rarity: float) -> None:
        for (_, detector, tail), score in zip(self._residual, raw, strict=True):
            tail.learn(score)
            detector.learn(at, value)
        for _, detector in self._records:
            detector.learn(at, value)
        self.peaks.learn(rarity)
        self.seen += 1

    def _combine(self, raw: list[float], records: list[float]) -> Assessment:
        layers: dict[Layer, float] = {}
        rarity = 0.0
        for (layer, _, tail), score in zip(self._residual, raw, strict=True):
            layers[layer] = own = min(tail.score(score), RARITY_CAP)
            rarity += own
        if self._residual:
            rarity /= len(self._residual)
        total = self.peaks.score(rarity)
        for (layer, _), score in zip(self._records, records, strict=True):
            layers[layer] = own = min(score / RECORD_UNIT, RECORD_CAP)
            total += RECORD_WEIGHT * own
            if not self._residual:
                rarity = max(rarity, min(own, RARITY_CAP))
        return Assessment(total, rarity, layers, self.seen < WARM_UP)
