"""The policy in force, the one in the file, and rules put into it or taken out."""

import logging
from collections.abc import Callable
from pathlib import Path

from groundwatch.alerting import rule_file
from groundwatch.alerting.defaults import with_defaults
from groundwatch.alerting.plan import Plan, plan
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.running import plan_of
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.errors import ConfigInvalid, Conflict

_log = logging.getLogger(__name__)


class InForce:
    """Follows the policy file as whoever decides does.

    Args:
        settings: those in force at the moment.
    """

    def __init__(self, settings: Callable[[], AlertingSettings]) -> None:
        self._settings = settings
        self._plan: Plan | None = None
        self._stamp: object = None
        self._problems: tuple[str, ...] = ()

    def checked(self) -> Plan:
        """The plan of the policy as it stands; raises ConfigInvalid when it does not fit."""
        return plan_of(self._settings())

    def plan(self) -> Plan:
        """The plan in force: that of the policy, or of the last one that fitted."""
        settings = self._settings()
        stamp = (settings, _stamp(settings.policy))
        if self._plan is None or stamp != self._stamp:
            self._stamp, self._problems = stamp, ()
            try:
                self._plan = self.checked()
            except ConfigInvalid as error:
                _log.warning("the alerting policy is refused, the one before stays: %s", error)
                self._problems = tuple(error.problems)
                if self._plan is None:
                    self._plan = plan(AlertPolicySettings(), tuple(settings.channels))
        return self._plan

    def problems(self) -> tuple[str, ...]:
        """Why the policy as it stands was refused; empty when it is the one in force."""
        self.plan()
        return self._problems

    def file(self) -> str:
        """The name of the policy file; empty without one."""
        policy = self._settings().policy
        return policy.name if policy else ""

    def put_rule(self, rule: RuleSettings, by: str) -> bool:
        """Save a rule in the policy file; returns whether one of its name was replaced.

        Raises:
            Conflict: there is no policy file, or it was changed meanwhile.
            ConfigInvalid, Unusable: it does not fit, or cannot be written.
        """
        was_there = rule_file.put(self._file(), rule, self._fits)
        _log.warning("the rule %s was %s by %s", rule.name, "changed" if was_there else "added", by)
        return was_there

    def own_rules(self) -> frozenset[str]:
        """Names of the rules that stand in the policy; others come along."""
        return frozenset(each.name for each in self.plan().settings.rules)

    def remove_rule(self, name: str, by: str) -> bool:
        """Take a rule out of the policy file; returns whether one that comes along follows it.

        Raises:
            NotFound: the policy file has none of the name.
            Conflict, ConfigInvalid, Unusable: as for `put_rule`.
        """
        rule_file.remove(self._file(), name, self._fits)
        _log.warning("the rule %s was removed by %s", name, by)
        left = with_defaults((), use_defaults=self.plan().settings.default_rules)
        return any(each.name == name for each in left)

    def _file(self) -> Path:
        policy = self._settings().policy
        if policy is None:
            raise Conflict("no policy file is configured; set alerting.policy, or paste the rule")
        return policy

    def _fits(self, policy: AlertPolicySettings) -> None:
        plan(policy, tuple(self._settings().channels))


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """Changes whenever the file does."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None
