"""All of it in one look: a verdict in words, six figures, what changed, what needs someone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from groundwatch.analytics import changes, performance, series, tallies
from groundwatch.analytics.changes import Change
from groundwatch.analytics.compared import Compared, Share, is_clear
from groundwatch.analytics.quality import NO_SCORES, changed_scorers
from groundwatch.analytics.recommendations import Recommendation, recommendations
from groundwatch.analytics.series import Series
from groundwatch.analytics.status import SystemHealth, SystemStatus, system_health, system_status
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.windows import Window
from groundwatch.analytics.words import count, percent, seconds
from groundwatch.domain import metrics
from groundwatch.domain.status import Status

_FEWEST = 30
_CLEAR = 0.10
_CLEAR_QUALITY = 0.03


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the six numbers.

    Attributes:
        unit: as in the catalogue of metrics.
        higher_is: `better`, `worse` or `neutral`.
        link: the page with what it is made of, without the window.
        is_clear: it changed by more than chance or habit explains.
    """

    name: str
    title: str
    unit: str
    higher_is: str
    value: Compared
    series: Series
    link: str
    note: str
    is_clear: bool = True


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows."""

    at: datetime
    window: Window
    status: SystemStatus
    health: SystemHealth
    verdict: str
    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]
    needs: tuple[Recommendation, ...]
    active_models: int
    backlog: int | None


@dataclass(frozen=True, slots=True)
class _Read:
    """Buckets of a window by metric name, each read once."""

    window: Window
    found: Mapping[str, Mapping[datetime, Tally]]
    before: Mapping[str, Tally]
    changed_scorers: str

    def whole(self, metric: metrics.Metric) -> Tally:
        return tallies.joined(self.found[metric.name].values())


_METRICS = (
    metrics.REQUESTS,
    metrics.ERRORS,
    metrics.DECLINED,
    metrics.LATENCY,
    metrics.OVERALL,
    metrics.COST,
    metrics.FEEDBACK,
)


def overview(
    source: Cells,
    window: Window,
    now: datetime,
    backlog: int | None = None,
    limits: Thresholds = DEFAULT,
) -> Overview:
    """Measure a window.

    Args:
        source: where cells are read.
        window: what is shown; the status is always of the last five minutes.
        now: the present.
        backlog: answers that wait for scores; None when nobody says.
        limits: of the default rules.
    """
    before = window.before()
    read = _Read(
        window,
        {metric.name: tallies.by_bucket(source, metric, window) for metric in _METRICS},
        {metric.name: tallies.total(source, metric, before) for metric in _METRICS},
        changed_scorers(source, window),
    )
    status = system_status(source, now, window.application, limits)
    figures = six(read)
    moved = changes.changes(source, window)
    needed = recommendations(source, window, limits)
    return Overview(
        now,
        window,
        status,
        system_health(source, now, limits),
        verdict(status, moved, needed),
        figures,
        moved,
        needed,
        len(tallies.by_label(source, metrics.REQUESTS, window, "model")),
        backlog,
    )


def six(read: _Read) -> tuple[Figure, ...]:
    """The six figures."""
    return (_asked(read), _failed(read), _slow(read), _good(read), _spent(read), _content(read))


def verdict(
    status: SystemStatus, moved: tuple[Change, ...], needed: tuple[Recommendation, ...]
) -> str:
    """One line in words."""
    words = {
        Status.HEALTHY: "Healthy.",
        Status.WARNING: "Watch out.",
        Status.DEGRADED: "Degraded.",
        Status.CRITICAL: "Critical.",
        Status.UNKNOWN: "Quiet.",
    }
    said = [words[status.status]]
    if status.status is not Status.HEALTHY:
        said.append(f"{status.reason[0].upper()}{status.reason[1:]}.")
    worse = next((each for each in moved if each.verdict == "worse"), None)
    if worse is not None:
        said.append(_moved(worse))
    elif needed:
        said.append(f"{needed[0].issue}.")
    elif status.status is Status.HEALTHY:
        said.append("Nothing got worse than in the span before.")
    return " ".join(said)


def _moved(change: Change) -> str:
    direction = "above" if change.now > change.before else "below"
    where = f", most with {change.where}" if change.where else ""
    name = f"{change.metric[0].upper()}{change.metric[1:]}"
    if not change.before:
        return f"{name} rose from 0 to {percent(change.now, 1)}{where}."
    return f"{name} is {percent(abs(change.relative))} {direction} the span before{where}."


def _asked(read: _Read) -> Figure:
    found = read.found[metrics.REQUESTS.name]
    whole = read.whole(metrics.REQUESTS)
    minutes = read.window.seconds / 60
    return Figure(
        "requests", "Questions", "1", "neutral",
        Compared(whole.total, read.before[metrics.REQUESTS.name].total),
        series.per_minute(
            "questions a minute", "1/min", read.window, found, series.begun_at(found)
        ),
        "/usage", f"{whole.total / minutes:.1f} a minute",
    )  # fmt: skip


def _failed(read: _Read) -> Figure:
    asked, failed = read.whole(metrics.REQUESTS), read.whole(metrics.ERRORS)
    asked_before = read.before[metrics.REQUESTS.name].total
    failed_before = read.before[metrics.ERRORS.name].total
    value = failed.total / asked.total if asked.total else None
    before = failed_before / asked_before if asked_before else None
    return Figure(
        "error_rate", "Failed", "ratio", "worse",
        Compared(value, before, "" if value is not None else performance.NO_REQUESTS),
        series.ratio(
            "error rate", read.window,
            read.found[metrics.ERRORS.name], read.found[metrics.REQUESTS.name],
        ),
        "/performance", f"{count(failed.total)} of {count(asked.total)}",
        is_clear(
            Share(failed.total, asked.total), Share(failed_before, asked_before)
        ),
    )  # fmt: skip


def _slow(read: _Read) -> Figure:
    whole = read.whole(metrics.LATENCY)
    value, median = whole.quantile(0.95), whole.quantile(0.5)
    return Figure(
        "p95", "Latency p95", "s", "worse",
        Compared(
            value, read.before[metrics.LATENCY.name].quantile(0.95),
            "" if value is not None else performance.NO_REQUESTS,
        ),
        series.drawn(
            "p95", "s", read.window, read.found[metrics.LATENCY.name], series.quantile(0.95)
        ),
        "/performance", "" if median is None else f"median {seconds(median)}",
        _is_moved(whole, read.before[metrics.LATENCY.name], series.quantile(0.95), _CLEAR),
    )  # fmt: skip


def _good(read: _Read) -> Figure:
    whole = read.whole(metrics.OVERALL)
    asked = read.whole(metrics.REQUESTS)
    covered = f"{percent(whole.count / asked.count)} scored" if asked.count else ""
    return Figure(
        "quality", "Quality", "ratio", "better",
        Compared(
            whole.mean, read.before[metrics.OVERALL.name].mean,
            read.changed_scorers if whole.count else NO_SCORES,
        ),
        series.drawn(
            "overall", "ratio", read.window, read.found[metrics.OVERALL.name], series.mean
        ),
        "/quality", covered,
        _is_moved(whole, read.before[metrics.OVERALL.name], series.mean, _CLEAR_QUALITY),
    )  # fmt: skip


def _spent(read: _Read) -> Figure:
    whole, before = read.whole(metrics.COST), read.before[metrics.COST.name]
    each = "" if whole.mean is None else f"${whole.mean:.4f} a question"
    return Figure(
        "cost", "Cost", "USD", "worse",
        Compared(
            whole.total if whole.count else None, before.total if before.count else None,
            "" if whole.count else "no price is known for any answer of this span",
        ),
        series.drawn(
            "cost", "USD", read.window, read.found[metrics.COST.name], lambda tally: tally.total
        ),
        "/cost", each, _is_moved(whole, before, lambda tally: tally.total, _CLEAR),
    )  # fmt: skip


def _content(read: _Read) -> Figure:
    whole, before = read.whole(metrics.FEEDBACK), read.before[metrics.FEEDBACK.name]
    return Figure(
        "satisfaction", "Satisfaction", "ratio", "better",
        Compared(
            whole.mean, read.before[metrics.FEEDBACK.name].mean,
            "" if whole.count else "nobody rated an answer in this span",
        ),
        series.drawn(
            "satisfaction", "ratio", read.window, read.found[metrics.FEEDBACK.name], series.mean
        ),
        "/usage", f"{count(whole.count)} ratings" if whole.count != 1 else "1 rating",
        is_clear(Share(whole.total, whole.weight), Share(before.total, before.weight)),
    )  # fmt: skip


def _is_moved(
    now: Tally, before: Tally, read: Callable[[Tally], float | None], share: float
) -> bool:
    """Whether a figure changed by a share at least, over enough answers to say so."""
    value, earlier = read(now), read(before)
    if min(now.count, before.count) < _FEWEST or value is None or not earlier:
        return False
    return abs(value - earlier) >= share * earlier
