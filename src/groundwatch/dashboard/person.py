"""What one person does, for those who may read what everybody asked."""

from nicegui import ui

from groundwatch.analytics.behaviour import Behaviour, behaviour
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.places import interactions_of
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked
from groundwatch.dashboard.withheld import READS_ALL

PARAMETER = "user"


def read_person(asked: Asked) -> Behaviour | None:
    """The person whom the URL names; None without one, or where the reader may not know."""
    user = dict(asked.selection.more).get(PARAMETER, "")
    if not user or not asked.identity.may(READS_ALL):
        return None
    return behaviour(asked.watch.events, user, asked.window, asked.zone)


def draw_person(place: ui.html, found: Behaviour | None, asked: Asked) -> None:
    """Draw the card, or nothing."""
    content = "" if found is None else render("watch/person.html", _values(found, asked))
    if content != place.content:
        place.set_content(content)


def _values(found: Behaviour, asked: Asked) -> dict[str, object]:
    lists = (
        ("Topics", found.topics),
        ("Kinds of questions", found.categories),
        ("Ways in", found.endpoints),
        ("Outcomes", found.outcomes),
    )
    return {
        "found": found,
        "lists": [(title, rows) for title, rows in lists if rows],
        "highest": max(found.hours, default=0) or 1,
        "all": linked(asked.selection.shared())(interactions_of("user", found.user)),
        "back": f"/usage{asked.selection.query({PARAMETER: ''})}",
    }
