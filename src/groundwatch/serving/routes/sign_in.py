"""Signing in with a one-time link, and out again."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from groundwatch.errors import NotAuthenticated
from groundwatch.serving.authentication import COOKIE, require_same_origin, session_of
from groundwatch.serving.routes.dependencies import Anybody, SignedIn, TheServices
from groundwatch.serving.services import Services
from groundwatch.serving.sign_in_pages import redeem_page, used_link_page

router = APIRouter(tags=["signing in"])


@router.get("/sign-in/{token}", response_class=HTMLResponse)
async def offer(token: str, _open: Anybody) -> Response:  # noqa: ARG001  only POST uses it up
    """Show a button; opening a link does not use it up, so that link previews do no harm."""
    return redeem_page()


@router.post("/sign-in/{token}", response_class=RedirectResponse, status_code=303)
def redeem(token: str, request: Request, _open: Anybody, services: TheServices) -> Response:
    """Use the link up, set the session's cookie and lead to the first page."""
    require_same_origin(request.scope)
    try:
        credential = services.sessions.redeem(token)
    except NotAuthenticated:
        return used_link_page()
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        COOKIE,
        credential,
        max_age=int(services.settings.session_hours * 3600),
        httponly=True,
        samesite="lax",
        secure=_is_https(request, services),
    )
    return response


@router.post("/sign-out", response_class=RedirectResponse, status_code=303)
def leave(request: Request, _identity: SignedIn, services: TheServices) -> Response:
    """End the session."""
    services.sessions.end(session_of(request.scope))
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _is_https(request: Request, services: Services) -> bool:
    return request.url.scheme == "https" or services.settings.public_url.startswith("https://")
