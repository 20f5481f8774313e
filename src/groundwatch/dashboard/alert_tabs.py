"""The pages that belong to Alerts, as tabs."""

from groundwatch.dashboard import places
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked

_SILENCES = "silences"


def tabs(asked: Asked, here: str) -> str:
    """Links to the others; `here` is one of incidents, rules, routes, silences."""
    shared = asked.selection.shared()
    joined = f"{shared}&" if shared else "?"
    links = (
        ("incidents", places.ALERTS.path + shared),
        ("rules", places.RULES.path + shared),
        ("routes", places.ROUTES.path + shared),
        (_SILENCES, f"{places.ALERTS.path}{joined}tab={_SILENCES}"),
    )
    return render("watch/alert_tabs.html", {"links": links, "here": here})
