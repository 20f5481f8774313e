"""Contradictions among users, groups and the permission rules that name them."""

import re
from collections.abc import Iterator

from groundwatch.access.path_rules import glob_problem
from groundwatch.config.draft import Draft
from groundwatch.config.problems import Location, Problem, meant, shown
from groundwatch.domain.access import EVERYONE
from groundwatch.sources.filesystem import PathRule

_NAME = re.compile(r"[\w][\w.@+-]{0,127}")


def unusable_names(draft: Draft) -> Iterator[Problem]:
    """Names that a permission could not name, or that are easily taken for another."""
    for part in ("users", "groups"):
        seen: dict[str, str] = {}
        for name in sorted(draft.names(part)):
            if not _NAME.fullmatch(name):
                message = "is no usable name; use letters, digits and `.`, `_`, `-`, `@`, `+`"
                yield Problem((part, name), message)
            twin = seen.setdefault(name.casefold(), name)
            if twin != name:
                yield Problem((part, name), f"differs from `{twin}` only in case; rename one")


def unknown_groups(draft: Draft) -> Iterator[Problem]:
    """Users and groups that refer to groups that are not there."""
    groups = draft.names("groups")
    for name, user in draft.config.users.items():
        for position, group in enumerate(user.groups):
            if group not in groups:
                yield _unknown("group", group, ("users", name, "groups", position), groups)
    for name, settings in draft.config.groups.items():
        for position, group in enumerate(settings.includes):
            if group not in groups:
                yield _unknown("group", group, ("groups", name, "includes", position), groups)


def circular_groups(draft: Draft) -> Iterator[Problem]:
    """Groups that include themselves, directly or through others; each circle once."""
    groups = draft.config.groups
    finished: set[str] = set()
    for start in groups:
        trail = [start]
        branches = [iter(groups[start].includes)]
        while branches:
            included = next(branches[-1], None)
            if included is None:
                branches.pop()
                finished.add(trail.pop())
            elif included in trail:
                circle = " > ".join([*trail[trail.index(included) :], included])
                message = f"includes itself: {circle}; take one of them out"
                yield Problem(("groups", trail[-1], "includes"), message)
            elif included in groups and included not in finished:
                trail.append(included)
                branches.append(iter(groups[included].includes))


def wrong_rules(draft: Draft) -> Iterator[Problem]:
    """Permission rules that name nobody who exists, or match nothing by mistake."""
    for position, source in enumerate(draft.config.sources):
        for number, rule in enumerate(source.permissions):
            at = draft.source(position, "permissions", number)
            yield from _wrong_principals(draft, rule, at)
            wrong = glob_problem(rule.path)
            if wrong:
                yield Problem((*at, "path"), f"is {shown(rule.path)}; it {wrong}")
            elif (source.path / rule.path).is_dir():
                message = (
                    f"is {shown(rule.path)}, a folder; write `{rule.path}/**` for what is in it"
                )
                yield Problem((*at, "path"), message)


def empty_allows(draft: Draft) -> Iterator[Problem]:
    """An `allow:` without a value reads like "nobody" and would mean "as before"."""
    sources = draft.raw.get("sources")
    for position, source in enumerate(sources if isinstance(sources, list) else ()):
        rules = source.get("permissions") if isinstance(source, dict) else None
        for number, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and "allow" in rule and rule["allow"] is None:
                message = (
                    "has no value; write `[]` for nobody, or leave the key out to keep what "
                    "earlier rules allow"
                )
                yield Problem(("sources", position, "permissions", number, "allow"), message)


def _wrong_principals(draft: Draft, rule: PathRule, at: Location) -> Iterator[Problem]:
    allow = rule.allow or ()
    for key, principals in (("allow", allow), ("deny", rule.deny)):
        for position, principal in enumerate(principals):
            yield from _wrong_principal(draft, principal, (*at, key, position))
    for position, principal in enumerate(rule.deny):
        if principal in allow:
            message = f"denies {shown(principal)}, which the same rule allows; keep one of them"
            yield Problem((*at, "deny", position), message)


def _wrong_principal(draft: Draft, principal: str, at: Location) -> Iterator[Problem]:
    kind, _, name = principal.partition(":")
    if principal == EVERYONE:
        return
    if kind not in {"user", "group"} or not name:
        users, groups = draft.names("users"), draft.names("groups")
        options = [f"group:{group}" for group in groups] + [f"user:{user}" for user in users]
        bare = [option for option in options if option.endswith(f":{principal}")]
        close = meant(principal, [EVERYONE, *options])
        hint = f"; did you mean `{bare[0]}`?" if bare else close if "did you mean" in close else ""
        message = f"is {shown(principal)}; must be `user:NAME`, `group:NAME` or `everyone`{hint}"
        yield Problem(at, message)
    elif name not in draft.names(f"{kind}s"):
        yield _unknown(kind, name, at, draft.names(f"{kind}s"))


def _unknown(kind: str, name: str, at: Location, known: frozenset[str]) -> Problem:
    message = f"names {kind} {shown(name)}, which is not under `{kind}s:`{meant(name, known)}"
    return Problem(at, message)
