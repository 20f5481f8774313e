"""Why somebody may or may not read a document, in words."""

from dataclasses import dataclass

from groundwatch.access.directory import Directory
from groundwatch.access.path_rules import RuleResult
from groundwatch.domain.access import AccessList, AccessReason, Principal

_OWN = "the document's own permissions"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and its reason.

    Attributes:
        words: one sentence that names the rule and the way through the groups.
    """

    reason: AccessReason
    words: str


@dataclass(frozen=True, slots=True)
class Readable:
    """Whether a user may read a document.

    Attributes:
        words: the rule that decides, and the way to it through the groups.
    """

    document_id: str
    source: str
    path: str
    user: str
    readable: bool
    reason: AccessReason
    words: str


def explain_access(
    access: AccessList, user: str, directory: Directory, rules: RuleResult | None = None
) -> Explanation:
    """Decide as every search does, and say why.

    Args:
        access: the document's permissions in force.
        user: whose access is in question.
        directory: who there is.
        rules: what the source's path rules say; None where permissions were set for the document
            itself, which replaces the rules.

    Raises:
        NotAuthenticated: there is no such user.
    """
    principals = directory.principals(user)
    reason = access.decide(principals)
    if reason is AccessReason.DENIED:
        principal = _nearest(access.deny & principals, user, directory)
        by = rules.denied_by.get(principal, _OWN) if rules else _OWN
        words = f"denied by {by} as {_way(principal, user, directory)}"
    elif reason is AccessReason.ALLOWED:
        principal = _nearest(access.allow & principals, user, directory)
        words = f"allowed by {_allower(rules)} through {_way(principal, user, directory)}"
    elif reason is AccessReason.NOT_LISTED:
        listed = ", ".join(sorted(access.allow))
        words = f"not allowed: only {listed} by {_allower(rules)}, and {user} is none of them"
    elif rules and not rules.allowed_by:
        words = f"not allowed: {rules.reasons[-1]}"
    else:
        words = f"not allowed: nobody is, by {_allower(rules)}"
    return Explanation(reason, words)


def _allower(rules: RuleResult | None) -> str:
    return rules.allowed_by if rules and rules.allowed_by else _OWN


def _nearest(found: frozenset[Principal], user: str, directory: Directory) -> Principal:
    """The principal that says most: the user, then the group reached in the fewest steps."""

    def distance(principal: Principal) -> tuple[int, int, str]:
        kind = 0 if principal.startswith("user:") else 1 if principal.startswith("group:") else 2
        return kind, len(directory.route(user, principal)), principal

    return min(found, key=distance)


def _way(principal: Principal, user: str, directory: Directory) -> str:
    return " > ".join(directory.route(user, principal))
