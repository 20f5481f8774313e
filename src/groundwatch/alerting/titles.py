"""Incidents in words: the line that a person reads first."""

import re
from collections.abc import Mapping

from groundwatch.domain.alerts import NAME, Alert

LONGEST = 160
_END = re.compile(r"[.!?]\s+(?=[^\W\d_a-z])|;\s|[\r\n]")
"""Where the first sentence, or the first part of it, is over."""


def title_of(group: Mapping[str, str], alert: Alert) -> str:
    """What an alert says, with the application that it is about.

    One that says nothing is known by its name and by what tells its group from others.
    """
    said = _first(alert.annotations.get("summary") or alert.annotations.get("description") or "")
    application = alert.labels.get("application", "")
    if not said:
        return _named(group, alert)
    if application and application not in said:
        said = f"{application}: {said}"
    return said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"


def _first(text: str) -> str:
    said = _END.split(text.strip(), maxsplit=1)[0]
    printed = "".join(each if each.isprintable() else " " for each in said)
    return " ".join(printed.split()).rstrip(".")


def _named(group: Mapping[str, str], alert: Alert) -> str:
    rest = ", ".join(f"{name}={value}" for name, value in group.items() if name != NAME)
    name = group.get(NAME) or alert.name or "alerts"
    return f"{name} ({rest})" if rest else name
