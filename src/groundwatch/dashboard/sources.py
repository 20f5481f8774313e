"""The Sources page: how fresh and how well each source is, and what failed."""

from datetime import datetime

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

    async def build(self) -> None:
        with framed(places.SOURCES, self._visitor.at_opening):
            html('<div class="page-head"><h1>Sources</h1></div>')
            self._place = html()
        await self._refresh()
        ui.timer(_REFRESH_SECONDS, self._refresh, immediate=False)
        ui.on("sync", self._on_sync)

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
        problem = ""
        self._syncing.add(name)
        self._draw("")
        try:
            identity = await self._visitor.now("sources:sync")
            await to_thread.run_sync(self._visitor.services.sources.sync, identity, name)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            problem, _ = trouble_of(error, "")
        self._syncing.discard(name)
        self._draw(problem)

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
