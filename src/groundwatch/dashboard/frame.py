"""What every page has around it: head, rail and the place for its content."""

from collections.abc import Iterator
from contextlib import contextmanager

from markupsafe import Markup
from nicegui import ui

from groundwatch.dashboard import places
from groundwatch.dashboard.places import Place
from groundwatch.dashboard.templating import render
from groundwatch.domain.access import Identity
from groundwatch.serving.sign_in_pages import MARK, tokens

ASSETS = "/assets"


@contextmanager
def framed(here: Place, identity: Identity, query: str = "") -> Iterator[None]:
    """Draw the frame of a page; what is made inside becomes its content.

    `query` is what the pages of the watch take over from one another.
    """
    ui.page_title(f"{here.name} · Groundwatch")
    ui.add_head_html(
        f"<style>{tokens()}</style>"
        f'<link rel="stylesheet" href="{ASSETS}/pages.css">'
        f'<link rel="stylesheet" href="{ASSETS}/watch.css">'
        f'<link rel="stylesheet" href="{ASSETS}/alarm.css">'
        f'<script defer src="{ASSETS}/pages.js"></script>'
        f'<script defer src="{ASSETS}/watch.js"></script>'
    )
    groups = sorted(
        each.removeprefix("group:") for each in identity.principals if each.startswith("group:")
    )
    html(
        render(
            "rail.html",
            {
                "mark": Markup(MARK),  # noqa: S704  a constant of ours
                "places": places.open_to(identity),
                "here": here,
                "query": query,
                "name": identity.display_name or identity.user,
                "groups": groups,
            },
        )
    ).classes("rail")
    with (
        ui.element("main").classes("main").props("id=content"),
        ui.element("div").classes("page"),
    ):
        yield


def html(content: str = "") -> ui.html:
    """A place for the HTML of a template, which has escaped whatever was put into it."""
    return ui.html(content, sanitize=False)
