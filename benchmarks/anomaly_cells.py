"""Cells in memory: what the event store keeps, for trials that need many weeks in little time."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from groundwatch.domain import metrics
from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.metrics import Point, Spread
from groundwatch.domain.spans import Span
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.histogram import Histogram

_MINUTE = 60


@dataclass(slots=True)
class _Sums:
    count: int = 0
    total: float = 0.0
    histogram: Histogram | None = None


@dataclass
class KeptCells:
    """Takes traffic as the event store does and answers what detectors ask."""

    series: dict[tuple[str, str, str], dict[int, dict[str, _Sums]]] = field(default_factory=dict)
    minutes: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    by_id: dict[str, Interaction] = field(default_factory=dict)
    happened: list[Event] = field(default_factory=list)

    def record(self, entries: Sequence[Entry]) -> None:
        for each in entries:
            one = each.interaction
            self.by_id[one.id] = one
            self.add_points(one.started_at, one.application, metrics.of_interaction(one))
            if each.quality is not None:
                points = metrics.of_quality(one, each.quality, 1.0)
                self.add_points(one.started_at, one.application, points)

    def give_feedback(self, given: Feedback) -> None:
        one = self.by_id[given.interaction_id]
        self.add_points(one.started_at, one.application, metrics.of_feedback(one, [given]))

    def add_events(self, events: Sequence[Event]) -> None:
        self.happened += events

    def add_spans(self, spans: Sequence[Span]) -> None:
        """Detectors ask for none."""

    def settled(self, traces: Iterable[str]) -> None:
        """Nor for traces."""

    def add_points(self, at: datetime, application: str, points: Sequence[Point]) -> None:
        self.names.add(application)
        minute = int(at.timestamp()) // _MINUTE
        for point in points:
            key = (point.metric, application, point.dimension)
            by_minute = self.series.setdefault(key, {})
            if minute not in by_minute:
                known = self.minutes.setdefault(key, [])
                known.insert(bisect_left(known, minute), minute)
            sums = by_minute.setdefault(minute, {}).setdefault(point.label, _Sums())
            sums.count += 1
            sums.total += point.value
            spread = metrics.BUILT_IN[point.metric].spread
            if spread is not Spread.NONE:
                sums.histogram = sums.histogram or Histogram(spread)
                sums.histogram.add(point.value)

    def cells(self, query: CellQuery) -> list[Cell]:
        key = (query.metric, query.application or "", query.dimension)
        known = self.minutes.get(key, [])
        first = int(query.since.timestamp()) // _MINUTE
        end = -(-int(query.until.timestamp()) // _MINUTE)
        found = []
        for minute in known[bisect_left(known, first) : bisect_left(known, end)]:
            at = datetime.fromtimestamp(minute * _MINUTE, UTC)
            for label, sums in sorted(self.series[key][minute].items()):
                if query.label in {None, label}:
                    found.append(_cell(query, at, label, sums))
        return found

    def applications(self, since: datetime) -> list[str]:  # noqa: ARG002
        return sorted(self.names)

    def events(
        self,
        application: str | None = None,  # noqa: ARG002
        since: datetime | None = None,
        until: datetime | None = None,
        types: Iterable[str] = (),  # noqa: ARG002
        limit: int = 100,
    ) -> list[Event]:
        never = timedelta(days=36500)
        now = datetime(2026, 1, 1, tzinfo=UTC)
        since, until = since or now - never, until or now + never
        return [each for each in self.happened if since <= each.at < until][:limit]


def _cell(query: CellQuery, at: datetime, label: str, sums: _Sums) -> Cell:
    histogram = sums.histogram
    if histogram is not None:  # what is read must not change afterwards
        histogram = Histogram(histogram.spread, dict(histogram.buckets))
    name = query.application or ""
    return Cell(
        at, query.metric, name, query.dimension, label,
        sums.count, float(sums.count), sums.total, histogram,
    )  # fmt: skip
