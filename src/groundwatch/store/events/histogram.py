"""How the values of a metric are spread: sparse buckets that add, subtract and merge exactly.

Logarithmic buckets have bounds that grow by `GAMMA`, so a quantile is within 2 % of a true value
(DDSketch, Masson et al. 2019); scores have steps of .01. Weights are kept to 1/1024, so that sums
and differences of them are exact and taking an observation away undoes adding it.
"""

import math
from collections.abc import Iterable, Mapping

import msgpack  # type: ignore[import-untyped]

from groundwatch.domain.metrics import Spread

ERROR = 0.02
GAMMA = (1 + ERROR) / (1 - ERROR)
"""1.0408: the ratio between the bounds of a logarithmic bucket."""
_LN_GAMMA = math.log(GAMMA)
_MIDDLE = 2 / (GAMMA + 1)
_LOWEST, _HIGHEST = -1100, 2900
"""Buckets of 1e-19 and 1e50; what lies beyond falls into them."""
_ZERO = -10_000
_MIRROR = -20_000
"""A negative value has the bucket of its amount, mirrored below the bucket of zero."""
_STEPS = 100

Weight = int | float


def quantized(weight: float) -> Weight:
    """A positive weight to 1/1024, and not less; a whole one as an integer."""
    whole = int(weight)
    return whole if whole == weight else max(1, round(weight * 1024)) / 1024


def bucket(value: float, spread: Spread) -> int:
    """The bucket of a finite value; buckets sort as their values do."""
    if spread is Spread.UNIT:
        return min(_STEPS, max(0, round(value * _STEPS)))
    if value > 0:
        return min(_HIGHEST, max(_LOWEST, math.ceil(math.log(value) / _LN_GAMMA)))
    return _ZERO if value == 0 else _MIRROR - bucket(-value, spread)


def middle(index: int, spread: Spread) -> float:
    """The value that stands for a bucket."""
    if spread is Spread.UNIT:
        return index / _STEPS
    if index == _ZERO:
        return 0.0
    if index < _ZERO:
        return -middle(_MIRROR - index, spread)
    return float(_MIDDLE * math.exp(index * _LN_GAMMA))


class Histogram:
    """Weights by bucket.

    Args:
        spread: `LOG` or `UNIT`.
        buckets: taken over, not copied.
    """

    __slots__ = ("buckets", "spread")

    def __init__(self, spread: Spread, buckets: dict[int, Weight] | None = None) -> None:
        self.spread = spread
        self.buckets: dict[int, Weight] = {} if buckets is None else buckets

    def add(self, value: float, weight: float = 1.0) -> None:
        """Count a finite value."""
        shift(self.buckets, bucket(value, self.spread), quantized(weight))

    def merge(self, other: "Histogram") -> None:
        """Count everything another histogram of the same spread counts."""
        combine(self.buckets, other.buckets)

    def subtract(self, other: "Histogram") -> None:
        """Undo `merge`."""
        combine(self.buckets, {index: -weight for index, weight in other.buckets.items()})

    @property
    def weight(self) -> float:
        return float(sum(self.buckets.values()))

    def quantile(self, share: float) -> float | None:
        """The value that `share` (0 to 1) of the weight does not exceed; None without any."""
        whole = self.weight
        if whole <= 0:
            return None
        wanted, passed = share * whole, 0.0
        index = _ZERO
        for index in sorted(self.buckets):
            passed += self.buckets[index]
            if passed >= wanted and passed > 0:
                break
        return middle(index, self.spread)

    def share_below(self, limit: float) -> float | None:
        """Which share of the weight lies below a limit; None without any.

        The bucket that holds the limit counts in proportion to what of it lies below.
        """
        whole = self.weight
        if whole <= 0:
            return None
        edge = bucket(limit, self.spread)
        below = sum(weight for index, weight in self.buckets.items() if index < edge)
        inside = self.buckets.get(edge, 0) * _part_below(limit, edge, self.spread)
        return float(below + inside) / whole

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self.spread is other.spread and self.buckets == other.buckets

    def __hash__(self) -> int:
        return hash((self.spread, frozenset(self.buckets.items())))

    def __repr__(self) -> str:
        return f"Histogram({self.spread}, {self.buckets})"

    def __bytes__(self) -> bytes:
        return packed(self.buckets)


def shift(buckets: dict[int, Weight], index: int, weight: Weight) -> None:
    """Add to one bucket; an empty one goes."""
    now = buckets.get(index, 0) + weight
    if now:
        buckets[index] = now
    else:
        buckets.pop(index, None)


def combine(buckets: dict[int, Weight], other: Mapping[int, Weight]) -> None:
    """Add all buckets of another."""
    get = buckets.get
    for index, weight in other.items():
        now = get(index, 0) + weight
        if now:
            buckets[index] = now
        else:
            buckets.pop(index, None)


def packed(buckets: Mapping[int, Weight]) -> bytes:
    """Buckets as bytes: 2 to 5 bytes each."""
    if not buckets:
        return b""
    data: bytes = msgpack.packb(buckets)
    return data


def unpacked(data: bytes) -> dict[int, Weight]:
    """The buckets of `packed`."""
    if not data:
        return {}
    found: dict[int, Weight] = msgpack.unpackb(data, strict_map_key=False)
    return found


def added(data: bytes, more: bytes) -> bytes:
    """Both packed buckets as one."""
    if not more:
        return data
    buckets = unpacked(data)
    combine(buckets, unpacked(more))
    return packed(buckets)


def merged(spread: Spread, parts: Iterable[bytes]) -> Histogram:
    """One histogram of several packed ones."""
    whole = Histogram(spread)
    for part in parts:
        combine(whole.buckets, unpacked(part))
    return whole


def _part_below(limit: float, index: int, spread: Spread) -> float:
    """What share of a bucket's width lies below a limit inside it."""
    if spread is Spread.UNIT:
        low, high = (index - 0.5) / _STEPS, (index + 0.5) / _STEPS
    elif index == _ZERO:
        return 0.0
    elif index < _ZERO:
        return 1 - _part_below(-limit, _MIRROR - index, spread)
    else:
        low, high = math.exp((index - 1) * _LN_GAMMA), math.exp(index * _LN_GAMMA)
    return min(1.0, max(0.0, (limit - low) / (high - low)))
