"""The engine: decides who is told of what, in one transaction with the notices it causes."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from groundwatch.alerting.changes import Changes
from groundwatch.alerting.expiring import forget_acknowledgements
from groundwatch.alerting.groups import Group, first_due
from groundwatch.alerting.outgoing import Enrich, Outgoing
from groundwatch.alerting.plan import Plan
from groundwatch.alerting.quieting import quiet_now
from groundwatch.alerting.room import Room, restore, with_step_near
from groundwatch.alerting.routing import Route, group_key
from groundwatch.alerting.spreading import Spreading
from groundwatch.alerting.telling import Turn
from groundwatch.alerting.titles import title_of
from groundwatch.domain.alerts import Alert, Happening, Incident, rank
from groundwatch.domain.clock import Clock
from groundwatch.store import values
from groundwatch.store.alerts import incidents, outbox, posted, silences
from groundwatch.store.database import Database

_log = logging.getLogger(__name__)

LEASE = "alerting"
LEASE_SECONDS = 15.0
BATCH = 2000
IDLE = timedelta(seconds=1)
_BACK = timedelta(seconds=1)
_KEPT = timedelta(days=30)
_INCIDENTS_KEPT = timedelta(days=400)
_UPKEEP = timedelta(hours=1)


class Engine:
    """Looks at new alerts and due groups; one of several by lease.

    Args:
        plan: what is followed; `follow` replaces it.
        owner: unique among the processes on this store.
        new_id: makes ids of incidents.
        enrich: finds what helps, for a notice.
        idle: the longest time between two turns.
    """

    def __init__(
        self,
        database: Database,
        plan: Plan,
        clock: Clock,
        owner: str,
        *,
        new_id: Callable[[], str],
        enrich: Enrich | None = None,
        idle: timedelta = IDLE,
    ) -> None:
        self._database = database
        self._plan = plan
        self._clock = clock
        self._owner = owner
        self._next_plan: Plan | None = None
        self._new_id = new_id
        self._enrich = enrich
        self._idle = idle
        self._room: Room | None = None
        self._last: datetime | None = None
        self._kept_at: datetime | None = None
        self._renewed: datetime | None = None

    def follow(self, plan: Plan) -> None:
        """Follow another plan from the next turn on; open incidents end where they began."""
        self._next_plan = plan

    @property
    def leads(self) -> bool:
        """Whether this is the one that decides, as of its last turn."""
        return self._room is not None

    def tick(self) -> datetime:
        """Take one turn; returns when the next is due at the latest.

        Raises:
            Unavailable: the store does not answer; nothing was decided.
        """
        now = self._clock()
        if self._next_plan is not None:
            self._plan, self._next_plan, self._room = self._next_plan, None, None
        if self._rests(now):
            return self._next(now)
        try:
            with self._database.write() as c:
                if not values.acquire(c, LEASE, self._owner, now, seconds=LEASE_SECONDS):
                    self._room = None
                    return now + timedelta(seconds=LEASE_SECONDS / 3)
                self._renewed = now
                return self._turn(c, now)
        except BaseException:
            self._room = None
            raise

    def release(self) -> None:
        """Let another take over at once."""
        with self._database.write() as c:
            values.release(c, LEASE, self._owner)
        self._room = None

    def _turn(self, c: Connection, now: datetime) -> datetime:
        if self._room is None:
            self._room = restore(c, self._plan, now)
            self._absorb(c, list(self._room.alerts.values()), now)
        room = self._room
        self._mind_the_clock(room, now)
        self._hear_people(c, room)
        if forget_acknowledgements(c, room, self._plan.escalations, now):
            self._hear_people(c, room)
        fresh = posted.unrouted(c, BATCH)
        self._absorb(c, fresh, now)
        posted.mark_routed(c, fresh)
        self._look(c, room, now)
        self._tidy(c, now)
        return now if len(fresh) == BATCH else self._next(now)

    def _rests(self, now: datetime) -> bool:
        """Whether a turn would change nothing; asked so that idling writes nothing."""
        if self._room is None or self._renewed is None or self._last is None:
            return False
        is_held = self._renewed <= now < self._renewed + timedelta(seconds=LEASE_SECONDS / 3)
        if not is_held or now < self._last or self._next(now) <= now:
            return False
        with self._database.read() as c:
            return not (posted.has_unrouted(c) or incidents.has_touched(c))

    def _next(self, now: datetime) -> datetime:
        """When the next turn is due, at the latest after the idle time."""
        assert self._room is not None
        groups = [group.incident for group in self._room.groups.values()]
        due = [each.due_at for each in (*groups, *self._room.digests.values())]
        due += [each.escalate_at for each in (*groups, *self._room.digests.values())]
        due += [
            each.acknowledged_until
            for each in (*groups, *self._room.digests.values())
            if each.acknowledged_at is not None
        ]
        return min([now + self._idle, *(at for at in due if at is not None)])

    def _look(self, c: Connection, room: Room, now: datetime) -> None:
        due = [
            group
            for group in room.groups.values()
            if group.incident.due_at is None or group.incident.due_at <= now
        ]
        escalating = [
            incident
            for incident in (
                *(group.incident for group in room.groups.values()),
                *room.digests.values(),
            )
            if incident.escalate_at is not None and incident.escalate_at <= now
        ]
        if not due and not escalating and not room.digests:
            return
        quiet = quiet_now(c, self._plan, room.sources.values(), now)
        changes = Changes(c, room, now)
        out = Outgoing(changes, self._plan, self._enrich)
        turn = Turn(c, self._plan, room, quiet, now, changes, out)
        for group in due:
            turn.look_at(group)
        spreading = Spreading(turn, self._new_id)
        spreading.tell_digests()
        spreading.escalate(escalating)
        spreading.end_digests()
        changes.save()
        self._reopen(c, turn.left, now)

    def _absorb(self, c: Connection, alerts: Sequence[Alert], now: datetime) -> None:
        """Put alerts into their groups, and open incidents for those that are new."""
        room = self._room
        assert room is not None
        opened: list[Incident] = []
        joined: list[dict[str, object]] = []
        for alert in alerts:
            room.take(alert, self._plan.inhibitions)
            if not alert.fires(now):
                continue
            for route in self._plan.root.reached(alert.labels):
                key = group_key(route, alert.labels)
                group = room.groups.get(key)
                if group is None:
                    group = self._open(room, route, alert, key, now)
                    opened.append(group.incident)
                if alert.fingerprint not in group.members:
                    joined.append(_join(group, alert, now))
                _hurry(group, alert, now)
        incidents.open_(c, opened)
        incidents.put_members(c, joined)
        incidents.note(c, [(each.id, Happening(now, "opened", each.title)) for each in opened])
        over = [alert.fingerprint for alert in alerts if not alert.fires(now)]
        if over:
            room.drop(over)

    def _open(self, room: Room, route: Route, alert: Alert, key: str, now: datetime) -> Group:
        labels = route.group(alert.labels)
        incident = Incident(
            id=self._new_id(),
            key=key,
            route=route.id,
            receiver=route.receiver,
            labels=labels,
            title=title_of(labels, alert),
            opened_at=now,
            due_at=first_due(route, alert, now),
            severity=alert.severity,
            escalation=route.escalation,
        )
        group = room.groups[key] = Group(incident, route)
        room.note_opened(key, now)
        return group

    def _reopen(self, c: Connection, left: Iterable[Alert], now: datetime) -> None:
        """Muted alerts whose incident ended without them begin another."""
        still = [alert for alert in left if alert.fires(now)]
        if still:
            self._absorb(c, still, now)

    def _hear_people(self, c: Connection, room: Room) -> None:
        for changed in incidents.touched(c):
            if changed.kind == "digest":
                room.digests[changed.id] = changed
            elif changed.key in room.groups:
                group = room.groups[changed.key]
                if group.incident.id == changed.id:
                    group.incident = changed

    def _mind_the_clock(self, room: Room, now: datetime) -> None:
        """After the clock was set back every due time is brought near again."""
        if self._last is not None and now < self._last - _BACK:
            _log.warning("the clock was set back by %s; timers begin anew", self._last - now)
            steps = self._plan.escalations
            for digest in room.digests.values():
                room.digests[digest.id] = with_step_near(digest, steps, now)
            for group in room.groups.values():
                latest = now + group.route.timers.interval
                due = group.incident.due_at or latest
                held = group.incident.held_until
                group.incident = replace(
                    with_step_near(group.incident, steps, now),
                    due_at=min(due, latest),
                    held_until=None if held is None else min(held, latest),
                )
        self._last = now

    def _tidy(self, c: Connection, now: datetime) -> None:
        if self._kept_at is not None and _BACK * 0 <= now - self._kept_at < _UPKEEP:
            return
        self._kept_at = now
        posted.forget(c, now - _KEPT)
        silences.forget(c, now - _KEPT)
        outbox.forget(c, now - _KEPT)
        incidents.forget(c, now - _INCIDENTS_KEPT)


def _join(group: Group, alert: Alert, now: datetime) -> dict[str, object]:
    group.members[alert.fingerprint] = ""
    group.joined[alert.fingerprint] = now
    incident = group.incident
    if rank(alert.severity) > rank(incident.severity):
        title = title_of(incident.labels, alert)
        group.incident = replace(incident, severity=alert.severity, title=title)
    return {
        "incident_id": group.incident.id,
        "fingerprint": alert.fingerprint,
        "told": "",
        "joined_at": now,
        "left_at": None,
    }


def _hurry(group: Group, alert: Alert, now: datetime) -> None:
    """A group that was never looked at is looked at as soon as any of its alerts demands it."""
    due = first_due(group.route, alert, now)
    incident = group.incident
    never = incident.told_at is None and incident.held_since is None and not group.muted
    if never and incident.opened_at == now and (incident.due_at is None or due < incident.due_at):
        group.incident = replace(incident, due_at=due)
