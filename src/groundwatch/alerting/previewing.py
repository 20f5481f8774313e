"""What a rule would have done: its condition on past cells, minute by minute; nothing is told."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

from groundwatch.alerting.measuring import EACH, Numbers, Sum, measured, query, splits
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.rules import Progress, RuleState, step
from groundwatch.store.events.cells import Cell

MOST_SERIES = 20
_STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_MOST_POINTS = 480
_MOST_LOOKS = 30_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in which a series would have fired; `until` is None where it still would."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """One series of a rule over the time that was looked at.

    Attributes:
        points: values to draw; of several looks the one nearest to firing, None without data.
        lasted: how long it would have fired.
        missing: how long there was no data.
    """

    labels: Mapping[str, str]
    points: tuple[tuple[datetime, float | None], ...]
    spans: tuple[Span, ...]
    lasted: timedelta
    missing: timedelta


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done, the series that fired longest first.

    Attributes:
        every: how far the looks are apart.
        left_out: series beyond the busiest `MOST_SERIES`, which were not looked at.
    """

    rule: RuleSettings
    since: datetime
    until: datetime
    every: timedelta
    series: tuple[Past, ...]
    left_out: int = 0

    @property
    def fired(self) -> int:
        """How many alerts it would have raised."""
        return sum(len(each.spans) for each in self.series)

    @property
    def lasted(self) -> timedelta:
        """How long they would have fired, all together."""
        return sum((each.lasted for each in self.series), timedelta())

    @property
    def is_measured(self) -> bool:
        """Whether there was any data at all."""
        length = self.until - self.since
        return any(each.missing < length for each in self.series)


def preview(rule: RuleSettings, numbers: Numbers, since: datetime, until: datetime) -> Preview:
    """Evaluate a rule on the past as it is evaluated now; cells are read once."""
    unit = _STEPS[query(rule, rule.metric, until, None).step]
    reading = _Reading(rule, numbers, _floor(since, unit), _floor(until, unit), unit, unit)
    busy = sorted(reading.series(), key=lambda each: -each.observations)
    every = unit * _beat(rule, unit, (until - since) / unit * min(len(busy), MOST_SERIES))
    reading = replace(reading, every=every)
    looked = sorted(map(reading.past, busy[:MOST_SERIES]), key=lambda each: -each.lasted)
    left_out = max(0, len(busy) - MOST_SERIES)
    return Preview(rule, reading.since, reading.until, every, tuple(looked), left_out)


def _beat(rule: RuleSettings, every: timedelta, looks: float) -> int:
    """So many steps lie between two looks that there are not too many; no window is left out."""
    return max(1, min(ceil(looks / _MOST_LOOKS), rule.window // every))


@dataclass(frozen=True, slots=True)
class _Series:
    labels: Mapping[str, str]
    own: Sequence[Cell]
    divisor: Sequence[Cell]

    @property
    def observations(self) -> int:
        return sum(cell.count for cell in (*self.own, *self.divisor))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A rule and the time that is looked at."""

    rule: RuleSettings
    numbers: Numbers
    since: datetime
    until: datetime
    step: timedelta
    every: timedelta

    def series(self) -> Iterator[_Series]:
        applications: Iterable[str | None] = (self.rule.application or None,)
        if self.rule.application == EACH:
            applications = sorted(self.numbers.applications(self.since))
        for application in applications:
            yield from self._of(application)

    def past(self, one: _Series) -> Past:
        rule, every = self.rule, self.every
        own, divisor = _Sliding(deque(one.own)), _Sliding(deque(one.divisor))
        looks: list[tuple[datetime, float | None]] = []
        spans: list[Span] = []
        progress: Progress | None = None
        missing = lasted = timedelta()
        at = self.since
        while at <= self.until:
            begin = _floor(at - rule.window, self.step)
            value = measured(rule, one.labels, own.at(at, begin), divisor.at(at, begin)).value
            progress = step(rule, progress, value, at)
            fires = progress.state is RuleState.FIRING
            if fires and (not spans or spans[-1].until is not None):
                spans.append(Span(at, None))
            elif not fires and spans and spans[-1].until is None:
                spans[-1] = Span(spans[-1].since, at)
            if at < self.until:
                lasted += every if fires else timedelta()
                missing += every if value is None else timedelta()
            looks.append((at, value))
            at += every
        return Past(one.labels, tuple(_thinned(rule, looks)), tuple(spans), lasted, missing)

    def _of(self, application: str | None) -> Iterator[_Series]:
        rule = self.rule
        named = {"application": application} if application else {}
        own = self._by_label(rule.metric, application)
        divisors = self._by_label(rule.by_metric, application) if rule.by_metric else {}
        known = own.keys() | (divisors.keys() if splits(rule) else set())
        for label in [rule.only] if rule.only else sorted(known) or [""]:
            labels = {**named, **({rule.split_by: label} if rule.split_by and label else {})}
            divisor = divisors.get(label if splits(rule) else "", ())
            yield _Series(labels, own.get(label, ()), divisor)

    def _by_label(self, metric: str, application: str | None) -> Mapping[str, Sequence[Cell]]:
        begin = self.since - self.rule.window
        asked = query(self.rule, metric, self.until, application, since=begin)
        cells: dict[str, list[Cell]] = defaultdict(list)
        for cell in sorted(self.numbers.cells(asked), key=lambda each: each.at):
            cells[cell.label if asked.dimension else ""].append(cell)
        return cells


@dataclass(slots=True)
class _Sliding:
    """The sum of a window that moves on."""

    cells: deque[Cell]
    inside: deque[Cell] = field(default_factory=deque)
    sum: Sum = field(default_factory=Sum)

    def at(self, now: datetime, begin: datetime) -> Sum | None:
        while self.cells and self.cells[0].at < now:
            self.inside.append(self.cells.popleft())
            self.sum.add(self.inside[-1])
        while self.inside and self.inside[0].at < begin:
            self.sum.take(self.inside.popleft())
        if not self.inside:
            self.sum = Sum()
        return self.sum if self.inside else None


def _thinned(
    rule: RuleSettings, looks: Sequence[tuple[datetime, float | None]]
) -> Iterator[tuple[datetime, float | None]]:
    """Fewer points, so chosen that no peak towards the threshold is lost."""
    size = -(-len(looks) // _MOST_POINTS)
    worst = min if rule.operator in {"lt", "lte"} else max
    for place in range(0, len(looks), size):
        part = looks[place : place + size]
        known = [value for _, value in part if value is not None]
        yield part[0][0], worst(known) if known else None


def _floor(at: datetime, every: timedelta) -> datetime:
    return at - timedelta(seconds=at.timestamp() % every.total_seconds())
