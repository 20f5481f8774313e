"""The Usage page: who asks what, when, and how content they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from urllib.parse import urlencode

from nicegui import ui

from groundwatch.analytics.behaviour import Behaviour
from groundwatch.analytics.usage import Count, Heatmap, Usage, counts, usage
from groundwatch.analytics.usage import heatmap as hours_of
from groundwatch.dashboard import charts, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.engaged import Engaged, of_lengths, read_engaged
from groundwatch.dashboard.engaged import shown as figures_of_people
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.formatting import count, plural
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.gaps import ExplainedGap, draw_gaps, read_gaps
from groundwatch.dashboard.hours import hours as by_weekday
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.panels import Content, Panels, columns
from groundwatch.dashboard.person import PARAMETER, draw_person, read_person
from groundwatch.dashboard.places import interactions_of
from groundwatch.dashboard.table import Column, Row, Table, of_series, relative
from groundwatch.dashboard.watched import Asked, View
from groundwatch.dashboard.withheld import READS_ALL

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Read:
    found: Usage
    gaps: tuple[ExplainedGap, ...]
    categories: tuple[Count, ...]
    bands: tuple[Count, ...]
    engaged: Engaged
    person: Behaviour | None


def _read(asked: Asked) -> _Read:
    source, window = asked.source, asked.window
    return _Read(
        usage(source, window, UTC),
        read_gaps(asked),
        counts(source, window, "category"),
        counts(source, window, "complexity"),
        read_engaged(asked),
        read_person(asked),
    )


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    person = html()
    figures = html()
    people = html()
    with ui.element("div").classes("cards"):
        asked_a_minute = panels.add("questions", "Questions a minute", "half", 210)
        heatmap = panels.add("heatmap", "When people ask", "half", 210)
    missing = html()
    left, right = columns()
    with left:
        topics = panels.add("topics", "Topics", "full", 0)
        stays = panels.add("sessions", "How long people stay", "full", 0)
        categories = panels.add("categories", "Kinds of questions", "full", 0)
        content = panels.add("satisfaction", "Satisfaction", "full", 210)
    with right:
        users = panels.add("users", "People", "full", 0)
        endpoints = panels.add("endpoints", "Ways in", "full", 0)
        bands = panels.add("complexity", "How much they ask for", "full", 0)
        groups = panels.add("groups", "Groups", "full", 0)
        outcomes = panels.add("outcomes", "Outcomes", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        found = read.found
        link = linked(asked.selection.shared())
        draw_person(person, read.person, asked)
        strip(figures, asked, _figures(read, is_comparable=asked.window.is_comparable))
        strip(people, asked, figures_of_people(read.engaged.people))
        stays.show(of_lengths(read.engaged.sessions))
        asked_a_minute.show(
            Content(
                of_series([found.requests_series]),
                charts.over_time([found.requests_series], Look("rate", "area")),
                empty="no question was asked in this span" if not found.requests.value else "",
            )
        )
        # Its cells were read with the rest, so that this only arranges them for the reader's zone.
        heatmap.show(_heatmap(hours_of(asked.source, asked.window, asked.zone)))
        draw_gaps(missing, read.gaps, asked)
        topics.show(_counts(found.topics, "topic", lambda _: ""))
        categories.show(_counts(_spoken(read.categories), "kind", lambda _: ""))
        bands.show(_counts(read.bands, "complexity", lambda _: ""))
        groups.show(_counts(found.groups, "group", lambda g: link(interactions_of("group", g))))
        endpoints.show(_counts(found.endpoints, "way in", lambda _: ""))
        outcomes.show(_outcomes(found, link))
        users.show(_users(found, link, named=asked.identity.may(READS_ALL)))
        content.show(
            Content(
                of_series([found.satisfaction_series]),
                charts.over_time([found.satisfaction_series], Look("ratio", high=1.0)),
                note=plural(found.ratings, "rating"),
                empty=found.satisfaction.reason,
            )
        )

    return update


def _figures(read: _Read, *, is_comparable: bool) -> Sequence[Shown]:
    found, stay = read.found, read.engaged.median
    each = found.per_session.value
    in_one = "" if each is None else f"{each:.1f} questions each"
    people = found.active_users.value or 0
    returning = f"{count(found.returning)} of them also before" if people and is_comparable else ""
    return (
        Shown("Questions", found.requests.value, "1", found.requests, "neutral"),
        Shown("People", found.active_users.value, "1", found.active_users, note=returning),
        Shown("Questions a person", found.per_user.value, "1", found.per_user, "neutral"),
        Shown("Sessions", found.sessions.value, "1", found.sessions, "neutral", in_one),
        Shown("Session length", stay.value, "s", stay, "neutral", "median" * (not stay.reason)),
        Shown("Satisfaction", found.satisfaction.value, "ratio", found.satisfaction, "better"),
    )


def _heatmap(heat: Heatmap) -> Content:
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
        by_weekday(heat),
        note=f"questions an hour, {heat.zone}; empty where nothing is on record",
        empty="" if rows else "no whole hour is on record in this span",
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


def _spoken(rows: Sequence[Count]) -> list[Count]:
    return [replace(row, label=row.label.replace("_", " ")) for row in rows]


def _outcomes(found: Usage, link: Callable[[str], str]) -> Content:
    whole = sum(found.outcomes.values())
    rows = tuple(
        Row(
            (label.replace("_", " "), count, count / whole), link(interactions_of("outcome", label))
        )
        for label, count in found.outcomes.items()
    )
    table = Table((Column("Outcome"), Column("Questions", "1"), Column("Share", "ratio")), rows)
    return Content(table, empty="" if rows else "no question was asked in this span")


def _users(read: Usage, link: Callable[[str], str], *, named: bool) -> Content:
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
            link(f"/usage?{urlencode({PARAMETER: row.user})}"),
        )
        for row in read.users
    )
    more = round(read.active_users.value or 0) - len(found)
    note = f"The busiest {len(found)}; {count(more)} more." if more else ""
    return Content(
        Table(columns, found, note), empty="" if found else "nobody is named in this span"
    )


VIEW = View(
    places.USAGE,
    _read,
    _build,
    lambda identity: "named" if identity.may(READS_ALL) else "",
    (PARAMETER,),
)
