"""Who is told next when nobody acknowledges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groundwatch.alerting.escalation_settings import PolicySettings, ScheduleSettings
from groundwatch.errors import ConfigInvalid


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with every reference to another policy written out."""

    after: timedelta
    notify: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Steps in their order."""

    name: str
    steps: tuple[Step, ...]
    repeat: int
    acknowledgement_ends: timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """Channels that take turns."""

    rotation: tuple[str, ...]
    every: timedelta
    starts_at: datetime
    zone: ZoneInfo

    def on_duty(self, now: datetime) -> str:
        """Whose turn it is; turns of whole days change at the same time of the local day."""
        if self.every % timedelta(days=1):
            passed = (now - self.starts_at) // self.every
        else:
            begun = self.starts_at.astimezone(self.zone).replace(tzinfo=None)
            passed = (now.astimezone(self.zone).replace(tzinfo=None) - begun) // self.every
        return self.rotation[passed % len(self.rotation)]


@dataclass(frozen=True, slots=True)
class Next:
    """What an incident's escalation waits for.

    Attributes:
        step, round: which step of which repetition.
    """

    step: int
    round: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalations:
    """Every policy and schedule, checked."""

    policies: Mapping[str, Policy]
    schedules: Mapping[str, Schedule]

    def begin(self, policy: str, now: datetime) -> Next | None:
        """What comes first; None where the policy is not there."""
        found = self.policies.get(policy)
        return Next(0, 0, now + found.steps[0].after) if found else None

    def follow(self, policy: str, taken: Next, now: datetime) -> Next | None:
        """What comes after a step that is taken now; None after the last."""
        found = self.policies.get(policy)
        if found is None:
            return None
        step, turn = taken.step + 1, taken.round
        if step >= len(found.steps):
            step, turn = 0, turn + 1
        if turn > found.repeat:
            return None
        return Next(step, turn, now + found.steps[step].after)

    def wait(self, policy: str, step: int) -> timedelta:
        """How long a step waits at most; not at all where there is none."""
        found = self.policies.get(policy)
        return found.steps[step].after if found and step < len(found.steps) else timedelta()

    def channels(self, policy: str, step: int, now: datetime) -> tuple[str, ...]:
        """The channels of a step, schedules replaced by whose turn it is."""
        found = self.policies.get(policy)
        if found is None or step >= len(found.steps):
            return ()
        names = (
            self.schedules[name].on_duty(now) if name in self.schedules else name
            for name in found.steps[step].notify
        )
        return tuple(dict.fromkeys(names))


def escalations(
    policies: Sequence[PolicySettings], schedules: Sequence[ScheduleSettings]
) -> Escalations:
    """Make policies ready.

    Raises:
        ConfigInvalid: a policy leads back to itself or to none, or a schedule has no time zone.
    """
    by_name = {each.name: each for each in policies}
    problems: list[str] = []
    ready = {}
    for each in policies:
        steps = tuple(_steps(each, by_name, (), problems))
        if steps:
            ready[each.name] = Policy(each.name, steps, each.repeat, each.acknowledgement_ends)
    turns = {each.name: _schedule(each, problems) for each in schedules}
    if problems:
        raise ConfigInvalid(list(dict.fromkeys(problems)))
    return Escalations(ready, {name: turn for name, turn in turns.items() if turn})


def _steps(
    policy: PolicySettings,
    by_name: Mapping[str, PolicySettings],
    through: tuple[str, ...],
    problems: list[str],
) -> list[Step]:
    if policy.name in through:
        circle = " -> ".join((*through[through.index(policy.name) :], policy.name))
        problems.append(f"escalations: {circle} goes round in a circle; take one step out")
        return []
    found: list[Step] = []
    for place, step in enumerate(policy.steps):
        at = f"escalations[{policy.name}].steps[{place}]"
        if bool(step.notify) == bool(step.policy):
            problems.append(f"{at}: names channels or another policy; set one of the two")
        elif step.notify:
            found.append(Step(step.after, step.notify))
        elif step.policy not in by_name:
            problems.append(f"{at}.policy: there is no policy {step.policy[:60]!r}")
        else:
            inner = _steps(by_name[step.policy], by_name, (*through, policy.name), problems)
            first = [Step(step.after + inner[0].after, inner[0].notify)] if inner else []
            found += first + inner[1:]
    return found


def _schedule(settings: ScheduleSettings, problems: list[str]) -> Schedule | None:
    at = f"schedules[{settings.name}]"
    if settings.starts_at.tzinfo is None:
        problems.append(f"{at}.starts_at: has no time zone; add one, such as 2026-01-05T09:00Z")
        return None
    if settings.every < timedelta(minutes=1):
        problems.append(f"{at}.every: must be at least 1m")
        return None
    try:
        zone = ZoneInfo(settings.location)
    except (KeyError, ValueError, OSError):
        problems.append(f"{at}.location: {settings.location[:60]!r} is no time zone")
        return None
    return Schedule(settings.rotation, settings.every, settings.starts_at, zone)
