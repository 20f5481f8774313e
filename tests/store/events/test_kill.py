"""What was acknowledged is there after kill -9, and the cells are those of the rows."""

import signal
import subprocess
import sys
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.events.samples import DAY, NOW

from groundwatch.domain.clock import system_clock
from groundwatch.store.database import open_database
from groundwatch.store.events import CellQuery, open_events
from groundwatch.store.settings import StoreSettings

WRITER = """
import os
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from groundwatch.domain.clock import system_clock
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import Point
from groundwatch.store.database import open_database
from groundwatch.store.events import Entry, open_events
from groundwatch.store.settings import StoreSettings
from tests.store.events.samples import NOW, QUALITY, interaction, spans

role, folder, start, url = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
settings = StoreSettings(url=url)
database = open_database(settings, folder, system_clock)
events = open_events(settings, folder, database, lambda: NOW)


def answers(number):
    events.record([Entry(interaction(number * 10 + n)) for n in range(5)])
    events.record([Entry(interaction(number * 10, duration=7.0))])
    events.put_scores([(f"i{number * 10}", QUALITY)])
    events.give_feedback(Feedback(f"i{number * 10 + 1}", "anna", NOW, thumb=1))


def traces(number):
    events.add_spans([span for n in range(5) for span in spans(f"t{number * 10 + n}", 3)])
    events.record([Entry(interaction(0, id=f"t{number * 10}", query="asked " * 200))])
    events.settled([f"t{number * 10 + n}" for n in range(5)])
    events.add_spans(spans(f"t{number * 10}", 4))
    events.add_points(NOW, "", [Point("intake", 1.0)])
    events.fold(NOW)


def write(numbers):
    for number in numbers:
        {"answers": answers, "traces": traces}[role](number)
        os.write(1, b"%d\\n" % number)


other = Thread(target=write, args=(range(start + 1, 10**9, 2),), daemon=True)
other.start()
write(range(start, 10**9, 2))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("dialect", "rounds"), [("sqlite", 5), ("postgresql", 3)])
def test_what_was_acknowledged_survives_a_kill(new_database, tmp_path, dialect, rounds):
    acknowledged: dict[str, list[int]] = {"answers": [], "traces": []}
    url = new_database(dialect)._engine.url.render_as_string(hide_password=False)
    settings = StoreSettings(url=url if dialect == "postgresql" else "")
    for round_ in range(rounds):
        kill_two(tmp_path, settings, round_ * 100_000, acknowledged)
        check(tmp_path, settings, acknowledged)


def kill_two(
    folder: Path, settings: StoreSettings, start: int, acknowledged: dict[str, list[int]]
) -> None:
    """Two processes write at once, each with two threads, and are killed in the middle."""
    writers = {
        role: subprocess.Popen(
            [sys.executable, "-c", WRITER, role, folder, str(start), settings.url],
            stdout=subprocess.PIPE,
            text=True,
        )
        for role in acknowledged
    }
    for role, writer in writers.items():
        assert writer.stdout
        acknowledged[role] += [int(next(writer.stdout)) for _ in range(6)]
    for writer in writers.values():
        writer.send_signal(signal.SIGKILL)
    for role, writer in writers.items():
        with writer, suppress(ValueError):
            assert writer.stdout
            acknowledged[role] += [int(line) for line in writer.stdout if line.endswith("\n")]


def check(folder: Path, settings: StoreSettings, acknowledged: dict[str, list[int]]) -> None:
    with (
        closing(open_database(settings, folder, system_clock)) as database,
        closing(open_events(settings, folder, database, lambda: NOW)) as events,
    ):
        for number in acknowledged["answers"]:
            first, second = events.get(f"i{number * 10}"), events.get(f"i{number * 10 + 1}")
            assert first
            assert first.quality
            assert second
            assert first.interaction.duration == 7.0
            assert first.quality.overall == 0.85
            assert [given.thumb for given in second.feedback] == [1]
            assert events.get(f"i{number * 10 + 4}")
        for number in acknowledged["traces"]:
            assert events.span_count(f"t{number * 10}") == 4
            assert events.span_count(f"t{number * 10 + 4}") == 3
            assert len(events.spans(f"t{number * 10 + 4}")) == 3
        span = (NOW - timedelta(hours=1), NOW + timedelta(hours=1))
        (intake,) = events.cells(CellQuery("intake", *span))
        assert intake.count >= len(acknowledged["traces"])
        assert events.recount(DAY) == 0
        events.fold(NOW + timedelta(hours=1))
        for metric in ("requests", "latency", "quality.overall", "satisfaction", "intake"):
            minutes = events.cells(CellQuery(metric, *span))
            for step in ("hour", "day"):
                whole = events.cells(CellQuery(metric, *span, step))
                assert sum(c.count for c in whole) == sum(c.count for c in minutes) > 0
