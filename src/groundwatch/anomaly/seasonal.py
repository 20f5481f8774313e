"""How far a value is from what its time of day, and of the week, usually brings."""

from dataclasses import dataclass, field

DAY = 86_400.0
WEEK_DAYS = 7
FIRST_WEEKEND_DAY = 5
THURSDAY = 3
"""The weekday of the epoch, Monday being 0."""
_USUAL_STEP = 300.0
_SLOW = 0.02
_CLIP = 8.0
_WARM_UP = 50
_RESOLUTION = 1e-4
"""A residual below this share of the level is never usual: a flat line has some width."""
_SPARSE = 0.1
"""Nor is one below this share of the mean residual, rare ones included: where almost all values
are alike, as counts of rare events are, the usual residual would otherwise vanish."""
_SPREAD_RATE, _SPREAD_CLIP = 0.0005, 1000.0
_TINY = 1e-12


@dataclass(slots=True)
class Seasonal:
    """Residual from the level of a slot of the day, in units of its usual size.

    Levels are kept for weekdays and weekends, with `weekly` also for each day of the week; a slot
    that was never seen takes the other kind of day, then a slow level. With `local_scale` a slot's
    own usual residual counts when it is greater than that of the whole series, so that a busy hour
    may vary more than a quiet one. A value teaches as if it were eight usual residuals away at
    most: what is unusual moves no level at once, and what stays is the new level in the end.

    Attributes:
        rate: share of a new value in its slot's level, for values five minutes apart or more;
            values that come more often count accordingly less.
        levels: by slot; of kinds of day first (0 to 2 x slots), then of days of the week.
        scales: usual residual by slot of the day.
        scale: usual residual of the whole series.
        spread: mean residual, nearly however great, followed slowly.
    """

    weekly: bool = False
    local_scale: bool = False
    slots: int = 48
    rate: float = 0.2
    scale_rate: float = 0.005
    local_rate: float = 0.03
    seen: int = 0
    last: float = 0.0
    slow: float = 0.0
    scale: float = 0.0
    spread: float = 0.0
    levels: dict[int, float] = field(default_factory=dict)
    scales: dict[int, float] = field(default_factory=dict)

    def score(self, at: float, value: float) -> float:
        """The size of the residual in units of the usual one; 0 while too little is known."""
        if self.seen < _WARM_UP:
            return 0.0
        residual = value - self.expected(at)
        return abs(residual) / self.usual(at)

    def expected(self, at: float) -> float:
        """The level of this time of the week."""
        kind, other, of_week = self._keys(at)
        if self.weekly and (level := self.levels.get(of_week)) is not None:
            return level
        if (level := self.levels.get(kind)) is not None:
            return level
        return self.levels.get(other, self.slow)

    def usual(self, at: float) -> float:
        """The usual size of a residual at this time of day."""
        floor = self._floor()
        if not self.local_scale:
            return floor
        return max(floor, self.scales.get(int(at % DAY * self.slots / DAY), 0.0))

    def learn(self, at: float, value: float) -> None:
        """Move the slot's level and scale towards the value."""
        if not self.seen:
            self.slow = value
        expected = self.expected(at)
        residual = abs(value - expected)
        if self.seen >= _WARM_UP:
            most = _CLIP * self.usual(at)
            value = max(expected - most, min(expected + most, value))
        self._learn_scale(at, residual)
        share = self._share(at)
        kind, _, of_week = self._keys(at)
        for key in (kind, of_week) if self.weekly else (kind,):
            level = self.levels.get(key)
            self.levels[key] = value if level is None else level + share * (value - level)
        self.slow += _SLOW * (value - self.slow)
        self.seen += 1
        self.last = at

    def _share(self, at: float) -> float:
        step = at - self.last
        if not self.seen or step >= _USUAL_STEP or step <= 0.0:
            return self.rate
        return self.rate * step / _USUAL_STEP

    def _learn_scale(self, at: float, residual: float) -> None:
        if self.seen < _WARM_UP:
            self.scale += (residual - self.scale) / (self.seen + 1)
            self.spread = self.scale
            return
        if self.local_scale:
            slot = int(at % DAY * self.slots / DAY)
            own = self.scales.get(slot, self.scale)
            clipped = min(residual, _CLIP * self.usual(at))
            self.scales[slot] = own + self.local_rate * (clipped - own)
        clipped = min(residual, _CLIP * self._floor())
        self.scale += self.scale_rate * (clipped - self.scale)
        clipped = min(residual, _SPREAD_CLIP * self._floor())
        self.spread += _SPREAD_RATE * (clipped - self.spread)

    def _floor(self) -> float:
        return max(self.scale, _SPARSE * self.spread, _RESOLUTION * abs(self.slow), _TINY)

    def _keys(self, at: float) -> tuple[int, int, int]:
        day = int(at // DAY)
        weekday = (day + THURSDAY) % WEEK_DAYS
        slot = int((at - day * DAY) * self.slots / DAY)
        if weekday >= FIRST_WEEKEND_DAY:
            kind, other = self.slots + slot, slot
        else:
            kind, other = slot, self.slots + slot
        return kind, other, (2 + weekday) * self.slots + slot
