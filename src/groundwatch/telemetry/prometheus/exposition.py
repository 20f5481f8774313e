"""The text that Prometheus reads."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import structlog
from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from groundwatch.domain.clock import Clock
from groundwatch.errors import GroundwatchError
from groundwatch.telemetry.intake import OWN
from groundwatch.telemetry.prometheus.families import ERRORS, Family
from groundwatch.telemetry.prometheus.growing import Growing, Totals, spread_of
from groundwatch.telemetry.prometheus.requests import OTHER

MOST_APPLICATIONS = 50
MOST_LABELS = 100
"""Values of one label; those that come later count as `other`."""

Applications = Callable[[datetime], Sequence[str]]
"""The applications that were heard of since a moment."""
_Row = tuple[str, ...]
_log = structlog.get_logger("prometheus")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is so at the moment of the scrape; `labels` name one of a few things."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


class CellsCollector(Collector):
    """Families that are read from cells, and readings of the moment, at each scrape.

    Args:
        growing: totals since the server began.
        families: what is shown.
        applications: who was heard of.
        readings: of the moment; what cannot be taken now is left out.
        failed: rows of `rag_errors_total` that are counted elsewhere.
    """

    def __init__(
        self,
        growing: Growing,
        families: Sequence[Family],
        applications: Applications,
        readings: Sequence[Callable[[], Iterable[Reading]]],
        *,
        clock: Clock,
        failed: Callable[[], Mapping[_Row, float]] = dict,
    ) -> None:
        self._growing = growing
        self._families = families
        self._applications = applications
        self._readings = readings
        self._clock = clock
        self._failed = failed
        self._known: list[str] = [OWN]
        self._labels: dict[str, set[str]] = defaultdict(set)
        self._shown: dict[tuple[str, _Row], list[float]] = {}
        self._lock = Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when the collector is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            self._meet()
            yield from self._of_cells()
            yield from self._of_the_moment()

    def _meet(self) -> None:
        """Take in applications that are new, as long as there is room."""
        heard = self._applications(self._clock() - timedelta(days=1))
        new = [name for name in heard if name not in self._known]
        self._known += new[: MOST_APPLICATIONS - len(self._known)]

    def _of_cells(self) -> Iterator[Metric]:
        made: dict[str, CounterMetricFamily | HistogramMetricFamily] = {}
        for family in self._families:
            shape = CounterMetricFamily if family.kind == "counter" else HistogramMetricFamily
            into = made.setdefault(
                family.name, shape(family.name, family.help, labels=family.labels)
            )
            for row, totals in self._rows(family).items():
                self._add(into, family, row, totals)
        for row, count in self._failed().items():
            into = made[ERRORS]
            assert isinstance(into, CounterMetricFamily)
            into.add_metric(row, count)
        yield from made.values()

    def _rows(self, family: Family) -> dict[_Row, Totals]:
        rows: dict[_Row, Totals] = {}
        applications: list[str | None] = [None]
        if family.applications != "all":
            applications = [OWN] if family.applications == "own" else [*self._known]
        for application in applications:
            if not family.label:  # there from the start: a rate needs a first value
                rows.setdefault(family.values(application or "", ""), Totals())
            found = self._growing.read(family.metric.name, application, family.dimension)
            for label, totals in found.items():
                if family.only is None or label == family.only:
                    row = family.values(application or "", self._bounded(family, label))
                    rows.setdefault(row, Totals()).add(totals)
        return rows

    def _bounded(self, family: Family, label: str) -> str:
        known = self._labels[f"{family.name} {family.label}"]
        if label not in known and len(known) >= MOST_LABELS:
            return OTHER
        known.add(label)
        return label

    def _add(
        self,
        into: CounterMetricFamily | HistogramMetricFamily,
        family: Family,
        row: _Row,
        totals: Totals,
    ) -> None:
        if isinstance(into, CounterMetricFamily):
            (value,) = self._grown(family, row, [totals.total])
            into.add_metric(row, value)
            return
        below = totals.below(family.buckets, spread_of(family.metric.name))
        shown = self._grown(family, row, [*below, totals.weight, totals.total])
        names = [*(str(limit) for limit in family.buckets), "+Inf"]
        into.add_metric(row, list(zip(names, shown[:-1], strict=True)), shown[-1])

    def _grown(self, family: Family, row: _Row, now: list[float]) -> list[float]:
        """Never less than was shown before: a counter that shrinks reads as a restart."""
        before = self._shown.get((family.name, row), [0.0] * len(now))
        shown = [max(pair) for pair in zip(before, now, strict=True)]
        self._shown[family.name, row] = shown
        return shown

    def _of_the_moment(self) -> Iterator[Metric]:
        made: dict[str, GaugeMetricFamily] = {}
        for take in self._readings:
            for each in _taken(take):
                family = made.setdefault(
                    each.name, GaugeMetricFamily(each.name, each.help, labels=tuple(each.labels))
                )
                family.add_metric(tuple(each.labels.values()), each.value)
        yield from made.values()


def _taken(take: Callable[[], Iterable[Reading]]) -> list[Reading]:
    try:
        return list(take())
    except GroundwatchError as error:
        _log.warning("not exposed now", error=str(error))
        return []


def new_registry() -> CollectorRegistry:
    """A registry of one server, without a second series that says when each began."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    return CollectorRegistry()


@dataclass(frozen=True, slots=True)
class Exposition:
    """Writes everything in a registry as text."""

    registry: CollectorRegistry

    def text(self, accept: str) -> tuple[bytes, str]:
        """The text and its content type, in the format that the scraper prefers."""
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type
