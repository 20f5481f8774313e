"""What each route demands of its asker."""

from collections.abc import Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request

from groundwatch.domain.access import Identity
from groundwatch.errors import NotPermitted
from groundwatch.serving.authentication import identity_of
from groundwatch.serving.server import server_of

NOBODY_IN_PARTICULAR = ""
"""Declared by routes for whoever is signed in."""


class Requires:
    """A route's dependency that demands a permission, counts the request, and gives the identity.

    Args:
        permission: as `resource:action`; empty for anybody who is signed in.
        counted: False where the route itself counts against the rate.
    """

    def __init__(self, permission: str, *, counted: bool = True) -> None:
        self.permission = permission
        self._counted = counted

    async def __call__(self, request: Request) -> Identity:
        identity = identity_of(request.scope)
        require(identity, self.permission)
        if self._counted:
            server_of(request).rates.take(identity.user)
        return identity


class OpenToAll:
    """A route's dependency that says: reachable without authentication."""

    async def __call__(self) -> None: ...


def require(identity: Identity, permission: str) -> None:
    """Raise NotPermitted unless the identity has the permission."""
    if permission and not identity.may(permission):
        raise NotPermitted(f"This needs the permission {permission}.")


def declaration(route: APIRoute) -> Callable[..., Any] | None:
    """The `Requires` or `OpenToAll` of a route; None when its author forgot."""
    declared = [
        each.call
        for each in route.dependant.dependencies
        if isinstance(each.call, Requires | OpenToAll)
    ]
    return declared[0] if declared else None
