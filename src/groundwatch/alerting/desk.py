"""What people and programs do with alerts: one place for the API, the pages and the commands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundwatch.alerting import acting, explaining, intake
from groundwatch.alerting.acting import Acknowledgement
from groundwatch.alerting.channels.pagerduty import DEDUP_PREFIX
from groundwatch.alerting.explaining import Explained
from groundwatch.alerting.in_force import InForce
from groundwatch.alerting.inhibiting import Inhibitor
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.muting import Cause, Quiet
from groundwatch.alerting.plan import Plan
from groundwatch.alerting.quieting import quiet_now
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.running import rules_of, way_of
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.alerting.trial import trial
from groundwatch.domain.alerts import Alert, Happening, Incident, Silence, rank
from groundwatch.domain.clock import Clock
from groundwatch.errors import Conflict, InvalidInput, NotFound
from groundwatch.store.alerts import incidents, outbox, posted, rule_states, silences
from groundwatch.store.alerts.outbox import Row
from groundwatch.store.alerts.rule_states import Stored
from groundwatch.store.database import Database

_EXPIRED_FOR = timedelta(days=5)
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """An incident with everything that belongs to it."""

    incident: Incident
    alerts: tuple[Alert, ...]
    timeline: tuple[Happening, ...]
    notices: tuple[Row, ...]
    similar: tuple[Incident, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """An alert as it is routed and muted now.

    Attributes:
        receivers: in the order of the tree.
        silenced_by, inhibited_by: ids and fingerprints.
        group: labels of its group on the first route.
    """

    alert: Alert
    receivers: tuple[str, ...]
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    groups: tuple[tuple[str, Mapping[str, str]], ...]
    processed: bool


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A rule and how far each of its series is."""

    rule: RuleSettings
    series: tuple[Stored, ...]


class Desk:
    """Reads and writes alerting over the store; whoever decides takes notice by itself.

    Args:
        settings: those in force at the moment.
        new_id: makes ids of silences and tests.
    """

    def __init__(
        self,
        database: Database,
        settings: Callable[[], AlertingSettings],
        clock: Clock,
        new_id: Callable[[], str],
        public_url: str = "",
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._new_id = new_id
        self._public_url = public_url
        self.policy = InForce(settings)

    @property
    def now(self) -> datetime:
        return self._clock()

    def plan(self) -> Plan:
        """The plan in force: that of the policy, or of the last one that fitted."""
        return self.policy.plan()

    def page(
        self, *, after: str = "", limit: int = 50, resolved: bool | None = None, receiver: str = ""
    ) -> list[Incident]:
        """Incidents, newest first."""
        with self._database.read() as c:
            return incidents.page(c, after=after, limit=limit, resolved=resolved, receiver=receiver)

    def open(self, limit: int = 20) -> list[Incident]:
        """Incidents that are not over, the worst first."""
        found = self.page(limit=200, resolved=False)
        return sorted(found, key=lambda each: -rank(each.severity))[:limit]

    def case(self, incident_id: str) -> Case:
        """One incident; raises NotFound."""
        with self._database.read() as c:
            incident = incidents.get(c, incident_id)
            return Case(
                incident,
                tuple(incidents.alerts_of(c, incident_id)),
                tuple(incidents.timeline(c, incident_id)),
                tuple(outbox.page(c, incident_id=incident_id)),
                tuple(each for each in incidents.similar(c, incident.key) if each != incident),
            )

    def acknowledge(
        self, incident_id: str, by: str, *, note: str = "", seconds: float | None = None
    ) -> Incident:
        """Take it in hand: for so long, or as long as its policy says."""
        now = self.now
        with self._database.read() as c:
            incident = incidents.get(c, incident_id)
        policy = self.plan().escalations.policies.get(incident.escalation)
        ends = policy.acknowledgement_ends if policy else timedelta()
        if seconds is not None:
            ends = timedelta(seconds=seconds)
        until = now + ends if ends else None
        return acting.acknowledge(
            self._database, incident_id, Acknowledgement(by, until, note), now
        )

    def unacknowledge(self, incident_id: str, by: str) -> Incident:
        """Give it back; its escalation begins anew."""
        with self._database.read() as c:
            incident = incidents.get(c, incident_id)
        begins = self.plan().escalations.begin(incident.escalation, self.now)
        return acting.unacknowledge(
            self._database, incident_id, by, self.now, escalate_at=begins.at if begins else None
        )

    def assign(self, incident_id: str, owner: str, by: str) -> Incident:
        return acting.assign(self._database, incident_id, owner, by, self.now)

    def snooze(self, incident_id: str, by: str, seconds: float) -> Incident:
        until = self.now + timedelta(seconds=seconds)
        return acting.snooze(self._database, incident_id, by, until, self.now)

    def escalate(self, incident_id: str, by: str) -> Incident:
        """Take the next escalation step now."""
        return acting.escalate(self._database, incident_id, by, self.now)

    def resolve(self, incident_id: str, by: str) -> Incident:
        """End the alerts of an incident now; what still holds is raised again by who watches it.

        Raises:
            NotFound, Conflict: there is no such incident, or it is over.
        """
        now, case = self.now, self.case(incident_id)
        if case.incident.resolved_at is not None:
            raise Conflict(f"the incident {incident_id} is over since {case.incident.resolved_at}")
        firing = [alert for alert in case.alerts if alert.fires(now)]
        acting.comment(self._database, incident_id, by, "ended by hand", now)
        for origin in sorted({alert.origin for alert in firing}):
            ended = [
                Posted(a.labels, a.annotations, min(a.starts_at, now), now, a.generator_url)
                for a in firing
                if a.origin == origin
            ]
            intake.post(self._database, self._clock, ended, origin=origin)
        return self.case(incident_id).incident

    def comment(self, incident_id: str, by: str, text: str) -> None:
        acting.comment(self._database, incident_id, by, text, self.now)

    def silences(self) -> list[Silence]:
        """Those in force or to come, and those that ended in the last five days."""
        with self._database.read() as c:
            return silences.page(c, self.now - _EXPIRED_FOR)

    def silence(self, silence_id: str) -> Silence:
        with self._database.read() as c:
            return silences.get(c, silence_id)

    def put_silence(self, wanted: Silence) -> Silence:
        """Make a silence, or change one; a changed condition ends the old and begins another."""
        now = self.now
        if not wanted.id:
            return acting.silence(
                self._database, replace(wanted, id=self._new_id(), updated_at=now), now
            )
        before = self.silence(wanted.id)
        if before.conditions == wanted.conditions and before.ends_at > now:
            return acting.silence(self._database, replace(wanted, updated_at=now), now)
        made = acting.silence(
            self._database, replace(wanted, id=self._new_id(), updated_at=now), now
        )
        acting.expire(self._database, before.id, now)
        return made

    def expire(self, silence_id: str) -> Silence:
        """End a silence now; raises NotFound."""
        return acting.expire(self._database, silence_id, self.now)

    def rules(self) -> list[RuleSeen]:
        """Every rule with its series."""
        with self._database.read() as c:
            known = rule_states.every(c)
        by_rule: dict[str, list[Stored]] = {}
        for (name, _), stored in sorted(known.items()):
            by_rule.setdefault(name, []).append(stored)
        return [RuleSeen(rule, tuple(by_rule.get(rule.name, ()))) for rule in rules_of(self.plan())]

    def post(self, said: Sequence[Posted]) -> list[Alert]:
        """Take alerts in; durable when it returns."""
        return intake.post(
            self._database, self._clock, said, resolve_timeout=self.plan().resolve_timeout
        )

    def explain(self, labels: Mapping[str, str]) -> list[Explained]:
        """What would happen to an alert with these labels."""
        if not any(labels.values()):
            raise InvalidInput("name at least one label, such as alertname=high_latency")
        with self._database.read() as c:
            return explaining.explain(c, self.plan(), labels, self.now)

    def seen(self, limit: int = _MOST) -> list[Seen]:
        """Alerts that fire, with where they go and what mutes them."""
        now, plan = self.now, self.plan()
        with self._database.read() as c:
            firing = posted.firing(c, now)
            quiet = quiet_now(c, plan, firing, now)
        return [_seen(alert, plan, quiet) for alert in firing[:limit]]

    def quiet_routes(self) -> dict[str, tuple[str, ...]]:
        """Routes that tell nothing now, for the time it is, with the time intervals that say so."""
        now, plan = self.now, self.plan()
        quiet = Quiet(Inhibitor((), (), now), (), plan.intervals, now)
        found = {
            route.id: tuple(name for mute in quiet.times(route) for name in mute.by)
            for route in plan.root.walk()
        }
        return {route: names for route, names in found.items() if names}

    def notices(self, *, state: str = "", before: int = 0, limit: int = 100) -> list[Row]:
        """What is or was to be delivered, newest first."""
        with self._database.read() as c:
            return outbox.page(c, state=state, before=before, limit=limit)

    def resend(self, row_id: int) -> None:
        """Deliver again what was laid aside; raises NotFound when it was not."""
        with self._database.write() as c:
            if not outbox.resend(c, row_id, self.now):
                raise NotFound(f"there is no notice {row_id} that was laid aside")

    def hear_pagerduty(self, event: str, dedup_key: str, who: str) -> str:
        """Take over who acknowledged in PagerDuty; returns what became of it.

        An end there is only noted: the incident is over when its alerts are.
        """
        incident_id = dedup_key.removeprefix(DEDUP_PREFIX)
        if incident_id == dedup_key:
            return "ignored"
        by = f"{who or 'somebody'} (PagerDuty)"
        incident = self.case(incident_id).incident
        if incident.resolved_at is not None:
            return "ignored"
        if event == "incident.acknowledged" and not incident.acknowledged(self.now):
            self.acknowledge(incident_id, by)
            return "acknowledged"
        if event == "incident.unacknowledged" and incident.acknowledged(self.now):
            self.unacknowledge(incident_id, by)
            return "unacknowledged"
        if event == "incident.resolved":
            self.comment(incident_id, by, "resolved in PagerDuty while it still fires")
            return "noted"
        return "ignored"

    def channels(self) -> list[str]:
        return list(self._settings().channels)

    def try_channel(self, name: str) -> None:
        """Send a marked test through a channel, now.

        Raises:
            NotFound: there is no such channel.
            Transient, Unusable: it was not delivered; says why.
        """
        settings = self._settings()
        if name not in settings.channels:
            there = ", ".join(settings.channels) or "none"
            raise NotFound(f"there is no channel {name[:60]!r}; there are {there}")
        way = way_of(name, settings, self._clock, self._public_url)
        way.channel.send(trial(f"test-{self._new_id()}", self.now), "")


def _seen(alert: Alert, plan: Plan, quiet: Quiet) -> Seen:
    routes = plan.root.reached(alert.labels)
    mutes = [mute for route in routes[:1] for mute in quiet.mutes(route, alert.labels)]
    return Seen(
        alert,
        tuple(dict.fromkeys(route.receiver for route in routes)),
        tuple(by for mute in mutes if mute.cause is Cause.SILENCED for by in mute.by),
        tuple(by for mute in mutes if mute.cause is Cause.INHIBITED for by in mute.by),
        tuple((route.receiver, route.group(alert.labels)) for route in routes),
        processed=True,
    )
