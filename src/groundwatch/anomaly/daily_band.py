"""Values outside the band in which recent days moved at about this time of day."""

from dataclasses import dataclass, field

from groundwatch.anomaly.out_of_range import OutOfRange

DAY = 86_400.0


@dataclass(slots=True)
class DailyBand:
    """By how much a value breaks a record of leaving the band of the last days.

    The band runs from the least to the greatest value of the same half hour and its neighbours on
    each of the last `days` days. How far a series usually leaves its band differs from series to
    series, so it is the distance that is compared with the greatest distance so far.

    Attributes:
        slots: into how many a day is divided.
        neighbours: slots before and after that count as the same time of day.
        stamps, lows, highs: a ring of slots, each with its number since the epoch.
        current, low, high, known: the slot of the last value and its band, worked out once a slot.
    """

    days: int = 3
    slots: int = 48
    neighbours: int = 2
    stamps: list[int] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    distances: OutOfRange = field(default_factory=lambda: OutOfRange(warm_up=100))
    current: int | None = field(default=None, init=False)
    low: float = field(default=0.0, init=False)
    high: float = field(default=0.0, init=False)
    known: bool = field(default=False, init=False)

    def score(self, at: float, value: float) -> float:
        """How far beyond the greatest distance so far, in widths of the range of distances."""
        return self.distances.score(at, self._distance(at, value))

    def learn(self, at: float, value: float) -> None:
        """Take the value into the band of the days to come."""
        self.distances.learn(at, self._distance(at, value))
        slot = int(at * self.slots // DAY)
        here = slot % len(self.stamps)
        if self.stamps[here] != slot:
            self.stamps[here] = slot
            self.lows[here] = self.highs[here] = value
        elif value < self.lows[here]:
            self.lows[here] = value
        elif value > self.highs[here]:
            self.highs[here] = value

    def band(self, at: float) -> tuple[float, float] | None:
        """The band at a time; None where no earlier day is known."""
        slot = int(at * self.slots // DAY)
        if slot != self.current:
            self._enter(slot)
        return (self.low, self.high) if self.known else None

    def _distance(self, at: float, value: float) -> float:
        slot = int(at * self.slots // DAY)
        if slot != self.current:
            self._enter(slot)
        if not self.known or self.low <= value <= self.high:
            return 0.0
        return value - self.high if value > self.high else self.low - value

    def _enter(self, slot: int) -> None:
        if not self.stamps:
            length = (self.days + 1) * self.slots
            self.stamps = [-1] * length
            self.lows, self.highs = [0.0] * length, [0.0] * length
        self.current = slot
        found = [
            other % len(self.stamps)
            for day in range(1, self.days + 1)
            for other in range(
                slot - day * self.slots - self.neighbours,
                slot - day * self.slots + self.neighbours + 1,
            )
            if self.stamps[other % len(self.stamps)] == other
        ]
        self.known = bool(found)
        if found:
            self.low = min(self.lows[here] for here in found)
            self.high = max(self.highs[here] for here in found)
