"""The Rules page: what is watched, how each rule stands, and what a new one would have done."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from nicegui import ui

from groundwatch.alerting.desk import Desk, RuleSeen
from groundwatch.alerting.previewing import Past, Preview, preview
from groundwatch.alerting.rule_file import written
from groundwatch.alerting.rule_settings import RuleSettings, rule_of
from groundwatch.alerting.runbooks import names
from groundwatch.analytics.series import Series
from groundwatch.dashboard import charts, places, rule_words
from groundwatch.dashboard.alert_tabs import tabs
from groundwatch.dashboard.charts import Look, Options
from groundwatch.dashboard.formatting import measured, percent, plural, span
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panels
from groundwatch.dashboard.rule_actions import WRITES, RuleActions
from groundwatch.dashboard.rule_forms import BEGINNING, FIELDS, form_of, typed, whole
from groundwatch.dashboard.runbook_pages import link_of
from groundwatch.dashboard.severities import look_of
from groundwatch.dashboard.table import Column, Row, Table, of_series
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain.alerts import rank
from groundwatch.domain.status import Severity
from groundwatch.errors import InvalidInput
from groundwatch.store.alerts.rule_states import labels_of

PARAMETERS = ("rule", "removed", "days", *FIELDS)
_CLEARED = dict.fromkeys(PARAMETERS, "")
DAYS = ("1", "7", "30")
NEW = "new"
_USUAL_DAYS = "7"
_KEPT_SECONDS = 3600.0
_LINES = 3
_DOTS = 100
"""With more looks, a point that stands alone is too small a thing to mark."""
_STATES = {"firing": 3, "pending": 2, "no-data": 1}


@dataclass(frozen=True, slots=True)
class _Read:
    """The list; or one rule, as the form holds it.

    Attributes:
        form: values of the fields, as they were written.
        rule: what they make; None with a `problem`.
        live: how the rule of this name stands, if it is evaluated.
        removed: name of a rule that was just taken out; the address holds its fields.
        is_own: whether it stands in the policy file, and can be taken out of it.
        refused: why the policy as it stands is not in force.
    """

    seen: tuple[RuleSeen, ...] = ()
    form: Mapping[str, str] | None = None
    name: str = ""
    rule: RuleSettings | None = None
    problem: str = ""
    preview: Preview | None = None
    live: RuleSeen | None = None
    days: str = _USUAL_DAYS
    file: str = ""
    is_own: bool = False
    removed: str = ""
    metrics: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def view(desk: Desk | None, visitor: Visitor) -> View[_Read | None]:
    """The page for one visitor, over a desk; None where nothing is alerted."""
    return View(
        places.RULES,
        lambda asked: None if desk is None else _read(desk, asked),
        lambda panels: _Page(desk, visitor, panels).update,
        parameters=PARAMETERS,
        head=frozenset(),
    )


def _read(desk: Desk, asked: Asked) -> _Read:
    given = dict(asked.selection.more)
    seen = tuple(sorted(desk.rules(), key=_urgency))
    name = given.get("rule", "")
    if not name:
        removed = given.get("removed", "")
        gone = "" if removed in desk.policy.own_rules() else removed
        return _Read(seen, removed=gone, file=desk.policy.file(), refused=desk.policy.problems())
    live = next((each for each in seen if each.rule.name == name), None)
    form = {field: given[field] for field in FIELDS if field in given}
    if live is not None:
        form |= whole(form, form_of(live.rule))
    if not form:
        form = dict(BEGINNING) if live is None else form_of(live.rule)
    days = given["days"] if given.get("days") in DAYS else _USUAL_DAYS
    read = _Read(
        seen, form, name, live=live, days=days, file=desk.policy.file(),
        is_own=live is not None and name in desk.policy.own_rules(),
        metrics=tuple(asked.watch.events.metric_names()), refused=desk.policy.problems(),
    )  # fmt: skip
    try:
        rule = rule_of({"name": "new_rule" if name == NEW else name, **typed(form)})
    except InvalidInput as error:
        return replace(read, problem=str(error))
    key = ("preview", rule.model_dump_json(), days)
    since = asked.now - timedelta(days=int(days))
    found = asked.readings.get(
        key, _KEPT_SECONDS, lambda: preview(rule, asked.watch.events, since, asked.now)
    )
    return replace(read, rule=rule, preview=found)


def _urgency(seen: RuleSeen) -> tuple[int, int, str]:
    return -worst_of(seen)[0], -rank(seen.rule.severity), seen.rule.name


def worst_of(seen: RuleSeen) -> tuple[int, int]:
    """How urgent the worst series is, and its place."""
    ranked = [(_STATES.get(each.state, 0), -place) for place, each in enumerate(seen.series)]
    urgency, place = max(ranked, default=(0, 0))
    return urgency, -place


class _Page:
    """Draws the list or a rule, and saves what was previewed."""

    def __init__(self, desk: Desk | None, visitor: Visitor, panels: Panels) -> None:
        self._notice = html()
        self._place = html()
        self._form = html()
        self._said = html()
        self._charted = ui.element("div").classes("cards preview")
        with self._charted:
            self._chart = panels.add("past", "What it would have done", "two-thirds", 240)
            self._spans = panels.add("spans", "When it would have fired", "third", 0)
        self._charted.set_visibility(False)
        self._yaml = html()
        self._last: tuple[_Read, Asked] | None = None
        if desk is not None:
            self._acts = RuleActions(desk.policy, visitor)
            ui.on("rule-save", self._on_save)
            ui.on("rule-remove", self._on_remove)

    async def _on_save(self, _: object) -> None:
        await self._do(self._acts.save(self._last[0].rule if self._last else None))

    async def _on_remove(self, _: object) -> None:
        """Take it out, and go to the list, from where it can be put back."""
        live = self._last[0].live if self._last else None
        if self._last is None or live is None:
            return
        if await self._do(self._acts.remove(live.rule.name)):
            to = {**_CLEARED, **form_of(live.rule), "removed": live.rule.name}
            ui.navigate.to(places.RULES.path + self._last[1].selection.query(to))

    async def _do(self, act: Awaitable[str]) -> bool:
        """Say what was done, or what went wrong; returns whether it was done."""
        problem, done = "", ""
        try:
            done = await act
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            problem = trouble_of(error, "")[0]
        words = {"text": problem or done, "is_bad": bool(problem)}
        self._notice.set_content(render("watch/alert_notice.html", words))
        return not problem

    def update(self, read: _Read | None, asked: Asked) -> None:
        self._last = None if read is None else (read, asked)
        query, cleared = asked.selection.query, _CLEARED
        path = places.RULES.path
        values: dict[str, object] = {
            "tabs": tabs(asked, "rules"),
            "read": read,
            "now": asked.now,
            "look": look_of,
            "words": rule_words,
            "figure": measured,
            "worst": worst_of,
            "labels": labels_of,
            "verdict": "" if read is None else verdict(read.seen),
            "said": "" if read is None or read.preview is None else in_words(read.preview),
            "may_act": asked.identity.may(WRITES),
            "link": lambda name: f"{path}{query({**cleared, 'rule': name})}",
            "back": f"{path}{query(cleared)}",
            "put_back": lambda name: f"{path}{query({'rule': name, 'removed': ''})}",
            "spans": [(days, f"{path}{query({'days': days})}") for days in DAYS],
            "kept": [(n, v) for n, v in (("app", asked.selection.application),) if v],
            "runbooks": names(),
            "runbook_link": link_of,
            "yaml": "" if read is None or read.rule is None else written(read.rule),
            "severities": [str(each) for each in Severity],
        }
        is_one = read is not None and read.form is not None
        _set(self._place, render("watch/rule.html" if is_one else "watch/rules.html", values))
        for place, name in (
            (self._form, "rule_form"), (self._said, "rule_said"), (self._yaml, "rule_yaml"),
        ):  # fmt: skip
            _set(place, render(f"watch/{name}.html", values) if is_one else "")
        found = read.preview if read else None
        self._charted.set_visibility(found is not None)
        if found is not None:
            self._draw(found)

    def _draw(self, found: Preview) -> None:
        unit = rule_words.unit_of(found.rule)
        lines = [_line(each, unit) for each in found.series[:_LINES] if _has_data(each)]
        more = len(found.series) + found.left_out - len(lines)
        note = f"looked at every {span(found.every.total_seconds())}" if lines else ""
        if lines and more:
            note += f"; {plural(more, 'series is', 'series are')} not drawn"
        empty = "" if lines else "nothing was measured"
        options = drawn(lines, found, unit) if lines else None
        self._chart.show(Content(of_series(lines), options, note, empty))
        self._spans.show(_listed(found))


def verdict(seen: tuple[RuleSeen, ...]) -> str:
    """How the rules stand, in one line."""
    counts = [worst_of(each)[0] for each in seen]
    if not counts:
        return "No rule is evaluated."
    firing, pending, missing = (counts.count(each) for each in (3, 2, 1))
    said = [f"{firing} of {plural(len(counts), 'rule')} {'fires' if firing == 1 else 'fire'}"]
    if pending:
        said.append(f"{pending} {'is' if pending == 1 else 'are'} about to")
    if missing:
        said.append(f"{missing} {'has' if missing == 1 else 'have'} no data")
    return f"{', '.join(said)}." if firing else f"{', '.join(['No rule fires', *said[1:]])}."


def in_words(found: Preview) -> str:
    """What a rule would have done, in one line."""
    days = round((found.until - found.since) / timedelta(days=1))
    last = f"the last {plural(days, 'day')}" if days > 1 else "the last 24 h"
    if not found.is_measured:
        return f"{found.rule.metric} was not measured in {last}, so nobody can say."
    if not found.fired:
        return f"It would not have fired in {last}."
    times = "once" if found.fired == 1 else f"{found.fired} times"
    return f"It would have fired {times} in {last}, {span(found.lasted.total_seconds())} in all."


def drawn(lines: list[Series], found: Preview, unit: str) -> Options:
    """Values with the threshold, and the stretches in which it would have fired as areas."""
    rule = found.rule
    look = Look(unit, limit=(rule_words.limit_of(rule), rule.threshold))
    options = charts.over_time(lines, look)
    series = options["series"]
    assert isinstance(series, list)
    areas = [
        [{"xAxis": _stamp(each.since)}, {"xAxis": _stamp(each.until or found.until)}]
        for one in found.series
        for each in one.spans
    ]
    if len(found.series[0].points) > _DOTS:
        for each in series:
            each["showSymbol"] = False
    series[0]["markArea"] = {
        "silent": True, "data": areas, "itemStyle": {
            "color": "var(--bad)", "opacity": 0.22, "borderColor": "var(--bad)", "borderWidth": 1,
        },
    }  # fmt: skip
    return options


def _stamp(at: object) -> int:
    assert hasattr(at, "timestamp")
    return int(at.timestamp() * 1000)


def _has_data(one: Past) -> bool:
    return any(value is not None for _, value in one.points)


def _line(one: Past, unit: str) -> Series:
    at, values = zip(*one.points, strict=True)
    return Series(rule_words.series_of(one.labels), unit, at, values, tuple(1 for _ in at))


def _listed(found: Preview) -> Content:
    columns = (Column("Began", "moment"), Column("Lasted", "s"), Column("Series"))
    spans = sorted(
        ((each, one) for one in found.series for each in one.spans), key=lambda x: x[0].since
    )
    rows = tuple(
        Row(
            (
                each.since,
                ((each.until or found.until) - each.since).total_seconds(),
                rule_words.series_of(one.labels),
            )
        )
        for each, one in reversed(spans)
    )
    missing = min((one.missing for one in found.series), default=timedelta())
    share = percent(missing / (found.until - found.since))
    note = f"Without data {share} of the time." if missing else ""
    empty = "" if rows else "it would not have fired"
    return Content(Table(columns, rows, note), note="" if rows else note, empty=empty)


def _set(place: ui.html, content: str) -> None:
    if place.content != content:
        place.set_content(content)
