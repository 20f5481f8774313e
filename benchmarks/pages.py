"""Pages: what the numbers of each page of the watch cost, in CPU, over an hour, a day and a week.

Two weeks of the demo's traffic lie in the store. Each page is read as a process that has read it
before reads it again a moment later, with a few answers recorded in between; what the very first
reading costs is told beside. `--quick` takes a tenth of the interactions.
"""

import shutil
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.figures import Figure, at_most, middle, plain, show
from benchmarks.harness import load_average, options, say
from groundwatch.access.roles import ADMIN
from groundwatch.app.traffic.running import Traffic, plan_for
from groundwatch.dashboard import applications, cost, health, overview, performance, quality, usage
from groundwatch.dashboard.readings import Readings
from groundwatch.dashboard.selection import Selection
from groundwatch.dashboard.watched import View, asked_of, read_page
from groundwatch.domain.access import Identity
from groundwatch.domain.clock import system_clock
from groundwatch.serving.services import Watch
from groundwatch.store.database import open_database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings

CPU_MILLISECONDS = 50.0
WIDTH = 3.0
"""How many times dearer a week may be than an hour."""
_DAYS = 14
_RATE, _QUICK_RATE = 4.2, 0.42
"""50,000 interactions in two weeks, and a tenth of them."""
_RANGES = ("1h", "24h", "7d")
_TIMES = 5
_PAGES: Mapping[str, View[Any]] = {
    "overview": overview.VIEW,
    "quality": quality.VIEW,
    "performance": performance.VIEW,
    "usage": usage.VIEW,
    "cost": cost.VIEW,
    "applications": applications.VIEW,
    "health": health.view(None),
}
_READER = Identity("reader", frozenset({"user:reader"}), frozenset(ADMIN), "owner")


def main() -> None:
    given = options(__doc__)
    with _store() as events:
        now = system_clock()
        traffic = Traffic(events, plan_for(7, now, _QUICK_RATE if given.quick else _RATE))
        count = _fill(events, traffic, now)
        pages = _Pages(events, traffic, now)
        figures = [each for name in _PAGES for each in pages.measure(name, f"{count:,}")]
    show([*figures, plain("load average", load_average(), "1")])


@contextmanager
def _store() -> Generator[EventStore]:
    folder = Path(mkdtemp(prefix="groundwatch-pages-"))
    database = open_database(StoreSettings(), folder, system_clock)
    events = open_events(StoreSettings(), folder, database, system_clock)
    try:
        yield events
    finally:
        events.close()
        database.close()
        shutil.rmtree(folder)


def _fill(events: EventStore, traffic: Traffic, now: datetime) -> int:
    """Write two weeks; returns how many interactions."""
    say(f"writing {_DAYS} days of traffic")
    count = traffic.history(now - timedelta(days=_DAYS), now, lambda at: _fold(events, at))
    events.fold(now)
    return count


def _fold(events: EventStore, at: datetime) -> None:
    """Fold what is over, as the watch does each minute; once a made-up day is enough here."""
    if at.hour == 0:
        events.fold(at)


class _Pages:
    """Pages of one process, one after the other, while traffic goes on."""

    def __init__(self, events: EventStore, traffic: Traffic, now: datetime) -> None:
        self._watch = Watch(events, monthly_budget=250.0)
        self._traffic = traffic
        self._told = now
        self._readings = Readings()

    def measure(self, name: str, size: str) -> list[Figure]:
        """CPU of a page by range, and how much dearer a week is than an hour."""
        found: dict[str, float] = {}
        figures: list[Figure] = []
        for chosen in _RANGES:
            first = self._milliseconds(name, chosen)
            again = [self._milliseconds(name, chosen) for _ in range(_TIMES)]
            found[chosen] = middle(again)
            what = f"{name}, {chosen}, of {size}"
            figures += [
                at_most(what, found[chosen], "ms", CPU_MILLISECONDS),
                plain(f"{what}, first", first, "ms"),
            ]
        ratio = found["7d"] / found["1h"]
        return [*figures, at_most(f"{name}, 7d / 1h", ratio, "1", WIDTH)]

    def _milliseconds(self, name: str, chosen: str) -> float:
        self._go_on()
        asked = asked_of(
            self._watch, Selection(range=chosen), system_clock(), _READER, self._readings
        )
        return _cpu(lambda: read_page(_PAGES[name], asked)) * 1000

    def _go_on(self) -> None:
        """Record what was answered since."""
        now = system_clock()
        self._traffic.live(self._told, now)
        self._told = now


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
