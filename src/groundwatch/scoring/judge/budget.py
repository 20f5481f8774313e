"""What the judge may spend: calls an hour, dollars a day; kept over starts."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from groundwatch.domain.clock import Clock


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent in an hour and a day (UTC)."""

    hour: str = ""
    calls: int = 0
    day: str = ""
    dollars: float = 0.0


class Budget:
    """Counts calls and dollars; what is counted is kept before the call is made.

    Args:
        calls: an hour at most.
        dollars: a day at most; a call that reaches it is the last one.
        clock: the time.
        load, save: where it is kept.
    """

    def __init__(
        self,
        calls: int,
        dollars: float,
        clock: Clock,
        load: Callable[[], str | None],
        save: Callable[[str], None],
    ) -> None:
        self._calls = calls
        self._dollars = dollars
        self._clock = clock
        self._save = save
        self._spent = _read(load())

    def take(self) -> bool:
        """Count a call if there is one left; False: not now."""
        spent = self._now()
        if spent.calls >= self._calls or spent.dollars >= self._dollars:
            return False
        self._keep(replace(spent, calls=spent.calls + 1))
        return True

    def paid(self, dollars: float) -> None:
        """Count what a call cost."""
        spent = self._now()
        self._keep(replace(spent, dollars=spent.dollars + dollars))

    def _now(self) -> Spent:
        hour, day = _hour(self._clock()), _day(self._clock())
        spent = self._spent
        if spent.hour != hour:
            spent = replace(spent, hour=hour, calls=0)
        if spent.day != day:
            spent = replace(spent, day=day, dollars=0.0)
        return spent

    def _keep(self, spent: Spent) -> None:
        self._save(json.dumps(asdict(spent)))
        self._spent = spent


def _hour(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H")


def _day(now: datetime) -> str:
    return now.strftime("%Y-%m-%d")


def _read(text: str | None) -> Spent:
    if text is None:
        return Spent()
    try:
        plain = json.loads(text)
        return Spent(
            str(plain["hour"]), int(plain["calls"]), str(plain["day"]), float(plain["dollars"])
        )
    except (KeyError, TypeError, ValueError):
        return Spent()
