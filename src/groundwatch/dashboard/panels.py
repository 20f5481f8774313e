"""Cards with a chart, a table or both; every chart can be read as a table and taken along."""

from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from groundwatch.dashboard import table as tables
from groundwatch.dashboard.charts import Options
from groundwatch.dashboard.emitted import text_of
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.table import Table
from groundwatch.dashboard.templating import render

Width = Literal["half", "third", "full", "two-thirds"]
FEW_ROWS = 8
"""Of a table, until the reader wants all."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a card shows.

    Attributes:
        options: of the chart; None for a table alone.
        note: what the reader must know of it, in one line.
        empty: why there is nothing to show; hides chart and table.
        choice: another way to draw it: its name, its link, and whether it is chosen.
    """

    table: Table
    options: Options | None = None
    note: str = ""
    empty: str = ""
    choice: tuple[str, str, bool] | None = None


class Panel:
    """One card."""

    def __init__(self, key: str, title: str, width: Width, height: int) -> None:
        self.key = key
        self._title = title
        self._height = height
        self._is_table = not height
        self._is_whole = False
        self._content: Content | None = None
        with ui.element("section").classes(f"card panel-card {width}").props(f"id={key}"):
            self._head = html()
            self._empty = html()
            self._chart: ui.echart | None = None
            if height:
                self._chart = ui.echart({}, renderer="svg").classes("chart")
                self._chart.style(f"height: {height}px").props(f'role=img aria-label="{title}"')
            self._table = html()

    def show(self, content: Content) -> None:
        """Draw what changed since the last time."""
        if content == self._content:
            return
        self._content = content
        self._draw_head()
        _set(self._empty, _nothing(content.empty, self._height) if content.empty else "")
        if self._chart is not None:
            self._show_chart(self._chart, content)
        self._draw_table()

    def toggle(self) -> None:
        """Show the table under the chart, or hide it."""
        self._is_table = not self._is_table
        self._draw_head()
        self._draw_table()

    def widen(self) -> None:
        """Show every row of the table, or the first few."""
        self._is_whole = not self._is_whole
        self._draw_table()

    def export(self, kind: str) -> None:
        """Give the table to the reader as a file."""
        if self._content is not None:
            download(self._content.table, self.key, kind)

    def _show_chart(self, chart: ui.echart, content: Content) -> None:
        chart.set_visibility(not content.empty)
        if content.options is not None and not content.empty and content.options != chart.options:
            chart.options.clear()
            chart.options.update(content.options)
            chart.update()

    def _draw_head(self) -> None:
        content = self._content
        assert content is not None
        values: dict[str, object] = {
            "title": self._title,
            "note": content.note,
            "key": self.key,
            "has_chart": bool(self._height),
            "is_table": self._is_table,
            "is_empty": bool(content.empty),
            "choice": content.choice,
        }
        _set(self._head, render("watch/panel_head.html", values))

    def _draw_table(self) -> None:
        content = self._content
        assert content is not None
        shown = self._is_table and not content.empty
        drawn = table_html(content.table, self.key, is_whole=self._is_whole) if shown else ""
        _set(self._table, drawn)


@dataclass(slots=True)
class Panels:
    """The cards of one page."""

    by_key: dict[str, Panel] = field(default_factory=dict)

    def add(self, key: str, title: str, width: Width = "half", height: int = 220) -> Panel:
        """Make a card here; without height it is a table."""
        self.by_key[key] = Panel(key, title, width, height)
        return self.by_key[key]

    def listen(self) -> None:
        """Wait for wishes of the reader; once a page."""
        ui.on("panel-table", self._on_table)
        ui.on("panel-rows", self._on_rows)
        ui.on("panel-export", self._on_export)

    def _on_table(self, event: GenericEventArguments) -> None:
        if panel := self.by_key.get(text_of(event, "key")):
            panel.toggle()

    def _on_rows(self, event: GenericEventArguments) -> None:
        if panel := self.by_key.get(text_of(event, "key")):
            panel.widen()

    def _on_export(self, event: GenericEventArguments) -> None:
        if panel := self.by_key.get(text_of(event, "key")):
            panel.export(text_of(event, "kind"))


def columns() -> tuple[ui.element, ui.element]:
    """Two columns of cards that do not wait for each other's height."""
    with ui.element("div").classes("beside"):
        left, right = (ui.element("div").classes("beside-column") for _ in range(2))
    return left, right


def download(table: Table, name: str, kind: str) -> None:
    """Give a table to the reader as a file: `json`, or anything else for CSV."""
    is_json = kind == "json"
    text = (tables.as_json if is_json else tables.as_csv)(table)
    media = "application/json" if is_json else "text/csv"
    ui.download.content(text.encode(), f"{name}.{'json' if is_json else 'csv'}", media)


def table_html(table: Table, key: str = "", *, is_whole: bool = False) -> str:
    """A table as HTML: its first rows, and all of them when that is wanted."""
    values: dict[str, object] = {
        "table": table,
        "cell": tables.cell,
        "key": key,
        "few": FEW_ROWS,
        "is_long": bool(key) and len(table.rows) > FEW_ROWS + 2,
        "is_whole": is_whole,
    }
    return render("watch/table.html", values)


def _nothing(reason: str, height: int) -> str:
    return Markup('<p class="nothing" style="min-height: {}px">{}</p>').format(
        min(height, 140) or 48, reason[0].upper() + reason[1:]
    )


def _set(place: ui.html, content: str) -> None:
    if place.content != content:
        place.set_content(content)
