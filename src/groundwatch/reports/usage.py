"""Who asked, when and about what; people are counted and never named."""

from groundwatch.analytics.usage import Count, Usage, usage
from groundwatch.reports.charts import Heatmap
from groundwatch.reports.figures import figure
from groundwatch.reports.report import Column, Figure, Row, Section, Table, cut
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount, plural

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST = 8
_PATH = "/usage"


def use(reading: Reading) -> Section:
    """People, sessions, hours of the day, topics and groups."""
    seen = usage(reading.cells, reading.span.window, reading.span.zone)
    return Section(
        "usage",
        "Usage",
        (),
        _figures(reading, seen),
        (_heatmap(reading, seen),),
        (
            _split(reading, "asked_topics", "Topics", "Topic", seen.topics),
            _split(reading, "groups", "Groups", "Group", seen.groups),
            _split(reading, "endpoints", "Ways of asking", "Endpoint", seen.endpoints),
        ),
    )


def _figures(reading: Reading, seen: Usage) -> tuple[Figure, ...]:
    returning = "" if not reading.span.window.is_comparable else f"{seen.returning} came back"
    return (
        figure(reading, "active_users", "People", "1", "neutral", seen.active_users, _PATH,
               note=returning),
        figure(reading, "sessions", "Sessions", "1", "neutral", seen.sessions, _PATH),
        figure(reading, "per_user", "Questions a person", "1", "neutral", seen.per_user, _PATH),
        figure(reading, "satisfied", "Satisfaction", "ratio", "better", seen.satisfaction, _PATH,
               note=plural(seen.ratings, "rating"), is_clear=False),
    )  # fmt: skip


def _heatmap(reading: Reading, seen: Usage) -> Heatmap:
    means, hours = seen.heatmap.means, seen.heatmap.hours
    days = [place for place in range(7) if any(hours[place])]
    values = tuple(means[place] for place in days)
    known = [
        (value, _DAYS[place], hour)
        for place in days
        for hour, value in enumerate(means[place])
        if value is not None
    ]
    says = "No hour of the span is over and measured."
    if known:
        value, day, hour = max(known)
        says = f"Busiest: {day} {hour:02d}:00, {amount(value, '1')} questions an hour"
    return Heatmap(
        "heatmap",
        f"Questions an hour ({reading.span.zone.key})",
        "1",
        tuple(_DAYS[place] for place in days),
        values,
        says,
        reading.span.link(_PATH),
    )


def _split(
    reading: Reading, name: str, title: str, heading: str, found: tuple[Count, ...]
) -> Table:
    compares = reading.span.window.is_comparable
    rows, left = cut(
        [
            Row(
                (each.label or "none", each.requests, each.before if compares else None),
                reading.span.link(_PATH),
            )
            for each in found
        ],
        _MOST,
    )
    columns = (Column(heading), Column("Questions", "1"), Column("Before", "1"))
    return Table(name, title, columns, rows, "No question of the span names one.", left)
