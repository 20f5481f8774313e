"""The summary: six figures, what changed, and a verdict in words."""

from typing import get_args

from groundwatch.analytics.changes import Change
from groundwatch.analytics.overview import Figure as Seen
from groundwatch.analytics.overview import Overview
from groundwatch.reports.figures import figure
from groundwatch.reports.report import Column, Figure, HigherIs, Row, Section, Table
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount, change

_UNITS = {"quality": "score"}


def summary(reading: Reading, seen: Overview) -> Section:
    """The six figures of the overview, and what moved more than chance explains."""
    figures = tuple(_figure(reading, each) for each in seen.figures)
    return Section("summary", "Summary", figures=figures, tables=(changed(reading, seen.changes),))


def changed(reading: Reading, found: tuple[Change, ...]) -> Table:
    """What moved, the worst first."""
    rows = tuple(
        Row(
            (
                each.metric,
                amount(each.now, _unit(each)),
                amount(each.before, _unit(each)),
                change(each.relative) if each.before else "",
                each.verdict if each.verdict != "neutral" else "",
                each.where,
                each.basis,
            ),
            reading.span.link(each.link),
        )
        for each in found
    )
    titles = ("What", "Now", "Before", "Change", "Verdict", "Most with", "Rests on")
    before = reading.span.before
    return Table(
        "changes",
        f"What changed against {before}",
        tuple(Column(title) for title in titles),
        rows,
        f"Nothing moved by more than chance explains against {before}."
        if reading.span.window.is_comparable
        else f"{before.capitalize()} was not observed from its beginning: nothing is compared.",
    )


def verdict(reading: Reading, figures: tuple[Figure, ...]) -> str:
    """One or two sentences: how much was asked, and what of it is better or worse."""
    by_name = {each.name: each for each in figures}
    asked = by_name["requests"].value or 0.0
    if not asked:
        return "No question was asked: there is nothing to report."
    told = [
        f"{each.title.lower()} {amount(each.value, each.unit)}"
        for name in ("error_rate", "p95", "quality", "satisfaction")
        if (each := by_name[name]).value is not None
    ]
    moved = [each for each in figures if each.verdict]
    words = [f"{_title(each)} {change(each.change)}, {each.verdict}" for each in moved]
    against = f" Against {reading.span.before}: {'; '.join(words)}." if words else ""
    if not words and reading.span.window.is_comparable:
        against = f" Nothing is clearly better or worse than {reading.span.before}."
    noun = "question" if asked == 1 else "questions"
    return f"{amount(asked, '1')} {noun}: {', '.join(told)}.{against}"


def _figure(reading: Reading, seen: Seen) -> Figure:
    assert seen.higher_is in get_args(HigherIs)
    higher: HigherIs = "neutral"
    if seen.higher_is != "neutral":
        higher = "better" if seen.higher_is == "better" else "worse"
    unit = _UNITS.get(seen.name, seen.unit)
    return figure(
        reading, seen.name, seen.title, unit, higher, seen.value, seen.link,
        note=seen.note, is_clear=seen.is_clear,
    )  # fmt: skip


def _unit(found: Change) -> str:
    return "score" if found.metric == "quality" else found.unit


def _title(each: Figure) -> str:
    return each.title if each.name == "p95" else each.title.lower()
