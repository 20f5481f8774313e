"""The users and groups of the configuration, and what follows from them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from groundwatch.access.roles import ROLES
from groundwatch.access.settings import GroupSettings, UserSettings
from groundwatch.domain.access import EVERYONE, Identity, Principal
from groundwatch.errors import NotAuthenticated


@dataclass(frozen=True, slots=True)
class _Person:
    principals: frozenset[Principal]
    permissions: frozenset[str]
    display_name: str
    routes: Mapping[str, tuple[str, ...]]


class Directory:
    """Who there is. Reads see one state as a whole, before or after a `replace`."""

    def __init__(
        self, users: Mapping[str, UserSettings], groups: Mapping[str, GroupSettings]
    ) -> None:
        self._people = _resolve(users, groups)

    def replace(
        self, users: Mapping[str, UserSettings], groups: Mapping[str, GroupSettings]
    ) -> None:
        """Take over other users and groups; in force for every later call, in all threads."""
        self._people = _resolve(users, groups)

    @property
    def users(self) -> frozenset[str]:
        return frozenset(self._people)

    def principals(self, user: str) -> frozenset[Principal]:
        """Return `user:NAME`, every group reached through nesting, and `everyone`.

        Raises:
            NotAuthenticated: there is no such user (any more).
        """
        return self._person(user).principals

    def identity(
        self, user: str, via: str, scopes: Collection[str] | None = None, key_id: str = ""
    ) -> Identity:
        """Make the identity of a user; `scopes` narrow what the role permits, never widen it.

        Raises:
            NotAuthenticated: there is no such user (any more).
        """
        person = self._person(user)
        permissions = person.permissions
        if scopes is not None:
            permissions &= frozenset(scopes)
        return Identity(
            user=user,
            principals=person.principals,
            permissions=permissions,
            via=via,
            display_name=person.display_name,
            key_id=key_id,
        )

    def route(self, user: str, principal: Principal) -> tuple[Principal, ...]:
        """How a user comes to hold a principal: `(group:hr, group:staff)` for a member of hr.

        The shortest way, outermost group last; empty when the user does not hold it.
        """
        person = self._people.get(user)
        if person is None or principal not in person.principals:
            return ()
        if not principal.startswith("group:"):
            return (principal,)
        return tuple(f"group:{name}" for name in person.routes[principal.removeprefix("group:")])

    def _person(self, user: str) -> _Person:
        person = self._people.get(user)
        if person is None:
            raise NotAuthenticated(
                f"user {user!r} is not in the configuration; add it under `users:`"
            )
        return person


def _resolve(
    users: Mapping[str, UserSettings], groups: Mapping[str, GroupSettings]
) -> dict[str, _Person]:
    including: dict[str, list[str]] = {}
    for name, group in groups.items():
        for included in group.includes:
            including.setdefault(included, []).append(name)
    people = {}
    for name, user in users.items():
        routes = _routes(user.groups, including)
        principals = {f"user:{name}", EVERYONE, *(f"group:{group}" for group in routes)}
        people[name] = _Person(frozenset(principals), ROLES[user.role], user.name or name, routes)
    return people


def _routes(
    direct: Collection[str], including: Mapping[str, list[str]]
) -> dict[str, tuple[str, ...]]:
    """Walk from the direct groups to those that include them, nearest first."""
    routes: dict[str, tuple[str, ...]] = {group: (group,) for group in direct}
    pending = list(routes)
    for group in pending:
        for outer in including.get(group, ()):
            if outer not in routes:
                routes[outer] = (*routes[group], outer)
                pending.append(outer)
    return routes
