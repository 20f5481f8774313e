"""The Usage page: who asks what, when, and how content they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

from nicegui import ui

from groundwatch.analytics.knowledge import Gap, gaps
from groundwatch.analytics.usage import Count, Usage, UserRow, usage
from groundwatch.dashboard import charts, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.panels import Content, Panels
from groundwatch.dashboard.table import Column, Row, Table, of_series, relative
from groundwatch.dashboard.watched import Asked, View
from groundwatch.dashboard.withheld import READS_ALL

_MOST_USERS = 100
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Read:
    found: Usage
    gaps: tuple[Gap, ...]


def _read(asked: Asked) -> _Read:
    return _Read(usage(asked.source, asked.window, UTC), gaps(asked.source, asked.window))


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    figures = html()
    with ui.element("div").classes("cards"):
        asked_a_minute = panels.add("questions", "Questions a minute", "half", 210)
        heatmap = panels.add("heatmap", "When people ask", "half", 210)
    with ui.element("div").classes("cards"):
        missing = panels.add("knowledge-gaps", "Asked and not answered", "half", 0)
        topics = panels.add("topics", "Topics", "half", 0)
    with ui.element("div").classes("cards"):
        groups = panels.add("groups", "Groups", "third", 0)
        endpoints = panels.add("endpoints", "Ways in", "third", 0)
        outcomes = panels.add("outcomes", "Outcomes", "third", 0)
    with ui.element("div").classes("cards"):
        users = panels.add("users", "People", "half", 0)
        content = panels.add("satisfaction", "Satisfaction", "half", 210)

    def update(read: _Read, asked: Asked) -> None:
        found = read.found
        link = linked(asked.selection.shared())
        strip(figures, asked, _figures(found, is_comparable=asked.window.is_comparable))
        asked_a_minute.show(
            Content(
                of_series([found.requests_series]),
                charts.over_time([found.requests_series], Look("rate", "area")),
                empty="no question was asked in this span" if not found.requests.value else "",
            )
        )
        heatmap.show(_heatmap(found))
        missing.show(_gaps(read.gaps))
        topics.show(_counts(found.topics, "topic", lambda _: ""))
        groups.show(_counts(found.groups, "group", lambda _: ""))
        endpoints.show(_counts(found.endpoints, "way in", lambda _: ""))
        outcomes.show(_outcomes(found, link))
        users.show(_users(found.users, link, named=asked.identity.may(READS_ALL)))
        content.show(
            Content(
                of_series([found.satisfaction_series]),
                charts.over_time([found.satisfaction_series], Look("ratio", high=1.0)),
                note=f"{found.ratings} ratings",
                empty=found.satisfaction.reason,
            )
        )

    return update


def _figures(found: Usage, *, is_comparable: bool) -> Sequence[Shown]:
    people = found.active_users.value or 0
    returning = f"{found.returning} of them also before" if people and is_comparable else ""
    return (
        Shown("Questions", found.requests.value, "1", found.requests, "neutral"),
        Shown("People", found.active_users.value, "1", found.active_users, note=returning),
        Shown("Questions a person", found.per_user.value, "1", found.per_user, "neutral"),
        Shown("Sessions", found.sessions.value, "1", found.sessions, "neutral"),
        Shown("Questions a session", found.per_session.value, "1", found.per_session, "neutral"),
        Shown("Satisfaction", found.satisfaction.value, "ratio", found.satisfaction, "better"),
    )


def _heatmap(found: Usage) -> Content:
    heat = found.heatmap
    rows = tuple(
        Row((_DAYS[day], f"{hour:02d}:00", mean, heat.hours[day][hour]))
        for day, means in enumerate(heat.means)
        for hour, mean in enumerate(means)
        if mean is not None
    )
    columns = (
        Column("Day"), Column("Hour"), Column("Questions an hour", "1"), Column("Hours seen", "1"),
    )  # fmt: skip
    return Content(
        Table(columns, rows),
        charts.hours(heat),
        note=f"questions an hour, {heat.zone}; empty where nothing is on record",
        empty="" if rows else "no whole hour is on record in this span",
    )


def _gaps(found: Sequence[Gap]) -> Content:
    columns = (
        Column("Topic"), Column("Asked", "1"), Column("Declined", "1"), Column("Share", "ratio"),
        Column("Before", "ratio"), Column("Unsupported", "1"),
    )  # fmt: skip
    rows = tuple(
        Row((gap.topic, gap.asked, gap.declined, gap.share, gap.declined_before, gap.unsupported))
        for gap in found
        if gap.unanswered >= 0.1 * gap.asked
    )
    note = (
        "Topics of at least five questions of which a tenth or more found no answer, or one that "
        "its passages do not support."
    )
    return Content(
        Table(columns, rows, note if rows else ""),
        empty="" if rows else "no topic is asked and often declined in this span",
    )


def _counts(rows: Sequence[Count], name: str, link: Callable[[str], str]) -> Content:
    whole = sum(row.requests for row in rows)
    columns = (
        Column(name.capitalize()), Column("Questions", "1"), Column("Share", "ratio"),
        Column("Change", "change:neutral"),
    )  # fmt: skip
    found = tuple(
        Row(
            (row.label, row.requests, row.requests / whole, relative(row.requests, row.before)),
            link(row.label),
        )
        for row in rows
    )
    return Content(Table(columns, found), empty="" if rows else f"no {name} is known in this span")


def _outcomes(found: Usage, link: Callable[[str], str]) -> Content:
    whole = sum(found.outcomes.values())
    rows = tuple(
        Row((label.replace("_", " "), count, count / whole), link(f"/interactions?outcome={label}"))
        for label, count in found.outcomes.items()
    )
    table = Table((Column("Outcome"), Column("Questions", "1"), Column("Share", "ratio")), rows)
    return Content(table, empty="" if rows else "no question was asked in this span")


def _users(rows: Sequence[UserRow], link: Callable[[str], str], *, named: bool) -> Content:
    """What single people did is for those who may read everybody's interactions."""
    columns = (
        Column("Person"), Column("Questions", "1"), Column("Change", "change:neutral"),
        Column("Failed", "1"), Column("Cost", "USD"),
    )  # fmt: skip
    if not named:
        return Content(Table(columns, ()), empty="this needs the permission interactions:read-all")
    found = tuple(
        Row(
            (row.user, row.requests, relative(row.requests, row.before), row.errors, row.cost),
            link(f"/interactions?user={row.user}"),
        )
        for row in rows[:_MOST_USERS]
    )
    more = len(rows) - len(found)
    note = f"The busiest {_MOST_USERS}; {more} more." if more else ""
    return Content(
        Table(columns, found, note), empty="" if rows else "nobody is named in this span"
    )


VIEW = View(
    places.USAGE, _read, _build, lambda identity: "named" if identity.may(READS_ALL) else ""
)
