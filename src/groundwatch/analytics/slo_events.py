"""Good and bad events of an objective, read from cells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.analytics.burn import NONE, Events
from groundwatch.analytics.slo_settings import ObjectiveSettings
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Step, floor
from groundwatch.domain import metrics
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.telemetry.intake import OWN

MINUTES = timedelta(hours=12)
"""Windows up to this begin on the minute; longer ones on the hour."""
HOURS = timedelta(days=10)
"""Windows up to this begin on the hour; longer ones on the day, in UTC."""
_HALF_STEP = 0.005
"""Scores are counted in steps of .01: one that rounds to the threshold meets it."""

_OF_THE_SERVER = frozenset({metrics.PROBES.name, metrics.FRESHNESS.name})
"""Measured of this server as a whole, and kept under no application."""

_METRICS = {
    "latency": metrics.LATENCY,
    "quality": metrics.OVERALL,
    "freshness": metrics.FRESHNESS,
    "cost": metrics.COST,
}


@dataclass(frozen=True, slots=True)
class History:
    """Events up to now, finer the nearer: minutes, then hours, then days.

    Attributes:
        steps: when each begins and what happened in it, in order; empty steps are missing.
    """

    until: datetime
    steps: tuple[tuple[datetime, Events], ...]

    def last(self, length: timedelta) -> Events:
        """What happened in the window that ends now: whole steps inside it."""
        since = self.until - length
        found = NONE
        for at, events in reversed(self.steps):
            if at < since:
                break
            found += events
        return found

    @property
    def since(self) -> datetime | None:
        """The first step with events."""
        return self.steps[0][0] if self.steps else None


def history(source: Cells, objective: ObjectiveSettings, now: datetime) -> History:
    """Read an objective's period; the minute that has begun counts."""
    found: dict[datetime, Events] = {}
    for step, since, until in ladder(now, objective.period):
        if since >= until:
            continue
        for at, events in between(source, objective, since, until, step).items():
            found[at] = found.get(at, NONE) + events
    return History(now, tuple(sorted(found.items())))


def ladder(now: datetime, period: timedelta) -> list[tuple[Step, datetime, datetime]]:
    """Steps that cover a period once: whole days, then whole hours, then minutes."""
    begin = _up(now - period, "hour")
    fine = max(begin, floor(now - MINUTES, "hour"))
    minutes: tuple[Step, datetime, datetime] = ("minute", fine, now)
    if period <= HOURS:
        return [("hour", begin, fine), minutes]
    first, middle = _up(begin, "day"), floor(now - HOURS, "day")
    return [("hour", begin, first), ("day", first, middle), ("hour", middle, fine), minutes]


def between(
    source: Cells, objective: ObjectiveSettings, since: datetime, until: datetime, step: Step
) -> dict[datetime, Events]:
    """An objective's events, step by step; steps without any are missing."""
    query = _query(objective.application or None, since, until, step)
    if objective.kind == "availability":
        return availability(source, query)
    threshold = objective.threshold
    assert threshold is not None
    below_is_bad = objective.kind == "quality"
    found: dict[datetime, Events] = {}
    for cell in source.cells(query(_METRICS[objective.kind])):
        events = _beyond(cell, threshold, below_is_bad=below_is_bad)
        found[cell.at] = found.get(cell.at, NONE) + events
    return found


Query = Callable[[metrics.Metric], CellQuery]


def availability(source: Cells, query: Query) -> dict[datetime, Events]:
    """What users saw, and probes; a probe counts as one question."""
    found: dict[datetime, Events] = {}

    def add(cells: Sequence[Cell], of: Callable[[Cell], Events]) -> None:
        for cell in cells:
            if cell.count:
                found[cell.at] = found.get(cell.at, NONE) + of(cell)

    add(source.cells(query(metrics.REQUESTS)), lambda cell: Events(cell.weight, 0.0, cell.count))
    add(source.cells(query(metrics.ERRORS)), lambda cell: Events(0.0, cell.weight, 0))
    add(
        source.cells(query(metrics.PROBES)),
        lambda cell: Events(cell.weight, cell.weight - cell.total, cell.count),
    )
    return found


def _query(application: str | None, since: datetime, until: datetime, step: Step) -> Query:
    def query(metric: metrics.Metric) -> CellQuery:
        is_ours = application == OWN and metric.name in _OF_THE_SERVER
        return CellQuery(metric.name, since, until, step, None if is_ours else application)

    return query


def _beyond(cell: Cell, threshold: float, *, below_is_bad: bool) -> Events:
    edge = threshold - _HALF_STEP if below_is_bad else threshold
    share = cell.histogram.share_below(edge) if cell.histogram is not None else None
    if share is None or cell.count <= 0:
        return NONE
    bad = share if below_is_bad else 1 - share
    return Events(cell.weight, bad * cell.weight, cell.count)


def _up(at: datetime, step: Step) -> datetime:
    start = floor(at, step)
    length = timedelta(hours=1) if step == "hour" else timedelta(days=1)
    return start if start == at else start + length
