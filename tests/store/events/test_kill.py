"""What was acknowledged is there after kill -9, and the cells are those of the rows."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.copies import Writer
from tests.store.events.samples import DAY, NOW
from tests.store.events.writer import write

from groundwatch.domain.clock import system_clock
from groundwatch.store.database import open_database
from groundwatch.store.events import CellQuery, open_events
from groundwatch.store.settings import StoreSettings


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
    writers = {role: Writer(write, role, folder, start, settings) for role in acknowledged}
    for role, writer in writers.items():
        acknowledged[role] += writer.told(6)
    for writer in writers.values():
        writer.kill()
    for role, writer in writers.items():
        acknowledged[role] += writer.rest()


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
