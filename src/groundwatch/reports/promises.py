"""Service levels over a span: how much of it every promise held."""

from datetime import timedelta
from math import ceil

from groundwatch.analytics.compared import Compared
from groundwatch.analytics.sla import Promise, SlaReport, sla_report
from groundwatch.analytics.slo import ObjectiveState, objectives
from groundwatch.analytics.words import percent
from groundwatch.reports.figures import figure
from groundwatch.reports.report import Column, Figure, Row, Section, Table
from groundwatch.reports.sources import Reading

_PATH = "/service-levels"
_TITLES = {
    "response_time": "Response time (p95)",
    "availability": "Availability",
    "quality": "Quality",
}
_UNITS = {"response_time": "s", "availability": "ratio", "quality": "score"}


def promised(reading: Reading) -> SlaReport:
    """The SLA of the span; its period is the span, to whole days."""
    return _judged(reading, before=False)


def levels(reading: Reading, found: SlaReport) -> Section:
    """The rate of compliance, every promise, and what is left of error budgets."""
    before = _judged(reading, before=True)
    states = objectives(reading.cells, reading.judged.levels.objectives, reading.span.window.until)
    unknown = found.compliance.unknown_time
    says = []
    if unknown > 0.01:
        says.append(
            f"In {percent(unknown)} of the span nothing was measured; it counts neither way."
        )
    return Section(
        "service_levels",
        "Service levels",
        tuple(says),
        (compliance(reading, found, before),),
        (),
        (_promises(reading, found, before), _objectives(reading, states)),
    )


def compliance(reading: Reading, found: SlaReport, before: SlaReport | None = None) -> Figure:
    """The share of questions in hours in which everything promised held."""
    earlier = before or _judged(reading, before=True)
    nothing = "" if found.compliance.score is not None else "nothing was measured in this span"
    return figure(
        reading, "sla_compliance", "SLA compliance", "ratio", "better",
        Compared(found.compliance.score, earlier.compliance.score, nothing), _PATH,
        note="of questions came in hours in which every promise held",
    )  # fmt: skip


def _judged(reading: Reading, *, before: bool) -> SlaReport:
    window = reading.span.window
    days = min(90, max(1, ceil((window.until - window.since) / timedelta(days=1) - 0.1)))
    terms = reading.judged.promised(window.application or "")
    terms = terms.model_copy(update={"period_days": days})
    now = window.since if before else window.until
    return sla_report(reading.cells, terms, now, window.application or "")


def _promises(reading: Reading, found: SlaReport, before: SlaReport) -> Table:
    earlier = {each.sla: each for each in before.promises}
    compares = reading.span.window.is_comparable
    rows = tuple(
        Row(
            (
                _TITLES[each.sla.value],
                _threshold(each),
                each.compliance.score,
                earlier[each.sla].compliance.score if compares else None,
                each.compliance.unknown_time,
            ),
            reading.span.link(_PATH),
        )
        for each in found.promises
    )
    columns = (
        Column("Promise"),
        Column("Promised"),
        Column("Held", "ratio"),
        Column("Before", "ratio"),
        Column("Not measured", "ratio"),
    )
    return Table("promises", "What was promised", columns, rows, "Nothing was promised.")


def _threshold(each: Promise) -> str:
    if each.sla.value == "response_time":
        return f"at most {each.threshold:g} s"
    if each.sla.value == "availability":
        return f"at least {each.threshold:.4g}"
    return f"at least {each.threshold:g}"


def _objectives(reading: Reading, states: tuple[ObjectiveState, ...]) -> Table:
    rows = tuple(
        Row(
            (
                each.name,
                each.objective.target,
                each.budget.achieved,
                each.budget.left,
                each.state.value.replace("_", " "),
                each.reason,
            ),
            reading.span.link(_PATH),
        )
        for each in states
    )
    columns = (
        Column("Objective"),
        Column("Target", "ratio"),
        Column("Achieved", "ratio"),
        Column("Budget left", "ratio"),
        Column("State"),
        Column("Why"),
    )
    title = "Error budgets at the end of the span"
    return Table("objectives", title, columns, rows, "No objective is set.")
