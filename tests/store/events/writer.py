"""Writes events until it is killed."""

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Thread

from tests.store.events.samples import NOW, QUALITY, interaction, spans

from groundwatch.domain.clock import system_clock
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import Point
from groundwatch.store.database import open_database
from groundwatch.store.events import Entry, EventStore, open_events
from groundwatch.store.settings import StoreSettings

MANY = 10**9


def write(
    role: str, folder: Path, start: int, settings: StoreSettings, tell: Callable[[int], object]
) -> None:
    """Write on two threads, and tell each number whose writing was acknowledged."""
    database = open_database(settings, folder, system_clock)
    events = open_events(settings, folder, database, lambda: NOW)
    one = {"answers": answers, "traces": traces}[role]

    def go_on(numbers: Iterable[int]) -> None:
        for number in numbers:
            one(events, number)
            tell(number)

    Thread(target=go_on, args=(range(start + 1, MANY, 2),), daemon=True).start()
    go_on(range(start, MANY, 2))


def answers(events: EventStore, number: int) -> None:
    events.record([Entry(interaction(number * 10 + n)) for n in range(5)])
    events.record([Entry(interaction(number * 10, duration=7.0))])
    events.put_scores([(f"i{number * 10}", QUALITY)])
    events.give_feedback(Feedback(f"i{number * 10 + 1}", "anna", NOW, thumb=1))


def traces(events: EventStore, number: int) -> None:
    events.add_spans([span for n in range(5) for span in spans(f"t{number * 10 + n}", 3)])
    events.record([Entry(interaction(0, id=f"t{number * 10}", query="asked " * 200))])
    events.settled([f"t{number * 10 + n}" for n in range(5)])
    events.add_spans(spans(f"t{number * 10}", 4))
    events.add_points(NOW, "", [Point("intake", 1.0)])
    events.fold(NOW)
