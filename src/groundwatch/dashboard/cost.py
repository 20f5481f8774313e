"""The Cost page: what answers cost and what it was spent on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nicegui import ui

from groundwatch.analytics.business import Business, business
from groundwatch.analytics.cost import NO_COST, Budget, Cost, CostRow, Saving, budget, cost
from groundwatch.dashboard import charts, formatting, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.panels import Content, Panels, columns
from groundwatch.dashboard.places import interactions_of
from groundwatch.dashboard.table import Column, Row, Table, of_series, relative
from groundwatch.dashboard.watched import Asked, View, choices
from groundwatch.dashboard.withheld import READS_ALL

_EACH = {"minute": "a minute", "hour": "an hour", "day": "a day"}


@dataclass(frozen=True, slots=True)
class _Read:
    found: Cost
    budget: Budget | None
    business: Business


def _read(asked: Asked) -> _Read:
    watch, window = asked.watch, asked.window
    limit = watch.monthly_budget
    return _Read(
        cost(asked.source, window, choices(asked)[0]),
        None if limit is None else budget(asked.source, limit, asked.now, window.application),
        business(asked.source, window, watch.assumptions),
    )


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    figures = html()
    with ui.element("div").classes("cards"):
        spent = panels.add("cost", "Cost", "half", 210)
        tokens = panels.add("tokens", "Tokens", "half", 210)
    with ui.element("div").classes("cards"):
        savings = panels.add("savings", "Where the same quality would cost less", "full", 0)
    left, right = columns()
    with left:
        applications = panels.add("cost-applications", "Applications", "full", 0)
        models = panels.add("cost-models", "Models", "full", 0)
    with right:
        users = panels.add("cost-users", "Users", "full", 0)
        groups = panels.add("cost-groups", "Groups", "full", 0)
    with ui.element("div").classes("cards"):
        worth = panels.add("worth", "What it is worth", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        found = read.found
        link = linked(asked.selection.shared())
        strip(figures, asked, _figures(read))
        spent.show(
            Content(
                of_series([found.series]),
                charts.over_time([found.series], Look("USD", "bar")),
                note=f"US dollars {_EACH[asked.window.step]}",
                empty=NO_COST if found.series.is_empty else "",
            )
        )
        tokens.show(
            Content(
                of_series(found.tokens_series),
                charts.over_time(found.tokens_series, Look("tokens", "bar", stacked=True)),
                note=_EACH[asked.window.step],
                empty="no tokens were counted in this span"
                if found.tokens_series[0].is_empty
                else "",
            )
        )
        applications.show(
            _rows(found.applications, "application", lambda a: asked.selection.query({"app": a}))
        )
        models.show(_rows(found.models, "model", lambda m: link(interactions_of("model", m))))
        groups.show(_rows(found.groups, "group", lambda g: link(interactions_of("group", g))))
        users.show(_users(found, link, named=asked.identity.may(READS_ALL)))
        savings.show(_savings(found.savings))
        worth.show(_worth(read.business))

    return update


def _figures(read: _Read) -> Sequence[Shown]:
    found = read.found
    shown = [
        Shown("Cost", found.total.value, "USD", found.total, "worse"),
        Shown("A question", found.per_query.value, "USD", found.per_query, "worse"),
        Shown("An hour", found.per_hour.value, "USD", found.per_hour, "worse"),
        Shown("Tokens in", found.input_tokens.value, "tokens", found.input_tokens, "neutral"),
        Shown("Tokens out", found.output_tokens.value, "tokens", found.output_tokens, "neutral"),
        Shown("With a price", found.priced_share, "ratio", note="of questions"),
    ]
    if read.budget is not None:
        shown.append(_budget(read.budget))
    return shown


def _budget(found: Budget) -> Shown:
    note = f"of {formatting.money(found.limit)} this month"
    if found.projected is not None:
        note += f", {formatting.money(found.projected)} expected"
    return Shown("Budget used", found.spent / found.limit, "ratio", note=note)


def _rows(rows: Sequence[CostRow], name: str, link: Callable[[str], str]) -> Content:
    columns = (
        Column(name.capitalize()), Column("Cost", "USD"), Column("Change", "change:worse"),
        Column("A question", "USD"), Column("Questions", "1"), Column("Tokens", "tokens"),
    )  # fmt: skip
    table = Table(
        columns,
        tuple(
            Row(
                (
                    row.label,
                    row.cost,
                    relative(row.cost, row.before),
                    row.per_query,
                    row.requests,
                    row.input_tokens + row.output_tokens,
                ),
                link(row.label),
            )
            for row in rows
        ),
    )
    return Content(table, empty="" if rows else f"no {name} was named in this span")


def _users(found: Cost, link: Callable[[str], str], *, named: bool) -> Content:
    """What single people did is for those who may read everybody's interactions."""
    if not named:
        empty = f"this needs the permission {READS_ALL}"
        return Content(Table((), ()), empty=empty)
    note = (
        f"The dearest {len(found.users)}; {formatting.count(found.more_users)} more."
        if found.more_users
        else ""
    )
    content = _rows(found.users, "user", lambda user: link(interactions_of("user", user)))
    return replace(content, table=replace(content.table, note=note))


def _savings(found: Sequence[Saving]) -> Content:
    columns = (
        Column("Application"), Column("Model"), Column("Quality", "score"), Column("Instead"),
        Column("Its quality", "score"),
        Column("Saved", "USD"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (each.application, each.model, each.quality, each.other, each.other_quality, each.saved)
        )
        for each in found
    )
    note = (
        "Mean overall quality within .02, from at least 30 scored answers of each in this span. "
        "The models may have answered different questions: try it on a part of the traffic first."
    )
    empty = "" if rows else "no cheaper model was as good in this span, by 30 scored answers each"
    return Content(Table(columns, rows, note), empty=empty)


def _worth(found: Business) -> Content:
    columns = (Column("Figure"), Column("Value"), Column("Before"), Column("Rests on"))
    assumed = ", ".join(found.assumptions) or "nothing was declared"
    lines = (
        ("Hours saved", found.hours_saved, "1"),
        ("Worth of the time", found.value_saved, "USD"),
        ("Revenue", found.revenue, "USD"),
    )
    rows = tuple(
        Row(
            (
                name,
                formatting.measured(figure.value, unit),
                formatting.measured(figure.before, unit),
                figure.reason or assumed,
            )
        )
        for name, figure, unit in lines
    )
    is_empty = not found.assumptions
    note = f"{formatting.count(found.answered)} answered questions of this span."
    return Content(
        Table(columns, rows, note),
        note="from declared assumptions",
        empty="nobody declared what an answer is worth, so nothing is claimed" if is_empty else "",
    )


VIEW = View(places.COST, _read, _build)
