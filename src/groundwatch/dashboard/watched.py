"""A page of the watch: its head with the filters, its content, and its life while it is open."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Generic, Literal, TypeVar

from anyio import to_thread
from nicegui import ui

from groundwatch.analytics.kept import KeptCells
from groundwatch.analytics.remembering import Remembering
from groundwatch.analytics.status import SystemStatus, system_status
from groundwatch.analytics.tallies import compared
from groundwatch.analytics.windows import Window
from groundwatch.dashboard.frame import framed, html
from groundwatch.dashboard.panels import Panels
from groundwatch.dashboard.places import Place
from groundwatch.dashboard.readings import Readings
from groundwatch.dashboard.selection import RANGES, Selection
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.domain import metrics
from groundwatch.domain.access import Identity
from groundwatch.serving.services import Watch

_T = TypeVar("_T")
Filter = Literal["application", "group", "span"]
EVERYTHING: frozenset[Filter] = frozenset({"application", "group", "span"})
_CALM_SECONDS = 15.0
_SHORT_SECONDS = 5.0
_MOST_CHOICES = 200
_CHOICES_SECONDS = 10.0
_FRESH_SHARE = 0.9
"""Of the time between two updates: what was read stays fresh a little less than that."""
_PATIENCE_SECONDS = 0.4
"""Numbers that take longer come after the page, which says so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is to show.

    Attributes:
        source: cells, each query asked once.
        identity: of the reader, at this moment.
        readings: what is dear to read and may be a little older than the rest.
        zone: the reader's; UTC while numbers are read, which all readers share.
    """

    watch: Watch
    source: Remembering
    selection: Selection
    window: Window
    now: datetime
    identity: Identity
    readings: Readings
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says and offers."""

    status: SystemStatus
    applications: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """A choice of a page's own: a parameter of its URL, and its values with their names.

    The first value is the usual one and is left out of the URL.
    """

    parameter: str
    values: tuple[tuple[str, str], ...]

    def chosen(self, selection: Selection) -> str:
        """The value that the URL names, or the usual one."""
        given = dict(selection.more).get(self.parameter, "")
        return given if given in dict(self.values) else self.values[0][0]

    def links(self, selection: Selection) -> list[tuple[str, str, bool]]:
        """Name, link, and whether it is chosen."""
        usual, chosen = self.values[0][0], self.chosen(selection)
        return [
            (
                words,
                selection.query({self.parameter: "" if value == usual else value}) or "?",
                value == chosen,
            )
            for value, words in self.values
        ]


@dataclass(frozen=True, slots=True)
class View(Generic[_T]):
    """What makes one page different from another.

    Attributes:
        read: numbers of what is asked; runs in a thread.
        build: draws the page and returns what draws newer numbers into it.
        own: what the numbers depend on besides the selection; pages with equal `own` share them.
        parameters: what the page keeps in the URL besides the selection.
        head: what of the selection the page heeds; the rest is not offered.
        choices: a choice of the page's own in its head.
        seconds: between two readings; 0 as the span asks.
    """

    place: Place
    read: Callable[[Asked], _T]
    build: Callable[[Panels], Callable[[_T, Asked], None]]
    own: Callable[[Identity], str] = lambda _: ""
    parameters: tuple[str, ...] = ()
    head: frozenset[Filter] = EVERYTHING
    choices: Choices | None = None
    seconds: float = 0.0


class WatchPage(Generic[_T]):
    """One open page of the watch."""

    def __init__(
        self, visitor: Visitor, selection: Selection, readings: Readings, view: View[_T]
    ) -> None:
        self._visitor = visitor
        self._selection = selection
        self._readings = readings
        self._view = view
        self._update: Callable[[_T, Asked], None] | None = None
        self._as_of: datetime | None = None
        self._turn = asyncio.Lock()

    async def build(self) -> None:
        """Draw the page; it renews itself while it is open."""
        place = self._view.place
        with framed(place, self._visitor.at_opening, self._selection.shared()):
            self._head = html()
            self._notice = html()
            self._panels = Panels()
            self._body = ui.element("div").classes("watch")
        if self._visitor.services.watch is None:
            self._notice.set_content(_message("Nothing is watched here", "The watch is off."))
            return
        self._panels.listen()
        with self._body:
            self._waiting = html(render("watch/waiting.html", {"place": place}))
            self._head.set_content(f'<div class="watch-head"><h1>{place.name}</h1></div>')
        first = asyncio.create_task(self._refresh())
        await asyncio.wait({first}, timeout=_PATIENCE_SECONDS)
        ui.timer(self._seconds(), self._next, immediate=False)

    async def _next(self) -> None:
        """Renew; a page whose numbers take longer than the time between two asks once."""
        if not self._turn.locked():
            await self._refresh()

    def _seconds(self) -> float:
        watch = self._visitor.services.watch
        assert watch is not None
        if self._view.seconds:
            return self._view.seconds
        if self._selection.live:
            return watch.update_seconds
        return _SHORT_SECONDS if self._selection.range in {"15m", "1h"} else _CALM_SECONDS

    async def _refresh(self) -> None:
        async with self._turn:
            await self._renew()

    async def _renew(self) -> None:
        try:
            identity = await self._visitor.now(self._view.place.permission)
            asked = self._asked(identity)
            key = (
                self._view.place.path, self._view.own(identity), self._selection,
                asked.window.since, asked.window.application, asked.window.group,
            )  # fmt: skip
            fresh = self._seconds() * _FRESH_SHARE
            head, found, read = await to_thread.run_sync(
                lambda: self._readings.get(key, fresh, lambda: read_page(self._view, asked))
            )
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            self._complain(error)
            return
        # Another reader may have caused the reading.
        asked = replace(read, identity=identity, zone=self._visitor.zone)
        self._as_of = asked.now
        self._say(self._selection.problem)
        self._draw_head(head)
        if self._update is None:
            self._waiting.delete()
            with self._body:
                self._update = self._view.build(self._panels)
        self._update(found, asked)

    def _asked(self, identity: Identity) -> Asked:
        watch = self._visitor.services.watch
        assert watch is not None
        now = self._visitor.services.clock()
        self._selection = self._selection.at(now)
        return asked_of(watch, self._selection, now, identity, self._readings)

    def _complain(self, error: Exception) -> None:
        problem, _ = trouble_of(error, "")
        stale = "" if self._as_of is None else f"What is shown is as of {self._as_of:%H:%M:%S} UTC."
        self._notice.set_content(_message(problem, stale))

    def _say(self, problem: str) -> None:
        content = _message(problem, "The last 24 h are shown instead.") if problem else ""
        if self._notice.content != content:
            self._notice.set_content(content)

    def _draw_head(self, head: Head) -> None:
        values: dict[str, object] = {
            "place": self._view.place,
            "selection": self._selection,
            "status": head.status,
            "applications": _with(head.applications, self._selection.application),
            "groups": _with(head.groups, self._selection.group),
            "ranges": RANGES,
            "heeds": self._view.head,
            "choices": self._view.choices.links(self._selection) if self._view.choices else (),
        }
        content = render("watch/head.html", values)
        if content != self._head.content:
            self._head.set_content(content)


def asked_of(
    watch: Watch, selection: Selection, now: datetime, identity: Identity, readings: Readings
) -> Asked:
    """What a selection asks for at a moment."""
    source = Remembering(KeptCells(watch.events, readings.cells, now))
    return Asked(watch, source, selection, selection.window(now), now, identity, readings)


def read_page(view: View[_T], asked: Asked) -> tuple[Head, _T, Asked]:
    """All numbers of a page: of its head, its own, and of what window they are."""
    asked = replace(asked, window=compared(asked.source, asked.window))
    return read_head(asked), view.read(asked), asked


def read_head(asked: Asked) -> Head:
    """The status, and what can be chosen; a new application is offered a little later."""
    names, groups = choices(asked)
    application = asked.window.application
    status = system_status(asked.source, asked.now, application, asked.watch.thresholds)
    return Head(status, names, groups)


def choices(asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Applications and groups that were seen in a window, as of a moment ago."""
    window = asked.window
    key = ("choices", window.since.date(), window.until.date(), window.application)
    return asked.readings.get(key, _CHOICES_SECONDS, lambda: _choices(asked))


def _choices(asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    window, events = asked.window, asked.watch.events
    groups = events.labels(
        metrics.REQUESTS.name, "group", window.since, window.until, window.application
    )
    names = events.applications(window.since)
    return tuple(sorted(names))[:_MOST_CHOICES], tuple(sorted(groups))[:_MOST_CHOICES]


def _with(choices: tuple[str, ...], chosen: str) -> tuple[str, ...]:
    return choices if not chosen or chosen in choices else (chosen, *choices)


def _message(heading: str, text: str) -> str:
    return render("watch/notice.html", {"heading": heading, "text": text})
