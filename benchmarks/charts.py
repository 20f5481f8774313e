"""Charts: how long reading the cells of the last hour and of an overview takes, as days fill.

Interactions go into the event store as they would from the recorder, spread over a day; what they
cost to record, in CPU and on disk, is measured on the way. `--quick` takes 2,000 and 10,000.
"""

import random
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.figures import Figure, at_most, middle, percentile, plain, show
from benchmarks.harness import load_average, options, say
from groundwatch.domain.answers import Outcome
from groundwatch.domain.clock import system_clock
from groundwatch.domain.interactions import Interaction, RetrievedPassage, Stage
from groundwatch.domain.status import Severity
from groundwatch.store.database import open_database
from groundwatch.store.events import CellQuery, Entry, EventStore, Filter, open_events
from groundwatch.store.settings import StoreSettings

SIZES = (50_000, 1_000_000)
QUICK = (2_000, 10_000)
CPU_MICROSECONDS = 150.0
"""Of recording an interaction in groups of 50."""
_CHART = 10.0
"""Milliseconds."""
DISK_BYTES = 2500.0
_GROUP, _LARGE_GROUP = 50, 5000
_FOLD_AFTER = 2000
_TEXTS = 4999
_READS = 100
_SYLLABLES = [consonant + vowel for consonant in "bdklmnrstvz" for vowel in "aeiou"]


def main() -> None:
    given = options(__doc__)
    figures: list[Figure] = []
    with _store() as (events, folder):
        chance = random.Random(7)  # noqa: S311  only has to differ
        makers = _Maker(chance, system_clock() - timedelta(hours=24))
        small, large = QUICK if given.quick else SIZES
        cost = _fill(events, makers, small)
        events.fold(system_clock())
        figures += [
            at_most("record, CPU each", cost, "us", CPU_MICROSECONDS),
            at_most("disk each", _bytes(folder) / small, "bytes", DISK_BYTES),
            *_read(events, f"{small:,}"),
        ]
        began = time.perf_counter()
        _fill_up(events, makers, small, large)
        figures.append(plain("filling up", time.perf_counter() - began, "s"))
        began = time.perf_counter()
        events.fold(system_clock())
        figures.append(plain(f"fold of {large:,}", time.perf_counter() - began, "s"))
        figures += _read(events, f"{large:,}")
    show([*figures, plain("load average", load_average(), "1")])


@contextmanager
def _store() -> Generator[tuple[EventStore, Path]]:
    folder = Path(mkdtemp(prefix="groundwatch-charts-"))
    database = open_database(StoreSettings(), folder, system_clock)
    events = open_events(StoreSettings(), folder, database, system_clock)
    try:
        yield events, folder / "events"
    finally:
        events.close()
        database.close()
        shutil.rmtree(folder)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.sqlite"))


@dataclass(slots=True)
class _Maker:
    """Interactions of three applications: 5 passages of 800 characters, 500 users."""

    random: random.Random
    start: datetime
    pool: Sequence[str] = ()
    texts: list[Interaction] = field(default_factory=list)

    def __post_init__(self) -> None:
        words = ["".join(self.random.choices(_SYLLABLES, k=1 + n % 4)) for n in range(20_000)]
        self.pool = [self._text(words, 800) for _ in range(3000)]

    def _text(self, words: Sequence[str], characters: int) -> str:
        made, length = [], 0
        while length < characters:
            word = words[min(int(self.random.paretovariate(0.6)), len(words) - 1)]
            made.append(word)
            length += len(word) + 1
        return " ".join(made)[:characters]

    def make(self, number: int, share: float) -> Interaction:
        """One that began a share of the day after its start."""
        chosen = self.random
        failed = chosen.random() < 0.01
        return Interaction(
            id=f"{chosen.getrandbits(128):032x}",
            application=f"application-{number % 3}",
            started_at=self.start + timedelta(days=1) * share,
            duration=chosen.lognormvariate(-0.1, 0.6),
            outcome=Outcome.FAILED if failed else Outcome.ANSWERED,
            severity=Severity.HIGH if failed else Severity.INFO,
            query=chosen.choice(self.pool)[:90],
            response=chosen.choice(self.pool)[:600],
            user=f"user-{chosen.randrange(500)}",
            session=f"session-{number // 10}",
            group=f"team-{chosen.randrange(5)}",
            endpoint="/v1/answers",
            passages=tuple(
                RetrievedPassage(
                    rank, chosen.choice(self.pool), f"d{chosen.randrange(10_000)}", 1, source="docs"
                )
                for rank in range(1, 6)
            ),
            stages=(Stage("embed", 0.0, 0.003), Stage("search", 0.003, 0.01)),
            first_token=0.2,
            input_tokens=chosen.randrange(500, 2500),
            output_tokens=chosen.randrange(50, 400),
            cost=0.002,
            model=chosen.choice(["large", "small"]),
            error_type="Timeout" if failed else "",
        )

    def brief(self, number: int, share: float) -> Interaction:
        """The same with a tenth of the text, of which there are a few thousand."""
        while len(self.texts) < _TEXTS:
            made = self.make(0, 0.0)
            passages = tuple(replace(each, text=each.text[:80]) for each in made.passages)
            self.texts.append(replace(made, response=made.response[:60], passages=passages))
        chosen = self.random
        return replace(
            self.texts[number % _TEXTS],
            id=f"{chosen.getrandbits(128):032x}",
            application=f"application-{number % 3}",
            started_at=self.start + timedelta(days=1) * share,
            duration=chosen.lognormvariate(-0.1, 0.6),
            user=f"user-{chosen.randrange(500)}",
            session=f"session-{number // 10}",
        )


def _fill(events: EventStore, maker: _Maker, count: int) -> float:
    """Record as the recorder would; returns the microseconds of CPU of each."""
    say(f"recording {count:,} interactions")
    spent = 0.0
    for start in range(0, count, _GROUP):
        group = [Entry(maker.make(start + n, start / count), fresh=True) for n in range(_GROUP)]
        began = time.process_time()
        events.record(group)
        spent += time.process_time() - began
        if start % _FOLD_AFTER == 0:
            events.fold(system_clock())
    return spent / count * 1e6


def _fill_up(events: EventStore, maker: _Maker, first: int, last: int) -> None:
    """Record until there are so many, with little text and in large transactions.

    What charts and pages read is the same: rows, cells and series.
    """
    if first == last:
        return
    say(f"recording {last - first:,} more")
    for start in range(first, last, _LARGE_GROUP):
        share = (start - first) / (last - first)
        numbers = range(start, min(start + _LARGE_GROUP, last))
        events.record([Entry(maker.brief(number, share), fresh=True) for number in numbers])


def _read(events: EventStore, size: str) -> list[Figure]:
    now = system_clock()
    hour = CellQuery("latency", now - timedelta(hours=1), now)
    models = CellQuery("latency", now - timedelta(hours=1), now, dimension="model")
    reads: dict[str, Callable[[], object]] = {
        "p95 by minute, last hour": lambda: [cell.quantile(0.95) for cell in events.cells(hour)],
        "the same by model": lambda: events.cells(models),
        "overview of a day": lambda: _overview(events, now),
        "page of 50": lambda: events.page(Filter()),
    }
    assert events.cells(hour), "an hour without cells measures nothing"
    figures: list[Figure] = []
    for number, (name, read) in enumerate(reads.items()):
        wall, cpu = _measured(read)
        told = f"{name}, of {size}"
        figures.append(plain(told, wall, "ms") if number else at_most(told, wall, "ms", _CHART))
        figures.append(plain(f"{told}, CPU", cpu, "ms"))
    return figures


def _overview(events: EventStore, now: datetime) -> None:
    """What an overview page reads."""
    day = now - timedelta(days=1)
    for metric in ("requests", "errors", "latency", "cost", "tokens.input", "tokens.output"):
        events.cells(CellQuery(metric, day, now, "hour"))
        events.cells(CellQuery(metric, now - timedelta(minutes=5), now))
    events.cells(CellQuery("requests", day, now, "hour", dimension="model"))
    events.cells(CellQuery("requests", day, now, "day", dimension="user"))


def _measured(read: Callable[[], object]) -> tuple[float, float]:
    """The 95th percentile of many reads, and the median of their processor time; milliseconds."""
    wall, cpu = [], []
    for _ in range(_READS):
        began, used = time.perf_counter(), time.process_time()
        read()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return percentile(wall, 0.95), middle(cpu)


if __name__ == "__main__":
    main()
