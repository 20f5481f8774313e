"""What buttons of the Rules page do, as the one who presses them is permitted at that moment."""

from anyio import to_thread

from groundwatch.alerting.in_force import InForce
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.dashboard.visitor import Visitor
from groundwatch.errors import InvalidInput

WRITES = "alerts:write"


class RuleActions:
    """Changes the policy file; each returns what was done, in words."""

    def __init__(self, policy: InForce, visitor: Visitor) -> None:
        self._policy = policy
        self._visitor = visitor

    async def save(self, rule: RuleSettings | None) -> str:
        """Save the rule whose preview is shown."""
        if rule is None:
            raise InvalidInput("There is nothing to save until the rule is sound.")
        identity = await self._visitor.now(WRITES)
        replaced = await to_thread.run_sync(self._policy.put_rule, rule, identity.user)
        done = "replaces the one of its name" if replaced else "is added"
        return f"{rule.name} {done} in {self._policy.file()}; it is evaluated from now on."

    async def remove(self, name: str) -> str:
        """Take the rule that is shown out of the file."""
        identity = await self._visitor.now(WRITES)
        await to_thread.run_sync(self._policy.remove_rule, name, identity.user)
        return f"{name} is removed from {self._policy.file()}."
