"""What helps whoever is told: runbook, remediation, what changed before, what ended it before."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from groundwatch.alerting.runbooks import address_of
from groundwatch.domain.alerts import Alert, Happening, Incident
from groundwatch.domain.events import Event
from groundwatch.errors import GroundwatchError
from groundwatch.store.alerts import incidents

_log = logging.getLogger(__name__)

Changes = Callable[[str | None, datetime, datetime], Sequence[Event]]
"""Events of an application (None for all) between two moments, newest first."""

_SIMILAR = 3
_HOUR = timedelta(hours=1)
_CHANGES = frozenset({"deploy", "configuration", "prompt", "model", "index", "experiment"})
_NUMBERS = (
    "metric", "value", "threshold", "expected", "target", "achieved", "budget_left", "empty_in",
    "impact",
)  # fmt: skip
"""Annotations that hold numbers."""
_SAID = frozenset({"comment", "acknowledged", "resolved"})


class Enricher:
    """Adds to notices; reads only the store, in the transaction that decides.

    Args:
        public_url: where people reach the pages; empty leaves links out.
        changes: events of an application (None for all) between two moments, newest first.
    """

    def __init__(self, public_url: str, changes: Changes | None = None) -> None:
        self._public_url = public_url.rstrip("/")
        self._changes = changes

    def details(
        self, c: Connection, incident: Incident, alerts: tuple[Alert, ...]
    ) -> Mapping[str, str]:
        """Names and texts, in the order they are shown; what is not known is left out."""
        found = self._said(alerts)
        if incident.owner:
            found["owner"] = incident.owner
        changed = self._changed_before(incident)
        if changed:
            found["changes"] = changed
        before = _before(c, incident)
        if before:
            found["before"] = before
        if self._public_url:
            found["link"] = f"{self._public_url}/alerts?incident={incident.id}"
        return found

    def _said(self, alerts: tuple[Alert, ...]) -> dict[str, str]:
        """What the alerts themselves say that helps."""
        found: dict[str, str] = {}
        longer = {
            a.annotations.get("description", "") for a in alerts if "summary" in a.annotations
        }
        _add(found, "description", longer)
        _add(found, "metrics", map(_measured, alerts))
        for name in ("runbook", "runbook_url", "remediation"):
            texts = {alert.annotations.get(name, "") for alert in alerts}
            if name == "runbook":
                texts = {address_of(text, self._public_url) for text in texts}
            _add(found, name.removesuffix("_url"), texts)
        for name in ("environment", "service", "application"):
            values = {alert.labels.get(name, "") for alert in alerts} - {""}
            if values:
                found[name] = ", ".join(sorted(values)[:10])
        graphs = {alert.generator_url for alert in alerts} - {""}
        if graphs:
            found["graph"] = min(graphs)
        return found

    def _changed_before(self, incident: Incident) -> str:
        """Deploys and other changes in the hour before it began, the nearest first."""
        if self._changes is None:
            return ""
        began = incident.opened_at
        try:
            events = self._changes(incident.labels.get("application"), began - _HOUR, began)
        except GroundwatchError:
            _log.warning("the changes before %s could not be read", incident.title)
            return ""
        told = [event for event in events if event.type in _CHANGES][:_SIMILAR]
        return "; ".join(
            f"{event.at:%H:%M} {event.type} {event.component} {event.message}".strip()[:200]
            for event in told
        )


def _add(found: dict[str, str], name: str, texts: Iterable[str]) -> None:
    known = sorted({text for text in texts if text})
    if known:
        found[name] = "; ".join(known[:_SIMILAR])


def _measured(alert: Alert) -> str:
    """The numbers an alert rests on, each with its name."""
    said = {"metric": alert.labels.get("metric", ""), **alert.annotations}
    texts = ((name, said.get(name, "")) for name in _NUMBERS)
    return ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in texts if text)


def _before(c: Connection, incident: Incident) -> str:
    """How often the group had an incident lately, and what was said at the end of the last."""
    past = incidents.similar(c, incident.key, _SIMILAR)
    if not past:
        return ""
    last = past[0]
    ended = last.resolved_at or last.opened_at
    text = f"last time {last.opened_at:%Y-%m-%d %H:%M}, for {_short(ended - last.opened_at)}"
    said = [line for line in incidents.timeline(c, last.id, 50) if line.kind in _SAID]
    words = _words(said)
    return f"{text}; {words}" if words else text


def _words(said: list[Happening]) -> str:
    """The last thing a person wrote."""
    written = [f"{line.actor}: {line.text}" for line in said if line.actor and line.text]
    return written[-1][:300] if written else ""


def _short(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
