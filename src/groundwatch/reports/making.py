"""Reports of spans: which sections each kind has."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from groundwatch.analytics.overview import Overview, overview
from groundwatch.analytics.remembering import Remembering
from groundwatch.analytics.tallies import compared
from groundwatch.domain.alerts import Incident
from groundwatch.reports import alerts, health, money, outlook, promises
from groundwatch.reports.advice import advice
from groundwatch.reports.figures import moment
from groundwatch.reports.missing import lacking
from groundwatch.reports.performance import speed
from groundwatch.reports.quality import goodness
from groundwatch.reports.report import Figure, Report, Section
from groundwatch.reports.sources import Reading, Sources
from groundwatch.reports.spans import Kind, Span
from groundwatch.reports.summary import summary, verdict
from groundwatch.reports.trends import day_by_day
from groundwatch.reports.usage import use
from groundwatch.reports.words import plural
from groundwatch.reports.worth import impact

_TITLES = {
    Kind.DAILY: "Daily report",
    Kind.WEEKLY: "Weekly report",
    Kind.EXECUTIVE: "Executive report",
}
_EXECUTIVE = ("error_rate", "p95", "quality", "satisfaction")


def report(sources: Sources, span: Span, made_at: datetime) -> Report:
    """Make the report of a span; reads cells and incidents, and changes nothing."""
    sources = replace(sources, cells=Remembering(sources.cells))
    span = replace(span, window=compared(sources.cells, span.window))
    reading = Reading(sources, span)
    window = span.window
    seen = overview(sources.cells, window, window.until, None, sources.judged.thresholds)
    found = sources.incidents.since(window.since - timedelta(seconds=window.seconds))
    first = summary(reading, seen)
    make = _SECTIONS[span.kind]
    return Report(
        _TITLES[span.kind],
        span,
        made_at,
        window.application or "",
        verdict(reading, first.figures),
        tuple(_notes(reading, first.figures)),
        make(reading, first, seen, found),
        _address(span),
    )


def _address(span: Span) -> str:
    """The page of a report."""
    chosen = span.window.application
    query = f"?{urlencode({'app': chosen})}" if chosen else ""
    return f"/reports/{span.kind}/{span.date}{query}"


def _daily(
    reading: Reading, first: Section, seen: Overview, found: Sequence[Incident]
) -> tuple[Section, ...]:
    return (
        first,
        speed(reading, alerts.marks(reading, found)),
        goodness(reading),
        use(reading),
        alerts.troubles(reading, found),
        advice(reading, seen.needs),
    )


def _weekly(
    reading: Reading, first: Section, seen: Overview, found: Sequence[Incident]
) -> tuple[Section, ...]:
    return (
        first,
        day_by_day(reading),
        speed(reading, alerts.marks(reading, found)),
        goodness(reading),
        use(reading),
        money.spent(reading),
        alerts.troubles(reading, found),
        lacking(reading),
        advice(reading, seen.needs),
    )


def _executive(
    reading: Reading, first: Section, seen: Overview, found: Sequence[Incident]
) -> tuple[Section, ...]:
    promised = promises.promised(reading)
    compliance = promises.compliance(reading, promised)
    room = outlook.capacity_of(reading)
    parts = health.parts(reading, compliance)
    by_name = {each.name: each for each in first.figures}
    figures = (
        health.overall(reading, parts),
        compliance,
        by_name["satisfaction"],
        money.efficiency_figure(reading),
        by_name["requests"],
        by_name["cost"],
    )
    needs = (*seen.needs, *room.recommendations)
    return (
        health.health(reading, figures, parts),
        replace(first, title="What changed", figures=tuple(by_name[n] for n in _EXECUTIVE)),
        promises.levels(reading, promised),
        money.spent(reading),
        impact(reading),
        outlook.outlook(reading, room),
        alerts.troubles(reading, found),
        lacking(reading),
        advice(reading, needs),
    )


_SECTIONS = {Kind.DAILY: _daily, Kind.WEEKLY: _weekly, Kind.EXECUTIVE: _executive}


def _notes(reading: Reading, figures: tuple[Figure, ...]) -> list[str]:
    span = reading.span
    asked = next((each.value for each in figures if each.name == "requests"), None) or 0.0
    notes = []
    if not span.is_over and not span.rolls:
        until = moment(span, span.window.until)
        notes.append(f"The span is not over: what is told ends {until}, and it is compared with "
                     "as much time before.")  # fmt: skip
    if not span.window.is_comparable:
        notes.append(f"{span.before[0].upper()}{span.before[1:]} was not observed from its "
                     "beginning: nothing is compared with it.")  # fmt: skip
    fewest = reading.judged.thresholds.fewest
    if 0 < asked < fewest:
        notes.append(f"Only {plural(asked, 'question')} in the span: rates and quantiles of fewer "
                     f"than {fewest} say little.")  # fmt: skip
    return notes
