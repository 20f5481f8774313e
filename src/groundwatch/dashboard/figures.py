"""A row of numbers at the top of a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from groundwatch.analytics.compared import Compared
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked


@dataclass(frozen=True, slots=True)
class Shown:
    """One number.

    Attributes:
        unit: as `formatting.measured`.
        compared: with the span before; None where that says nothing.
        higher_is: `better`, `worse` or `neutral`.
        link: what it is made of, or empty.
    """

    title: str
    value: float | None
    unit: str
    compared: Compared | None = None
    higher_is: str = "neutral"
    note: str = ""
    link: str = ""


def strip(place: ui.html, asked: Asked, figures: Sequence[Shown]) -> None:
    """Draw a row of numbers where they changed."""
    values: dict[str, object] = {
        "figures": figures,
        "before": asked.selection.before_in_words(),
        "is_comparable": asked.window.is_comparable,
    }
    content = render("watch/strip.html", values)
    if content != place.content:
        place.set_content(content)
