"""Runbooks, where an alert's link leads: what it means, what to look at, what helps."""

from collections.abc import Callable

from fastapi import Request, Response
from nicegui import ui

from groundwatch.alerting import runbooks
from groundwatch.dashboard import places
from groundwatch.dashboard.frame import framed, html
from groundwatch.dashboard.places import Place
from groundwatch.dashboard.templating import render
from groundwatch.errors import NotFound
from groundwatch.serving.authentication import identity_of
from groundwatch.serving.sign_in_pages import message_page


def add(refusal: Callable[[Request, Place], Response | None]) -> None:
    """Add a page for every runbook; `refusal` says whether a visitor may not open one."""

    @ui.page(f"{runbooks.PATH}/{{name}}")
    async def page(request: Request, name: str) -> Response | None:
        refused = refusal(request, places.RUNBOOKS)
        if refused is not None:
            return refused
        try:
            text = runbooks.text_of(name)
        except NotFound:
            there = ", ".join(runbooks.names())
            return message_page(404, "There is no such runbook", f"There are {there}.")
        with framed(places.RUNBOOKS, identity_of(request.scope)):
            html(render("watch/runbook_head.html", {"names": runbooks.names(), "name": name}))
            with ui.element("article").classes("card prose"):
                ui.markdown(text, extras=[], sanitize=False)
        return None


def link_of(runbook: str) -> str:
    """Where a runbook is read: a page of ours, an address, or nowhere."""
    if runbook.startswith(("http://", "https://")):
        return runbook
    return f"{runbooks.PATH}/{runbook}" if runbook in runbooks.names() else ""
