"""One value a minute for each series, from cells that may still grow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from groundwatch.anomaly.memory import Plain
from groundwatch.errors import InvalidInput

MINUTE = timedelta(minutes=1)
LATE = timedelta(minutes=5)
"""So long a minute may still grow: slow answers and scores count for the minute of their question.
What came after it was judged is added to the next one; what comes later still is left out."""

Sums = tuple[float, float]
"""Weight and total."""
NOTHING: Sums = (0.0, 0.0)


@dataclass(slots=True)
class Feed:
    """How far one series was read.

    Attributes:
        next: the first minute that was not judged yet.
        recent: what was judged of the last minutes.
    """

    next: datetime
    recent: dict[datetime, Sums] = field(default_factory=dict)

    def take(
        self, minutes: Mapping[datetime, Sums], until: datetime
    ) -> Iterator[tuple[datetime, Sums]]:
        """Yield each minute before `until` once, with what came late of those before it."""
        late = self._late(minutes)
        while self.next < until:
            at = self.next
            own = minutes.get(at, NOTHING)
            if at >= until - LATE:
                self.recent[at] = own
            self.next = at + MINUTE
            yield at, (own[0] + late[0], own[1] + late[1])
            late = NOTHING
        for at in [at for at in self.recent if at < until - LATE]:
            del self.recent[at]

    def _late(self, minutes: Mapping[datetime, Sums]) -> Sums:
        """What the minutes that were judged have grown by; corrections downwards are left."""
        weight = total = 0.0
        for at, judged in self.recent.items():
            now = minutes.get(at, judged)
            if now[0] > judged[0]:
                weight += now[0] - judged[0]
                total += now[1] - judged[1]
                self.recent[at] = now
        return weight, total

    @classmethod
    def of(cls, state: Mapping[str, Plain]) -> "Feed":
        """As it was; raises InvalidInput when the state is damaged."""
        try:
            rows = cast("list[tuple[str, float, float]]", state["recent"])
            recent = {datetime.fromisoformat(at): (weight, total) for at, weight, total in rows}
            return cls(datetime.fromisoformat(cast("str", state["next"])), recent)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput("the stored place in a series cannot be read") from error

    def state(self) -> dict[str, Plain]:
        """As plain data; what is late meanwhile is not missed."""
        return {
            "next": self.next.isoformat(),
            "recent": [[at.isoformat(), *sums] for at, sums in self.recent.items()],
        }
