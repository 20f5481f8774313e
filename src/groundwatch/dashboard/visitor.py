"""Who is at a page, asked again for every action: a page stays open longer than a session."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from anyio import to_thread
from starlette.requests import Request

from groundwatch.domain.access import Identity
from groundwatch.serving.authentication import credential_of, identity_of
from groundwatch.serving.permissions import require
from groundwatch.serving.services import Services

ZONE = "groundwatch_zone"
"""The cookie in which a browser says its zone."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person at one open page.

    Attributes:
        at_opening: the identity with which the page was opened.
        zone: the reader's, as the browser says; UTC until it has said so.
    """

    services: Services
    at_opening: Identity
    credential: str
    zone: tzinfo = UTC

    @classmethod
    def of(cls, request: Request, services: Services) -> "Visitor":
        zone = zone_of(request.cookies.get(ZONE, ""))
        return cls(services, identity_of(request.scope), credential_of(request.scope), zone)

    async def now(self, permission: str) -> Identity:
        """The identity at this moment.

        Raises:
            NotAuthenticated: the session ended, or is another's by now.
            NotPermitted: the permission was taken away.
        """
        identity = await to_thread.run_sync(self.services.authenticate, self.credential)
        require(identity, permission)
        return identity


def zone_of(name: str) -> tzinfo:
    """A zone by its name, such as `Europe/Oslo`; UTC where there is none of that name."""
    try:
        return ZoneInfo(unquote(name)) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC
