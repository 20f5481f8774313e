"""One number for how all is, with everything it is made of."""

from dataclasses import dataclass

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics
from groundwatch.reports.figures import figure
from groundwatch.reports.report import Column, Figure, Row, Section, Table
from groundwatch.reports.sources import Reading

_LEAST_KNOWN = 0.6
_WEIGHTS = {
    "SLA compliance": 0.35,
    "Answered without failure": 0.25,
    "Quality": 0.25,
    "Satisfaction": 0.15,
}
_PATHS = {
    "SLA compliance": "/service-levels",
    "Answered without failure": "/performance",
    "Quality": "/quality",
    "Satisfaction": "/usage",
}
HOW = (
    "The health score is 100 times the weighted mean of the parts that were measured; "
    "with less than 60 % of the weight measured there is none."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score, 0 to 1; None where it was not measured."""

    title: str
    weight: float
    value: float | None
    before: float | None


def score(parts: tuple[Part, ...]) -> Compared:
    """The score of the parts, now and before."""
    now = _weighted([(each.weight, each.value) for each in parts])
    before = _weighted([(each.weight, each.before) for each in parts])
    missing = [each.title for each in parts if each.value is None]
    reason = f"too little was measured; missing: {', '.join(missing)}" if now is None else ""
    return Compared(now, before, reason)


def parts(reading: Reading, compliance: Figure) -> tuple[Part, ...]:
    """What the score is made of."""
    window = reading.span.window
    now, before = _measured(reading, window), _measured(reading, window.before())
    found = {"SLA compliance": (compliance.value, compliance.before)}
    found |= {title: (now[title], before[title]) for title in now}
    return tuple(Part(title, weight, *found[title]) for title, weight in _WEIGHTS.items())


def overall(reading: Reading, found: tuple[Part, ...]) -> Figure:
    """The score as a figure."""
    missing = [each.title.lower() for each in found if each.value is None]
    note = f"without {', '.join(missing)}, not measured" if missing else ""
    return figure(
        reading,
        "health_score",
        "Health score",
        "points",
        "better",
        score(found),
        "/executive",
        note=note,
    )


def health(reading: Reading, figures: tuple[Figure, ...], found: tuple[Part, ...]) -> Section:
    """The score, what it is made of, and the figures beside it."""
    compares = reading.span.window.is_comparable
    rows = tuple(
        Row(
            (each.title, each.weight, each.value, each.before if compares else None),
            reading.span.link(_PATHS[each.title]),
        )
        for each in found
    )
    columns = (
        Column("Part"),
        Column("Weight", "ratio"),
        Column("Value", "ratio"),
        Column("Before", "ratio"),
    )
    table = Table("health_parts", "What the health score is made of", columns, rows, "")
    return Section("health", "How all is", (HOW,), figures, tables=(table,))


def _measured(reading: Reading, window: Window) -> dict[str, float | None]:
    asked = tallies.total(reading.cells, metrics.REQUESTS, window).total
    failed = tallies.total(reading.cells, metrics.ERRORS, window).total
    return {
        "Answered without failure": 1 - failed / asked if asked else None,
        "Quality": tallies.total(reading.cells, metrics.OVERALL, window).mean,
        "Satisfaction": tallies.total(reading.cells, metrics.FEEDBACK, window).mean,
    }


def _weighted(values: list[tuple[float, float | None]]) -> float | None:
    known = [(weight, value) for weight, value in values if value is not None]
    weight = sum(each for each, _ in known)
    if weight < _LEAST_KNOWN:
        return None
    return 100 * sum(each * value for each, value in known) / weight
