"""The Sources page: how fresh and how well each source is, and what failed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from anyio import to_thread
from nicegui import ui
from nicegui.events import GenericEventArguments

from groundwatch.dashboard import places
from groundwatch.dashboard.emitted import text_of
from groundwatch.dashboard.formatting import plural
from groundwatch.dashboard.frame import framed, html
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.domain.access import Identity
from groundwatch.domain.sources import SourceStatus
from groundwatch.domain.status import Status

_REFRESH_SECONDS = 3.0


class SourcesPage:
    """One open Sources page; its values change in place."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._shown: list[SourceStatus] = []
        self._as_of: datetime = visitor.services.clock()
        self._syncing: set[str] = set()
        self._retrying: set[str] = set()

    async def build(self) -> None:
        with framed(places.SOURCES, self._visitor.at_opening):
            html('<div class="page-head"><h1>Sources</h1></div>')
            self._place = html()
        await self._refresh()
        ui.timer(_REFRESH_SECONDS, self._refresh, immediate=False)
        ui.on("sync", self._on_sync)
        ui.on("retry", self._on_retry)

    async def _refresh(self) -> None:
        problem = ""
        services = self._visitor.services
        try:
            identity = await self._visitor.now(places.SOURCES.permission)
            self._shown = await to_thread.run_sync(services.sources.overview, identity)
            self._as_of = services.clock()
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            problem, _ = trouble_of(error, "")
        self._draw(problem)

    async def _on_sync(self, event: GenericEventArguments) -> None:
        name = text_of(event, "name")
        await self._do(self._syncing, name, partial(self._visitor.services.sources.sync, name=name))

    async def _on_retry(self, event: GenericEventArguments) -> None:
        """Take up what failed again: one document, or all of a source without a path."""
        name, path = text_of(event, "name"), text_of(event, "path")
        paths = [path] if path else None
        retry = partial(self._visitor.services.sources.retry, name=name, paths=paths)
        await self._do(self._retrying, name, retry)

    async def _do(self, under_way: set[str], name: str, work: Callable[[Identity], object]) -> None:
        """Do something to a source as the one who asks, showing meanwhile that it is done."""
        problem = ""
        under_way.add(name)
        self._draw("")
        try:
            identity = await self._visitor.now("sources:sync")
            await to_thread.run_sync(work, identity)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            problem, _ = trouble_of(error, "")
        under_way.discard(name)
        if problem:
            self._draw(problem)
        else:
            await self._refresh()

    def _draw(self, problem: str) -> None:
        content = render(
            "sources.html",
            {
                "sources": self._shown,
                "summary": _summary(self._shown),
                "problem": problem,
                "as_of": self._as_of,
                "now": self._visitor.services.clock(),
                "may_sync": self._visitor.at_opening.may("sources:sync"),
                "syncing": self._syncing,
                "retrying": self._retrying,
            },
        )
        if content != self._place.content:
            self._place.set_content(content)


def _summary(sources: list[SourceStatus]) -> str:
    """All sources in one sentence."""
    wanting = [each.name for each in sources if each.status is not Status.HEALTHY]
    waiting = sum(each.pending for each in sources)
    if wanting:
        said = f"{len(wanting)} of {plural(len(sources), 'source')} not healthy: "
        said += ", ".join(wanting)
    else:
        said = f"All {plural(len(sources), 'source')} healthy"
    return f"{said}. {plural(waiting, 'change')} waiting." if waiting else f"{said}."
