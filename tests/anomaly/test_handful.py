"""One or two answers out of the ordinary are no episode, however far out they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from groundwatch.anomaly.ensemble import BESIDE
from groundwatch.anomaly.settings import USUAL_LAYERS, AnomalySettings
from groundwatch.anomaly.watcher import Seen, Watcher
from groundwatch.domain import metrics
from groundwatch.domain.events import Event
from groundwatch.domain.scores import Dimension
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.store.events.histogram import Histogram

MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 3, 4, tzinfo=UTC)
OF_MINUTES = AnomalySettings(
    history_days=2, layers=tuple(each for each in USUAL_LAYERS if each not in BESIDE)
)
TIMEOUT = 30.0


@dataclass
class Few:
    """An application with two answers a minute, and what is said of some minutes."""

    said: Mapping[datetime, list[float]] = field(default_factory=dict)
    metric: metrics.Metric = metrics.LATENCY

    def applications(self, since: datetime) -> list[str]:
        return ["shop"]

    def events(
        self,
        application: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Iterable[str] = (),
        limit: int = 100,
    ) -> list[Event]:
        return []

    def cells(self, query: CellQuery) -> list[Cell]:
        if (query.metric, query.dimension) != (self.metric.name, ""):
            return []
        at, found = max(query.since, BEGIN - timedelta(days=2)), list[Cell]()
        while at < query.until:
            random = Random(f"{at}")  # noqa: S311
            is_score = self.metric.spread is metrics.Spread.UNIT
            usual = [0.999 if is_score else random.lognormvariate(0.3, 0.35) for _ in range(2)]
            values = self.said.get(at, usual)
            histogram = Histogram(self.metric.spread)
            for value in values:
                histogram.add(value)
            count = len(values)
            found.append(
                Cell(at, query.metric, "shop", "", "", count, float(count), sum(values), histogram)
            )
            at += MINUTE
        return found


def followed(
    said: Mapping[datetime, list[float]],
    minutes: int = 40,
    metric: metrics.Metric = metrics.LATENCY,
) -> list[Seen]:
    watcher = Watcher(Few(said, metric), OF_MINUTES)
    watcher.turn(BEGIN)
    found: list[Seen] = []
    for number in range(1, minutes):
        found += watcher.turn(BEGIN + number * MINUTE + timedelta(seconds=10))
    return found


@pytest.mark.parametrize("timeouts", [1, 2])
def test_a_timeout_or_two_at_a_low_rate_are_no_finding(timeouts: int) -> None:
    said = {BEGIN + (3 + 4 * n) * MINUTE: [1.3, TIMEOUT] for n in range(timeouts)}
    assert followed(said) == []


@pytest.mark.parametrize(("unsafe", "is_told"), [(1, False), (5, True)])
def test_one_bad_score_among_equal_ones_is_no_finding(unsafe: int, is_told: bool) -> None:
    said = {BEGIN + (3 + n) * MINUTE: [0.0, 0.999] for n in range(unsafe)}
    assert bool(followed(said, metric=metrics.QUALITY[Dimension.SAFETY])) is is_told


def test_answers_that_are_all_slow_are_a_finding_that_ends() -> None:
    said = {BEGIN + n * MINUTE: [5.6, 6.1] for n in range(3, 15)}
    found = followed(said, minutes=60)
    assert found
    assert found[0].finding.start >= BEGIN + 3 * MINUTE
    assert found[-1].finding.end is not None


def test_what_was_told_is_told_to_its_end_though_a_timeout_is_its_peak() -> None:
    said = {BEGIN + n * MINUTE: [5.6, 6.1] for n in range(3, 12)}
    said[BEGIN + 11 * MINUTE] = [600.0, 6.1]
    found = followed(said, minutes=60)
    assert found[-1].finding.end is not None
