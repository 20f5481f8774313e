"""The Service levels page: what was promised, and what is left of error budgets."""

from collections.abc import Callable
from dataclasses import dataclass

from groundwatch.analytics.sla import SlaReport, Violation, sla_reports
from groundwatch.analytics.sla_terms import Sla
from groundwatch.analytics.slo import BudgetState, ObjectiveState, objectives
from groundwatch.dashboard import formatting, places
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Panels
from groundwatch.dashboard.severities import look_of
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, View

_UNITS = {Sla.RESPONSE_TIME: "s", Sla.AVAILABILITY: "ratio", Sla.QUALITY: "score"}
_NAMES = {
    Sla.RESPONSE_TIME: "p95 response time",
    Sla.AVAILABILITY: "availability",
    Sla.QUALITY: "quality",
}
_LINKS = {
    "availability": "/performance",
    "latency": "/performance",
    "quality": "/quality",
    "freshness": "/sources",
    "cost": "/cost",
}
_PAGES = {
    Sla.RESPONSE_TIME: "/performance",
    Sla.AVAILABILITY: "/performance",
    Sla.QUALITY: "/quality",
}
_LOOKS = {
    BudgetState.OK: "healthy",
    BudgetState.SPENT: "degraded",
    BudgetState.NO_DATA: "unknown",
    BudgetState.TOO_FEW: "unknown",
}
_WORDS = {
    BudgetState.OK: "within budget",
    BudgetState.BURNING: "burning",
    BudgetState.SPENT: "budget spent",
    BudgetState.NO_DATA: "not measured",
    BudgetState.TOO_FEW: "too few events",
}


@dataclass(frozen=True, slots=True)
class _Read:
    reports: tuple[SlaReport, ...]
    states: tuple[ObjectiveState, ...]


def _read(asked: Asked) -> _Read:
    settings, chosen = asked.watch.levels, asked.window.application
    return _Read(
        tuple(
            each
            for each in sla_reports(asked.source, settings, asked.now)
            if not chosen or each.application in {"", chosen}
        ),
        objectives(
            asked.source,
            {
                name: each
                for name, each in settings.objectives.items()
                if not chosen or each.application in {"", chosen}
            },
            asked.now,
        ),
    )


def _build(_: Panels) -> Callable[[_Read, Asked], None]:
    place = html()

    def update(read: _Read, asked: Asked) -> None:
        values: dict[str, object] = {
            "read": read,
            "verdict": verdict(read.reports, read.states),
            "units": _UNITS,
            "names": _NAMES,
            "links": _LINKS,
            "pages": _PAGES,
            "look": _look,
            "words": _WORDS,
            "touched": _touched(read.reports),
            "exact": exact,
            "now": asked.now,
            "recent": asked.watch.levels.sla.recent_minutes,
            "severity": look_of,
        }
        content = render("watch/levels.html", values)
        if place.content != content:
            place.set_content(content)

    return update


def verdict(reports: tuple[SlaReport, ...], states: tuple[ObjectiveState, ...]) -> str:
    """How service levels are, in one line."""
    broken = sum(len(each.violations) for each in reports)
    burning = [each.name for each in states if each.state is BudgetState.BURNING]
    spent = [each.name for each in states if each.state is BudgetState.SPENT]
    said = []
    if broken:
        said.append(f"{broken} {'promise is' if broken == 1 else 'promises are'} broken")
    if burning:
        said.append(f"the budget of {' and '.join(burning)} burns too fast")
    if spent:
        said.append(f"the budget of {' and '.join(spent)} is spent")
    if said:
        text = "; ".join(said)
        return f"{text[0].upper()}{text[1:]}."
    if all(each.sla_compliant is None for each in reports):
        return "Not known: too little was measured lately to judge what was promised."
    return "Everything that was measured is as promised, and no budget burns."


def _touched(reports: tuple[SlaReport, ...]) -> dict[tuple[str, str], Violation]:
    """What does not hold now, by application and promise."""
    return {
        (report.application, each.type.removesuffix("_sla")): each
        for report in reports
        for each in report.violations
    }


def exact(value: float | None, unit: str) -> str:
    """A value whose difference from what was promised shows: 98.76 %, not 99 %."""
    if value is None or unit != "ratio":
        return formatting.measured(value, unit)
    return f"{value * 100:.2f}".rstrip("0").rstrip(".") + "\u202f%"


def _look(state: ObjectiveState) -> str:
    if state.severity is not None:
        return look_of(state.severity)
    return _LOOKS.get(state.state, "warning")


VIEW = View(places.LEVELS, _read, _build, head=frozenset({"application"}))
