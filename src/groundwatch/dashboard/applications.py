"""The Applications page: what each one sent, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from groundwatch.analytics.applications import OUTCOMES, ApplicationRow, applications
from groundwatch.dashboard import places, sparks
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panels
from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, View
from groundwatch.store.events import PendingTrace

_MOST = 100
_MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class _Read:
    rows: tuple[ApplicationRow, ...]
    open: tuple[PendingTrace, ...]
    more: int


def _read(asked: Asked) -> _Read:
    window, events = asked.window, asked.watch.events
    names = [window.application] if window.application else events.applications(window.since)
    found = applications(asked.source, names[:_MOST], window, asked.now, asked.watch.thresholds)
    waiting = events.open_traces(window.application, _MOST_OPEN)
    return _Read(found, tuple(waiting), max(0, len(names) - _MOST))


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    cards = html()
    with ui.element("div").classes("cards"):
        intake = panels.add("intake", "What arrived", "full", 0)
        waiting = panels.add("open-traces", "Traces that are still open", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        values: dict[str, object] = {
            "rows": read.rows,
            "more": read.more,
            "spark": sparks.spark,
            "selection": asked.selection,
            "is_comparable": asked.window.is_comparable,
        }
        content = render("watch/applications.html", values)
        if content != cards.content:
            cards.set_content(content)
        intake.show(_intake(read.rows))
        waiting.show(_open(read.open))

    return update


def _intake(rows: tuple[ApplicationRow, ...]) -> Content:
    columns = (
        Column("Application"),
        *(Column(name.replace("_", " ").capitalize(), "1") for name in OUTCOMES),
    )
    found = tuple(Row((row.name, *(row.intake[name] for name in OUTCOMES))) for row in rows)
    note = (
        "Spans, interactions and events of this span, counted whatever was sampled. Late: its "
        "trace was settled before and was opened again. Late expired: of a day no longer kept."
    )
    return Content(
        Table(columns, found, note if rows else ""),
        empty="" if rows else "nothing has arrived in this span",
    )


def _open(found: tuple[PendingTrace, ...]) -> Content:
    columns = (
        Column("Trace", "id"), Column("Application"), Column("Spans", "1"),
        Column("First seen", "moment"), Column("Last seen", "moment"), Column("Root"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                each.trace_id,
                each.application,
                each.spans,
                each.first_seen,
                each.last_seen,
                "ended" if each.root_ended else "awaited",
            ),
            f"/interactions?id={each.trace_id}",
        )
        for each in found
    )
    return Content(Table(columns, rows), empty="" if rows else "no trace is open now")


VIEW = View(places.APPLICATIONS, _read, _build)
