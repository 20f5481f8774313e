"""What is different from the span before, and where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Share, is_clear
from groundwatch.analytics.quality import changed_scorers
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.windows import Window
from groundwatch.analytics.words import count
from groundwatch.domain import metrics
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import Metric

_FEWEST = 30
_CLEAR = 0.10
_CLEAR_QUALITY = 0.03
_TRAFFIC = 0.30


class Events(Protocol):
    """Where deploys and other events are read."""

    def events(
        self,
        application: str | None,
        since: datetime,
        until: datetime,
        types: Sequence[str] = (),
        limit: int = 1000,
    ) -> list[Event]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One number that moved.

    Attributes:
        relative: the change over what it was.
        where: the model, group or application in which it moved most; empty for everywhere.
        link: the page with what it is made of, without the window.
    """

    metric: str
    unit: str
    before: float
    now: float
    verdict: Literal["better", "worse", "neutral"]
    where: str
    link: str
    basis: str

    @property
    def relative(self) -> float:
        return (self.now - self.before) / self.before if self.before else 0.0


Read = Callable[[Tally], float | None]


def changes(source: Cells, window: Window) -> tuple[Change, ...]:
    """Numbers that moved more than chance or habit explains, the worst first."""
    found = [
        _rate(source, window, metrics.ERRORS, "error rate", "/performance"),
        _rate(source, window, metrics.DECLINED, "declined", "/usage"),
        _value(source, window, metrics.LATENCY, _p95, ("latency p95", "/performance")),
        _value(source, window, metrics.COST, _mean, ("cost per query", "/cost")),
        _quality(source, window),
        _traffic(source, window),
    ]
    order = ("worse", "neutral", "better")
    present = [each for each in found if each is not None]
    return tuple(sorted(present, key=lambda each: (order.index(each.verdict), -abs(each.relative))))


def marks(source: Events, window: Window) -> list[Event]:
    """Deploys and other events of a window, the newest first."""
    found = source.events(window.application, window.since, window.until, (), 200)
    told = [each for each in found if each.type != "metric"]
    return sorted(told, key=lambda each: each.at, reverse=True)


def _rate(source: Cells, window: Window, metric: Metric, name: str, link: str) -> Change | None:
    now, before = _share(source, window, metric), _share(source, window.before(), metric)
    if now.value is None or before.value is None or not is_clear(now, before):
        return None
    basis = f"{_of(now)}, before {_of(before)}"
    verdict: Literal["better", "worse"] = "worse" if now.value > before.value else "better"
    where = _where(source, window, metric, lambda tally: tally.total) if verdict == "worse" else ""
    return Change(name, "ratio", before.value, now.value, verdict, where, link, basis)


def _value(
    source: Cells, window: Window, metric: Metric, read: Read, named: tuple[str, str]
) -> Change | None:
    now = tallies.total(source, metric, window)
    before = tallies.total(source, metric, window.before())
    value, value_before = read(now), read(before)
    if min(now.count, before.count) < _FEWEST or not value or not value_before:
        return None
    if abs(value - value_before) / value_before < _CLEAR:
        return None
    verdict: Literal["better", "worse"] = "worse" if value > value_before else "better"
    basis = f"{count(now.count)} answers, before {count(before.count)}"
    where = _where(source, window, metric, read) if verdict == "worse" else ""
    return Change(named[0], metric.unit, value_before, value, verdict, where, named[1], basis)


def _quality(source: Cells, window: Window) -> Change | None:
    now = tallies.total(source, metrics.OVERALL, window)
    before = tallies.total(source, metrics.OVERALL, window.before())
    if min(now.count, before.count) < _FEWEST or now.mean is None or before.mean is None:
        return None
    if abs(now.mean - before.mean) < _CLEAR_QUALITY or changed_scorers(source, window):
        return None
    verdict: Literal["better", "worse"] = "better" if now.mean > before.mean else "worse"
    basis = f"{count(now.count)} scored answers, before {count(before.count)}"
    return Change("quality", "ratio", before.mean, now.mean, verdict, "", "/quality", basis)


def _traffic(source: Cells, window: Window) -> Change | None:
    now = tallies.total(source, metrics.REQUESTS, window).total
    before = tallies.total(source, metrics.REQUESTS, window.before()).total
    if min(now, before) < _FEWEST or abs(now - before) / before < _TRAFFIC:
        return None
    basis = "questions in this span and in the one before"
    return Change("questions", "1", before, now, "neutral", "", "/usage", basis)


def _where(source: Cells, window: Window, metric: Metric, read: Read) -> str:
    """The model in which a number rose most, if it is one of several."""
    now = tallies.by_label(source, metric, window, "model")
    before = tallies.by_label(source, metric, window.before(), "model")
    risen = _risen(now, before, read)
    return max(risen, key=lambda model: risen[model]) if len(now) > 1 and risen else ""


def _risen(now: Mapping[str, Tally], before: Mapping[str, Tally], read: Read) -> dict[str, float]:
    found: dict[str, float] = {}
    for model, tally in now.items():
        value, value_before = read(tally), read(before.get(model, tallies.NOTHING))
        if value is not None and value_before and value > value_before:
            found[model] = (value - value_before) * tally.count
    return found


def _share(source: Cells, window: Window, metric: Metric) -> Share:
    part = tallies.total(source, metric, window).total
    return Share(part, tallies.total(source, metrics.REQUESTS, window).total)


def _of(share: Share) -> str:
    return f"{count(share.part)} of {count(share.whole)}"


def _p95(tally: Tally) -> float | None:
    return tally.quantile(0.95)


def _mean(tally: Tally) -> float | None:
    return tally.mean
