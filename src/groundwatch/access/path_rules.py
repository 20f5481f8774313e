"""Permissions of a document from the path rules of its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from groundwatch.access.globs import composed, glob_matches, glob_problem, is_exact
from groundwatch.domain.access import AccessList

__all__ = ["PathRuleLike", "PathRules", "RuleResult", "glob_matches", "glob_problem", "rule_for"]


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


class PathRules:
    """The rules of a source, prepared for many paths: most of them match the same rules."""

    def __init__(self, rules: Sequence[PathRuleLike]) -> None:
        self._rules = tuple(rules)
        self._exact: dict[str, list[int]] = {}
        self._globs: list[tuple[int, str]] = []
        self._said: dict[tuple[int, ...], RuleResult] = {}
        for number, rule in enumerate(self._rules):
            if is_exact(rule.path):
                self._exact.setdefault(composed(rule.path), []).append(number)
            else:
                self._globs.append((number, rule.path))

    def result(self, path: str) -> RuleResult:
        """Combine the rules that match a path.

        `allow` of the last matching rule that states one counts, an empty one included; `deny` and
        `tags` of all matching rules add up; without an `allow` nobody may read.
        """
        matching = self._matching(composed(path))
        said = self._said.get(matching)
        if said is None:
            said = _combined([(number + 1, self._rules[number]) for number in matching])
            self._said[matching] = said
        return said

    def _matching(self, path: str) -> tuple[int, ...]:
        found = [number for number, glob in self._globs if glob_matches(path, glob)]
        return tuple(sorted((*found, *self._exact.get(path, ()))))


def rule_for(path: str, rules: Sequence[PathRuleLike]) -> RuleResult:
    """What rules say of one path; see `PathRules`."""
    return PathRules(rules).result(path)


def _combined(matching: Sequence[tuple[int, PathRuleLike]]) -> RuleResult:
    allow: tuple[str, ...] | None = None
    allowed_by = ""
    denied_by: dict[str, str] = {}
    tags: dict[str, None] = {}
    reasons: list[str] = []
    for number, rule in matching:
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
