"""Notices on their way into the outbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from groundwatch.alerting.changes import Changes
from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.notices import MOST_ALERTS, Notice, packed, shown
from groundwatch.alerting.plan import Plan
from groundwatch.domain.alerts import Alert, Incident, worst
from groundwatch.store.alerts import incidents, outbox
from groundwatch.store.alerts.outbox import Queued

Enrich = Callable[[Connection, Incident, tuple[Alert, ...]], Mapping[str, str]]
"""Finds what helps with an incident: names and texts."""

CHANNEL_FAILING = "ChannelFailing"
_TO_LISTENERS = frozenset({Reason.NEW_RESOLVED, Reason.ALL_RESOLVED})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Queues notices for the channels that are to hear them."""

    changes: Changes
    plan: Plan
    enrich: Enrich | None = None

    def send(
        self,
        incident: Incident,
        transition: str,
        reason: str,
        alerts: tuple[Alert, ...],
        note: str,
        *,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        """Queue a notice for every channel that is to hear it."""
        if channels is None:
            channels = self._channels(incident, reason, alerts)
        else:
            channels = self._around_failing(channels, alerts)
        if not channels:
            if transition != "resolved":
                self.changes.note(incident.id, "told", f"{reason}; the receiver has no channel")
            return
        sequence = incidents.next_sequence(self.changes.c, incident.id)
        incident = replace(self.changes.current(incident), sequence=sequence)
        self.changes.put(incident)
        notice = self._notice(incident, transition, reason, alerts, note)
        payload = packed(notice)
        outbox.queue(
            self.changes.c,
            [
                Queued(incident.id, channel, sequence, transition, payload, self.changes.now)
                for channel in channels
            ],
        )
        self.changes.note(incident.id, "told", f"{reason}, to {', '.join(channels)}")

    def _notice(
        self, incident: Incident, transition: str, reason: str, alerts: tuple[Alert, ...], note: str
    ) -> Notice:
        listed = alerts[:MOST_ALERTS]
        details = dict(self.enrich(self.changes.c, incident, listed)) if self.enrich else {}
        if self.plan.settings.environment:
            details.setdefault("environment", self.plan.settings.environment)
        severity = worst(alert.severity for alert in alerts if alert.fires(self.changes.now))
        return Notice(
            incident_id=incident.id,
            sequence=incident.sequence,
            transition=transition,
            reason=str(reason),
            status="resolved" if transition == "resolved" else "firing",
            title=incident.title,
            severity=severity or incident.told_severity or incident.severity,
            receiver=incident.receiver,
            group_key=incident.key,
            group_labels=incident.labels,
            at=self.changes.now,
            opened_at=incident.opened_at,
            alerts=tuple(shown(alert, self.changes.now) for alert in listed),
            truncated=len(alerts) - len(listed),
            note=note,
            details=details,
            link=details.get("link", ""),
        )

    def _channels(
        self, incident: Incident, reason: str, alerts: tuple[Alert, ...]
    ) -> tuple[str, ...]:
        listening = outbox.listeners(self.changes.c, incident.id)
        if reason in _TO_LISTENERS or (reason == Reason.REPEAT and not listening):
            return tuple(listening)
        settings = self.plan.receivers.get(incident.receiver)
        named = settings.channels if settings else ()
        return tuple(dict.fromkeys((*self._around_failing(named, alerts), *listening)))

    def _around_failing(self, named: tuple[str, ...], alerts: tuple[Alert, ...]) -> tuple[str, ...]:
        """Channels without those that the alerts are about; any other if none is left."""
        failing = {a.labels.get("channel", "") for a in alerts if a.name == CHANNEL_FAILING}
        others = tuple(name for name in named if name not in failing)
        return others or tuple(n for n in self.plan.channels if failing and n not in failing)
