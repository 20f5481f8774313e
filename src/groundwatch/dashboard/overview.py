"""The Overview page: is all well, what changed, what needs someone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundwatch.analytics import changes, series, tallies
from groundwatch.analytics.capacity import Limit
from groundwatch.analytics.capacity_limits import near
from groundwatch.analytics.overview import Overview, overview
from groundwatch.analytics.series import Series
from groundwatch.dashboard import charts, places, sparks
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panels, columns
from groundwatch.dashboard.table import of_series
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain import metrics
from groundwatch.domain.alerts import Incident, rank
from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.reports.outlook import resource_name

_MOST_EVENTS = 6
_MOST_INCIDENTS = 4


@dataclass(frozen=True, slots=True)
class _Read:
    overview: Overview
    latency: tuple[Series, ...]
    requests: Series
    marks: tuple[Event, ...]
    incidents: tuple[Incident, ...]
    limits: tuple[Limit, ...]


def _read(asked: Asked) -> _Read:
    window, source = asked.window, asked.source
    found = tallies.by_bucket(source, metrics.LATENCY, window)
    requests = tallies.by_bucket(source, metrics.REQUESTS, window)
    return _Read(
        overview(source, window, asked.now, asked.watch.events.backlog(), asked.watch.thresholds),
        tuple(
            series.drawn(name, "s", window, found, series.quantile(q))
            for name, q in (("p50", 0.5), ("p95", 0.95))
        ),
        series.per_minute("a minute", "1/min", window, requests, series.begun_at(requests)),
        tuple(changes.marks(asked.watch.events, window)),
        tuple(asked.watch.incidents()),
        near(source, asked.watch.capacity, asked.now, asked.watch.monthly_budget),
    )


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    verdict = html()
    figures = html()
    left, right = columns()
    with left:
        changed = html().classes("card list-card")
        latency = panels.add("latency", "Latency", "full", 200)
    with right:
        needed = html().classes("card list-card")
        requests = panels.add("questions", "Questions a minute", "full", 200)

    def update(read: _Read, asked: Asked) -> None:
        found, selection = read.overview, asked.selection
        values: dict[str, object] = {
            "found": found,
            "before": selection.before_in_words(),
            "said": selection.in_words(),
            "query": selection.shared(),
            "spark": sparks.spark,
            "now": asked.now,
            "events": read.marks[:_MOST_EVENTS],
            "more_events": max(0, len(read.marks) - _MOST_EVENTS),
            "is_comparable": asked.window.is_comparable,
            "linked": linked(selection.shared()),
            "incidents": read.incidents[:_MOST_INCIDENTS],
            "more_incidents": max(0, len(read.incidents) - _MOST_INCIDENTS),
            "alarm": alarm(read.incidents),
            "verdict": verdict_beside(found.verdict, read.incidents),
            "limits": read.limits,
            "resource": resource_name,
        }
        for place, name in (
            (verdict, "verdict"), (figures, "figures"), (changed, "changes"), (needed, "needs")
        ):  # fmt: skip
            content = render(f"watch/{name}.html", values)
            if content != place.content:
                place.set_content(content)
        limit = asked.watch.thresholds.p95_seconds
        has_limit = any((value or 0) > limit / 3 for value in read.latency[1].values)
        look = Look("s", limit=(f"limit {limit:g} s", limit) if has_limit else None)
        latency.show(
            Content(
                of_series(read.latency),
                charts.over_time(read.latency, look, read.marks),
                empty="no question was asked in this span" if read.latency[1].is_empty else "",
            )
        )
        requests.show(
            Content(
                of_series([read.requests]),
                charts.over_time([read.requests], Look("rate", "area"), read.marks),
                empty="no question was asked in this span" if read.requests.is_empty else "",
            )
        )

    return update


def alarm(incidents: Sequence[Incident]) -> str:
    """Open incidents in one sentence; empty without any."""
    if not incidents:
        return ""
    count = len(incidents)
    worst = max((each.severity for each in incidents), key=rank)
    alone = sum(not (each.owner or each.acknowledged_by) for each in incidents)
    said = f"{count} incidents are open" if count > 1 else "1 incident is open"
    whose = f"{alone} with nobody on it" if alone else "somebody is on each"
    return f"{said}, the worst {worst}; {whose}."


def verdict_beside(verdict: str, incidents: Sequence[Incident]) -> str:
    """The verdict of the numbers; that they are healthy is not said while an alarm is severe."""
    is_severe = any(rank(each.severity) >= rank(Severity.HIGH) for each in incidents)
    return verdict.removeprefix("Healthy.").lstrip() if is_severe else verdict


def linked(query: str) -> Callable[[str], str]:
    """Makes links to other pages keep what is selected."""

    def link(path: str) -> str:
        extra = query.removeprefix("?")
        return path if not extra else f"{path}{'&' if '?' in path else '?'}{extra}"

    return link


VIEW = View(places.OVERVIEW, _read, _build)
