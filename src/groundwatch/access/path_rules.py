"""Permissions of a document from the path rules of its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from groundwatch.access.globs import glob_matches, glob_problem
from groundwatch.domain.access import AccessList

__all__ = ["PathRuleLike", "RuleResult", "glob_matches", "glob_problem", "rule_for"]


class PathRuleLike(Protocol):
    """A rule as the sources' settings hold it."""

    @property
    def path(self) -> str: ...

    @property
    def allow(self) -> tuple[str, ...] | None: ...

    @property
    def deny(self) -> tuple[str, ...]: ...

    @property
    def tags(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What the rules say of one path.

    Attributes:
        access: empty `allow` means nobody.
        tags: in the order of the rules, without repetition.
        reasons: one sentence for each matching rule, in order, and one when none allows.
        allowed_by: the rule whose `allow` counts, as "rule 2 `hr/**`"; empty when none states one.
        denied_by: for each denied principal, the first rule that denies it.
    """

    access: AccessList
    tags: tuple[str, ...]
    reasons: tuple[str, ...]
    allowed_by: str
    denied_by: dict[str, str]


def rule_for(path: str, rules: Sequence[PathRuleLike]) -> RuleResult:
    """Combine the rules that match a path.

    `allow` of the last matching rule that states one counts, an empty one included; `deny` and
    `tags` of all matching rules add up; without an `allow` nobody may read.
    """
    allow: tuple[str, ...] | None = None
    allowed_by = ""
    denied_by: dict[str, str] = {}
    tags: dict[str, None] = {}
    reasons: list[str] = []
    for number, rule in enumerate(rules, start=1):
        if not glob_matches(path, rule.path):
            continue
        label = f"rule {number} `{rule.path}`"
        if rule.allow is not None:
            allow, allowed_by = rule.allow, label
        for principal in rule.deny:
            denied_by.setdefault(principal, label)
        tags.update(dict.fromkeys(rule.tags))
        reasons.append(f"{label} {_statement(rule)}")
    if allow is None:
        reasons.append("no rule allows anybody" if reasons else "no rule matches, so nobody may")
    access = AccessList(frozenset(allow or ()), frozenset(denied_by))
    return RuleResult(access, tuple(tags), tuple(reasons), allowed_by, denied_by)


def _statement(rule: PathRuleLike) -> str:
    said = []
    if rule.allow is not None:
        said.append(f"allows {', '.join(rule.allow) or 'nobody'}")
    if rule.deny:
        said.append(f"denies {', '.join(rule.deny)}")
    if rule.tags:
        said.append(f"tags {', '.join(rule.tags)}")
    return " and ".join(said) or "states nothing"
