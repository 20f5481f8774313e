"""The watch of a real server: probes that are answered and that are not, and fresh documents."""

import signal
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from groundwatch.domain import metrics
from groundwatch.domain.clock import system_clock
from groundwatch.store.events import Cell, CellQuery, EventStore, open_events
from groundwatch.store.settings import StoreSettings
from tests.app.deployment import PATIENCE, SOURCE, Deployment
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def cells(events: EventStore, metric: metrics.Metric, dimension: str = "") -> list[Cell]:
    now = system_clock()
    hour = timedelta(hours=1)
    return events.cells(CellQuery(metric.name, now - hour, now + hour, dimension=dimension))


def probes(events: EventStore) -> tuple[int, float]:
    """How many were asked, and how many answered."""
    found = cells(events, metrics.PROBES)
    return sum(cell.count for cell in found), sum(cell.total for cell in found)


def test_probes_and_freshness(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    settings = {
        "embedder": {"kind": "none"},
        "metrics_collection": {"probe_interval": 0.2},
    }
    with (
        Deployment(tmp_path / "own", tmp_path / "models", settings=settings) as server,
        server.start().database() as database,
        closing(open_events(StoreSettings(), server.data, database, system_clock)) as events,
    ):
        until(lambda: probes(events)[1] >= 1, PATIENCE)
        until(lambda: sum(cell.count for cell in cells(events, metrics.FRESHNESS)) >= 3, PATIENCE)
        by_source = cells(events, metrics.FRESHNESS, "source")
        assert {cell.label for cell in by_source} == {SOURCE}
        (server.docs / "travel.md").unlink()
        until(lambda: bool(cells(events, metrics.DELETION)), PATIENCE)
        (deleted,) = cells(events, metrics.DELETION)
        assert 0 < deleted.total < PATIENCE
        asked, answered = probes(events)
        engine = server.child("engine")
        engine.send_signal(signal.SIGSTOP)
        try:
            until(lambda: (found := probes(events))[0] - found[1] > asked - answered, PATIENCE)
        finally:
            engine.send_signal(signal.SIGCONT)
        answered = probes(events)[1]
        until(lambda: probes(events)[1] > answered, PATIENCE)
