"""Who asks, and who may read what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Principal = str
"""One token a permission may name: `user:anna`, `group:hr` or `everyone` (all signed in)."""

EVERYONE: Principal = "everyone"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who was authenticated, with everything the decision about them needs.

    Attributes:
        user: the user's name in the configuration or directory.
        principals: `user:NAME`, every group reached through nesting, and `everyone`.
        permissions: what they may do, as `resource:action`.
        via: how they were authenticated: `key`, `session`, `owner`.
    """

    user: str
    principals: frozenset[Principal]
    permissions: frozenset[str]
    via: str
    display_name: str = ""
    key_id: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions


class AccessReason(StrEnum):
    """Why a document is shown or withheld."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOT_LISTED = "not-listed"
    NO_ACL = "no-acl"


@dataclass(frozen=True, slots=True)
class AccessList:
    """A document's permissions: deny wins, and an empty list means nobody."""

    allow: frozenset[Principal] = frozenset()
    deny: frozenset[Principal] = frozenset()

    def decide(self, principals: frozenset[Principal]) -> AccessReason:
        """Decide for one principal set; only `ALLOWED` shows the document."""
        if not self.allow:
            return AccessReason.NO_ACL
        if self.deny & principals:
            return AccessReason.DENIED
        return AccessReason.ALLOWED if self.allow & principals else AccessReason.NOT_LISTED


Authenticate = Callable[[str], Identity]
"""Turns a presented credential into an identity, or raises NotAuthenticated."""
