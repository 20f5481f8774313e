"""The Settings page: what is in force, for reading; it is changed in the file."""

from collections.abc import Callable, Sequence

from nicegui import ui

from groundwatch.dashboard import places
from groundwatch.dashboard.panels import Content, Panel, Panels
from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.watched import Asked, View
from groundwatch.serving.services import Setting


def _read(asked: Asked) -> tuple[Setting, ...]:
    return tuple(asked.watch.settings())


def _build(panels: Panels) -> Callable[[tuple[Setting, ...], Asked], None]:
    place = ui.element("div").classes("cards")
    cards: dict[str, Panel] = {}

    def update(found: tuple[Setting, ...], _: Asked) -> None:
        groups = grouped(found) or {"settings": []}
        for name, settings in groups.items():
            if name not in cards:
                with place:
                    cards[name] = panels.add(f"settings-{name}", _title(name), "full", 0)
            cards[name].show(_content(settings))

    return update


def grouped(found: Sequence[Setting]) -> dict[str, list[Setting]]:
    """Settings by their first word."""
    groups: dict[str, list[Setting]] = {}
    for each in found:
        groups.setdefault(each.name.split(".", 1)[0], []).append(each)
    return groups


def _title(name: str) -> str:
    return name.upper() if name == "otlp" else name.replace("_", " ").capitalize()


def _content(settings: Sequence[Setting]) -> Content:
    columns = (Column("Setting"), Column("In force"), Column("Default"), Column("What it is"))
    rows = tuple(
        Row((each.name, each.value, each.default, each.meaning[:1].upper() + each.meaning[1:]))
        for each in settings
    )
    changed = sum(each.value != each.default for each in settings)
    note = f"{changed} not as by default" if changed else ""
    empty = "" if rows else "the settings in force are not shown by this server"
    return Content(Table(columns, rows, wraps=True), note=note, empty=empty)


VIEW = View(places.SETTINGS, _read, _build, head=frozenset())
