"""How single values are usually spread, as a whole and at this time of day."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import sqrt

DAY, HOUR, HOURS = 86_400.0, 3600.0, 24
_KEPT_A_DAY = 0.9
"""What a day leaves of what was known before it: half of it is a week old or less."""
_PRIOR = 50.0
"""Observations that the whole counts beside those of the hour."""
_CUT = 0.05
_AS_EVER = 0.1
"""Share of values that are as ever though the others have moved."""

Counts = Mapping[int, float]


def _hours() -> list[dict[int, float]]:
    return [{} for _ in range(HOURS)]


@dataclass(slots=True)
class Reference:
    """Faded counts of values by bucket; buckets sort as values do.

    Attributes:
        whole: of all hours; `hours` of each hour of the day, the one before and the one after.
        day: the newest day that was learned, since the epoch.
    """

    whole: dict[int, float] = field(default_factory=dict)
    hours: list[dict[int, float]] = field(default_factory=_hours)
    size: float = 0.0
    day: int = 0

    def learn(self, at: float, counts: Counts, share: float = 1.0) -> None:
        """Count values; what is older fades day by day.

        Args:
            at: seconds since the epoch.
            counts: how many values there were in each bucket.
            share: what one of them counts.
        """
        self._fade(int(at // DAY))
        hour = int(at % DAY // HOUR)
        near = [self.hours[(hour + step) % HOURS] for step in (-1, 0, 1)]
        for bucket, count in counts.items():
            self.size += share * count
            for each in (self.whole, *near):
                each[bucket] = each.get(bucket, 0.0) + share * count

    def tails(self, at: float, buckets: Iterable[int]) -> dict[int, tuple[float, float]]:
        """For each bucket, how probable a value as high, and as low, is by chance.

        Ties count half. The greater probability of two holds: among all values, and among those of
        this time of day, so that what is usual at night is usual, at night.
        """
        near = self._near(at)
        among, local = _Order.of(self.whole), _Order.of(near)
        found = {}
        for bucket in buckets:
            whole = [(each + 0.5) / (self.size + 1.0) for each in among.beyond(bucket)]
            own = [
                (each + _PRIOR * most) / (local.size + _PRIOR)
                for each, most in zip(local.beyond(bucket), whole, strict=True)
            ]
            above, below = (min(max(pair), 1.0) for pair in zip(whole, own, strict=True))
            found[bucket] = (above, below)
        return found

    def moved(self, at: float, bucket: int, shifts: Iterable[int], width: int) -> list[float]:
        """How much more probable a value is had all values moved by so many buckets.

        Densities are means over `width` buckets on either side. The value itself counts as one of
        those before it, so that on average the ratio is 1 at most while nothing has moved; where
        the time of day makes it more probable, that holds.
        """
        window = range(bucket - width, bucket + width + 1)
        usual = (sum(self.whole.get(each, 0.0) for each in window) + 1.0) / self.size
        near = self._near(at)
        if there := sum(near.get(each, 0.0) for each in window):
            local = (there + _PRIOR * usual) / (sum(near.values()) + _PRIOR)
            usual = max(usual, local)
        scale = (1.0 - _AS_EVER) / (self.size * usual)
        get = self.whole.get
        return [scale * sum(get(b - shift, 0.0) for b in window) + _AS_EVER for shift in shifts]

    def share(self, at: float, bucket: int) -> tuple[float, float]:
        """The least and the greatest share of a bucket: of all values, and at this time of day."""
        whole = (self.whole.get(bucket, 0.0) + 0.5) / (self.size + 1.0)
        near = self._near(at)
        own = near.get(bucket, 0.0) + _PRIOR * whole
        local = own / (sum(near.values()) + _PRIOR)
        return min(whole, local), max(whole, local)

    def moments(self, at: float, values: Mapping[int, float]) -> tuple[float, float]:
        """Mean and standard deviation at a time of day, by the value of each bucket.

        The greatest and the least twentieth are left out: a few timeouts are no wide spread.
        """
        counts = dict(self._near(at))
        for bucket, count in self.whole.items():
            counts[bucket] = counts.get(bucket, 0.0) + _PRIOR * count / self.size
        cut, passed = sum(counts.values()) * _CUT, 0.0
        whole, kept = sum(counts.values()), []
        for bucket in sorted(counts):
            low, passed = passed, passed + counts[bucket]
            kept.append((values[bucket], min(passed, whole - cut) - max(low, cut)))
        kept = [(value, count) for value, count in kept if count > 0.0]
        size = sum(count for _, count in kept)
        mean = sum(value * count for value, count in kept) / size
        return mean, sqrt(sum(count * (value - mean) ** 2 for value, count in kept) / size)

    def _near(self, at: float) -> dict[int, float]:
        return self.hours[int(at % DAY // HOUR)]

    def _fade(self, day: int) -> None:
        if day <= self.day:
            return
        kept = _KEPT_A_DAY ** (day - self.day) if self.day else 1.0
        self.day = day
        for counts in (self.whole, *self.hours):
            for bucket in [*counts]:
                counts[bucket] *= kept
                if counts[bucket] < 1e-3:
                    del counts[bucket]
        self.size = sum(self.whole.values())


@dataclass(frozen=True, slots=True)
class _Order:
    """Counts in the order of their buckets, to look up how many lie on either side."""

    buckets: list[int]
    below: list[float]

    @classmethod
    def of(cls, counts: Counts) -> "_Order":
        buckets = sorted(counts)
        return cls(buckets, [0.0, *accumulate(counts[each] for each in buckets)])

    @property
    def size(self) -> float:
        return self.below[-1]

    def beyond(self, bucket: int) -> tuple[float, float]:
        """How many lie above and below; those of the bucket itself count half on both sides."""
        place = bisect_left(self.buckets, bucket)
        there = place < len(self.buckets) and self.buckets[place] == bucket
        ties = self.below[place + 1] - self.below[place] if there else 0.0
        below = self.below[place] + 0.5 * ties
        return self.size - below, below
