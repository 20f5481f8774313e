"""A policy made ready and checked as a whole: every name in it leads somewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from groundwatch.alerting.automatic import Automatic
from groundwatch.alerting.escalating import Escalations, escalations
from groundwatch.alerting.inhibiting import Inhibition, inhibitions
from groundwatch.alerting.intervals import Intervals, named
from groundwatch.alerting.policy import AlertPolicySettings, ReceiverSettings
from groundwatch.alerting.routing import Route, tree
from groundwatch.errors import ConfigInvalid, InvalidInput

_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What the engine follows.

    Attributes:
        channels: every channel of the configuration.
    """

    settings: AlertPolicySettings
    root: Route
    receivers: Mapping[str, ReceiverSettings]
    channels: tuple[str, ...]
    inhibitions: tuple[Inhibition, ...]
    intervals: Intervals
    escalations: Escalations
    automatic: Automatic

    @property
    def resolve_timeout(self) -> timedelta:
        return self.settings.resolve_timeout


def plan(settings: AlertPolicySettings, channels: Collection[str]) -> Plan:
    """Make a policy ready; a policy without receivers tells every channel.

    Raises:
        ConfigInvalid: with everything that is wrong.
    """
    problems: list[str] = []
    receivers = settings.receivers
    if not receivers:
        receivers = (
            ReceiverSettings(name=settings.route.receiver or "default", channels=tuple(channels)),
        )
    by_name = {each.name: each for each in receivers}
    try:
        root = tree(settings.route)
        rules = inhibitions(settings.inhibit_rules)
        intervals = named(settings.time_intervals)
        steps = escalations(settings.escalations, settings.schedules)
    except ConfigInvalid:
        raise
    except InvalidInput as error:
        raise ConfigInvalid([str(error)]) from error
    known = set(channels)
    for receiver in receivers:
        problems += [
            f"receivers[{receiver.name}]: there is no channel {name[:60]!r}"
            for name in receiver.channels
            if name not in known
        ]
    problems += _wrong_routes(root, by_name, intervals, steps)
    problems += _wrong_steps(steps, known)
    if problems:
        raise ConfigInvalid(problems)
    automatic = Automatic(settings.automatic)
    return Plan(settings, root, by_name, tuple(channels), rules, intervals, steps, automatic)


def read_policy(path: Path) -> AlertPolicySettings:
    """Read the policy file.

    Raises:
        ConfigInvalid: it is not there, is no YAML, or something in it does not fit.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid([f"{path.name}: cannot be read as text; is it there?"]) from error
    return policy_of(text, path.name)


def policy_of(text: str, name: str = "policy") -> AlertPolicySettings:
    """Make settings of a policy's text; raises ConfigInvalid."""
    if len(text) > _LARGEST:
        raise ConfigInvalid([f"{name}: has more than {_LARGEST:,} characters"])
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" on line {mark.line + 1}" if mark else ""
        raise ConfigInvalid([f"{name}: is not valid YAML{line}"]) from error
    try:
        return AlertPolicySettings.model_validate({} if value is None else value)
    except ValidationError as error:
        raise ConfigInvalid(
            [
                f"{name}: {'.'.join(str(step) for step in each['loc'])}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False)
            ]
        ) from error


def _wrong_routes(
    root: Route,
    receivers: Mapping[str, ReceiverSettings],
    intervals: Intervals,
    steps: Escalations,
) -> list[str]:
    problems: list[str] = []
    for route in root.walk():
        if route.receiver not in receivers:
            problems.append(f"route {route.id}: there is no receiver {route.receiver[:60]!r}")
        problems += [
            f"route {route.id}: there is no time interval {name[:60]!r}"
            for name in (*route.muted_in, *route.active_in)
            if name not in intervals
        ]
        if route.escalation and route.escalation not in steps.policies:
            problems.append(f"route {route.id}: there is no escalation {route.escalation[:60]!r}")
    return problems


def _wrong_steps(steps: Escalations, channels: set[str]) -> list[str]:
    named_in = [
        (f"escalations[{policy.name}]", name, name in steps.schedules)
        for policy in steps.policies.values()
        for step in policy.steps
        for name in step.notify
    ]
    named_in += [
        (f"schedules[{schedule}]", name, False)
        for schedule, turns in steps.schedules.items()
        for name in turns.rotation
    ]
    return [
        f"{at}: there is no channel or schedule {name[:60]!r}"
        for at, name, is_schedule in dict.fromkeys(named_in)
        if not is_schedule and name not in channels
    ]
