"""Reads what a page's script sent; anything may come, so nothing is trusted."""

from contextlib import suppress
from typing import Any

from nicegui.events import GenericEventArguments


def text_of(event: GenericEventArguments, name: str) -> str:
    """A text of an event; empty when it is missing or no text."""
    given: Any = event.args
    value = given.get(name, "") if isinstance(given, dict) else ""
    return value if isinstance(value, str) else ""


def number_of(event: GenericEventArguments, name: str) -> int:
    """A number of an event; 0 when it is missing or no number."""
    with suppress(ValueError):
        return int(text_of(event, name))
    return 0
