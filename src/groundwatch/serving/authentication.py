"""Who is asking: the one gate before everything the server has."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import anyio
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from groundwatch.domain.access import Authenticate, Identity
from groundwatch.errors import GroundwatchError, NotAuthenticated, NotPermitted
from groundwatch.serving.edge import log_error
from groundwatch.serving.errors import problem_of
from groundwatch.serving.sign_in_pages import needs_link_page

COOKIE = "groundwatch_session"
OPEN = frozenset({"/healthz", "/readyz"})
SIGN_IN = "/sign-in/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MACHINES = ("/v1/", "/mcp")
_THREADS = 8


def identity_of(scope: Scope) -> Identity:
    """The authenticated asker of a request that passed the gate."""
    identity = scope["identity"]
    assert isinstance(identity, Identity)
    return identity


def session_of(scope: Scope) -> str:
    """The session's credential in the cookie, or empty."""
    cookies: SimpleCookie = SimpleCookie()
    for header in Headers(scope=scope).getlist("cookie"):
        try:
            cookies.load(header)
        except CookieError:
            continue
    return cookies[COOKIE].value if COOKIE in cookies else ""


def credential_of(scope: Scope) -> str:
    """The credential that the request carries, key or session; empty without one."""
    return _credential(scope)[0]


class Authentication:
    """Lets nobody but the authenticated reach what it wraps: API, pages, files, websockets, MCP.

    Open are liveness, readiness and signing in. A session's cookie is only taken for requests that
    come from our own pages, unless they change nothing.
    """

    def __init__(self, app: ASGIApp, authenticate: Authenticate) -> None:
        self._app = app
        self._authenticate = authenticate
        self._threads: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_open(scope):
            await self._app(scope, receive, send)
            return
        try:
            scope["identity"] = await self._identify(scope)
        except GroundwatchError as error:
            log_error(error)
            await _refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _identify(self, scope: Scope) -> Identity:
        credential, via = _credential(scope)
        if not credential:
            raise NotAuthenticated("The request carries no credential.")
        if via == "session" and (scope["type"] == "websocket" or scope["method"] not in _SAFE):
            require_same_origin(scope)
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(_THREADS)
        identity = await to_thread.run_sync(self._authenticate, credential, limiter=self._threads)
        if identity.via != via:
            raise NotAuthenticated(f"A credential for {identity.via} was sent as one for {via}.")
        return identity


def require_same_origin(scope: Scope) -> None:
    """Raise NotPermitted unless the browser says that the request comes from our own pages."""
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    host = headers.get("host", "")
    is_ours = origin is not None and bool(host) and urlsplit(origin).netloc == host
    if site not in (None, "same-origin") or not (is_ours or (origin is None and site)):
        raise NotPermitted("This request came from another site, so the session does not count.")


def _is_open(scope: Scope) -> bool:
    path = scope["path"]
    is_sign_in = path.startswith(SIGN_IN) and "/" not in path[len(SIGN_IN) :]
    return scope["type"] == "http" and (path in OPEN or is_sign_in)


def _credential(scope: Scope) -> tuple[str, str]:
    header = Headers(scope=scope).get("authorization")
    if header is not None:
        scheme, _, value = header.partition(" ")
        return (value.strip() if scheme.lower() == "bearer" else ""), "key"
    return session_of(scope), "session"


async def _refuse(error: GroundwatchError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    if isinstance(error, NotAuthenticated) and _is_person(scope):
        response: Response = needs_link_page()
    else:
        response = problem_of(error).response(scope)
    await response(scope, receive, send)


def _is_person(scope: Scope) -> bool:
    accepts = Headers(scope=scope).get("accept", "")
    return (
        scope["method"] in _SAFE
        and "text/html" in accepts
        and not scope["path"].startswith(_MACHINES)
    )
