"""Who is at a page, asked again for every action: a page stays open longer than a session."""

from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request

from groundwatch.domain.access import Identity
from groundwatch.serving.authentication import credential_of, identity_of
from groundwatch.serving.permissions import require
from groundwatch.serving.services import Services


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person at one open page.

    Attributes:
        at_opening: the identity with which the page was opened.
    """

    services: Services
    at_opening: Identity
    credential: str

    @classmethod
    def of(cls, request: Request, services: Services) -> "Visitor":
        return cls(services, identity_of(request.scope), credential_of(request.scope))

    async def now(self, permission: str) -> Identity:
        """The identity at this moment.

        Raises:
            NotAuthenticated: the session ended, or is another's by now.
            NotPermitted: the permission was taken away.
        """
        identity = await to_thread.run_sync(self.services.authenticate, self.credential)
        require(identity, permission)
        return identity
