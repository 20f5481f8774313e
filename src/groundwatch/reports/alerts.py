"""Incidents of a span: how many, how bad, how soon somebody took them in hand."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import sqrt
from statistics import median

from groundwatch.analytics.compared import Compared
from groundwatch.domain.alerts import Incident, rank
from groundwatch.domain.status import Severity
from groundwatch.reports.charts import Mark
from groundwatch.reports.figures import figure, moment
from groundwatch.reports.report import Column, Figure, Row, Section, Table, cut
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import lasting, plural

_MOST = 12
_FEWEST = 5
_Z_95 = 1.96
_PATH = "/alerts"
_MARKED = rank(Severity.HIGH)


def troubles(reading: Reading, found: Sequence[Incident]) -> Section:
    """Incidents that were opened in the span, and those that were open when it began."""
    own, earlier = opened(reading, found), opened_before(reading, found)
    since = reading.span.window.since
    carried = [
        each
        for each in found
        if each.opened_at < since and (each.resolved_at is None or each.resolved_at >= since)
    ]
    says = []
    if carried:
        says.append(f"{plural(len(carried), 'incident')} of before was not over when it began.")
    return Section(
        "alerts",
        "Alerts",
        tuple(says),
        _figures(reading, own, earlier, len(still_open(reading, found))),
        (),
        (_table(reading, [*own, *carried]),),
    )


def opened(reading: Reading, found: Sequence[Incident]) -> list[Incident]:
    """Incidents that began in the span."""
    window = reading.span.window
    return [each for each in found if window.since <= each.opened_at < window.until]


def opened_before(reading: Reading, found: Sequence[Incident]) -> list[Incident]:
    """Incidents that began in the span before."""
    window = reading.span.window
    since = window.since - timedelta(seconds=window.seconds)
    return [each for each in found if since <= each.opened_at < window.since]


def still_open(reading: Reading, found: Sequence[Incident]) -> list[Incident]:
    """Incidents that were not over when the span ended."""
    until = reading.span.window.until
    return [
        each
        for each in found
        if each.opened_at < until and (each.resolved_at is None or each.resolved_at >= until)
    ]


def marks(reading: Reading, found: Sequence[Incident]) -> tuple[Mark, ...]:
    """Severe incidents as marks of a chart."""
    return tuple(
        Mark(reading.span.local(each.opened_at), each.title)
        for each in opened(reading, found)
        if rank(each.severity) >= _MARKED
    )


def _figures(
    reading: Reading, own: Sequence[Incident], earlier: Sequence[Incident], there: int
) -> tuple[Figure, ...]:
    until = reading.span.window.until
    since = reading.span.window.since
    severe = [sum(rank(each.severity) >= _MARKED for each in some) for some in (own, earlier)]
    enough = min(len(own), len(earlier)) >= _FEWEST
    nothing = "" if own else "no incident began in this span"
    return (
        figure(reading, "incidents", "Incidents", "1", "worse",
               Compared(len(own), len(earlier)), _PATH,
               is_clear=_differ(len(own), len(earlier))),
        figure(reading, "severe", "Of them high or critical", "1", "worse",
               Compared(severe[0], severe[1]), _PATH, is_clear=_differ(severe[0], severe[1])),
        figure(reading, "time_to_acknowledge", "Until somebody took it, median", "duration",
               "worse", Compared(_taken(own, until), _taken(earlier, since),
                                 nothing or _none(own, "acknowledged")), _PATH,
               is_clear=enough),
        figure(reading, "time_to_resolve", "Until it was over, median", "duration", "worse",
               Compared(_over(own, until), _over(earlier, since),
                        nothing or _none(own, "resolved")), _PATH, is_clear=enough),
        figure(reading, "still_open", "Open at the end", "1", "worse", Compared(there), _PATH),
    )  # fmt: skip


def _differ(now: int, before: int) -> bool:
    """Whether two counts differ by more than chance (Poisson, 95 %)."""
    return abs(now - before) > _Z_95 * sqrt(now + before)


def _none(own: Sequence[Incident], state: str) -> str:
    if any(getattr(each, f"{state}_at") is not None for each in own):
        return ""
    return f"none was {state} by then"


def _taken(found: Sequence[Incident], until: datetime) -> float | None:
    return _median(
        (each.acknowledged_at - each.opened_at)
        for each in found
        if each.acknowledged_at is not None and each.acknowledged_at < until
    )


def _over(found: Sequence[Incident], until: datetime) -> float | None:
    return _median(
        (each.resolved_at - each.opened_at)
        for each in found
        if each.resolved_at is not None and each.resolved_at < until
    )


def _median(lengths: Iterable[timedelta]) -> float | None:
    known = [each.total_seconds() for each in lengths]
    return median(known) if known else None


def _table(reading: Reading, found: Sequence[Incident]) -> Table:
    ordered = sorted(found, key=lambda each: (-rank(each.severity), each.opened_at))
    rows, left = cut([_row(reading, each) for each in ordered], _MOST)
    titles = ("Incident", "Severity", "Began", "Lasted", "In hand")
    return Table(
        "incidents",
        "Incidents, the worst first",
        tuple(Column(title) for title in titles),
        rows,
        "No incident in this span.",
        left,
    )


def _row(reading: Reading, each: Incident) -> Row:
    until = reading.span.window.until
    is_over = each.resolved_at is not None and each.resolved_at < until
    end = each.resolved_at if is_over and each.resolved_at is not None else until
    length = lasting(end - each.opened_at)
    return Row(
        (
            f"{each.title} ({each.byname})" if each.byname else each.title,
            each.severity.value,
            moment(reading.span, each.opened_at),
            length if is_over else f"{length}, not over",
            each.acknowledged_by or each.owner or "nobody",
        ),
        f"{_PATH}?id={each.id}",
    )
