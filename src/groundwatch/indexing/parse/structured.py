"""JSON, JSON lines and notebooks."""

import json
from collections.abc import Iterator
from typing import Any

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.markdown import add_markdown
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.plain import add_text

_MAX_DEPTH = 100


def parse(data: bytes) -> Parsed:
    """Parse JSON as `key > key: value` lines, a block for each object that holds values."""
    text = decode(data)
    builder = TextBuilder()
    try:
        for value in _values(text):
            for block in _blocks(value, (), 0):
                builder.lines("\n".join(block))
    except RecursionError:
        raise DocumentRejected("parse", "too-large", "The JSON is nested too deep.") from None
    except ValueError:
        builder = TextBuilder()
        add_text(builder, text)
    return builder.build()


def parse_notebook(data: bytes) -> Parsed:
    """Parse a notebook: its Markdown and its code; the results of cells are left out."""
    try:
        notebook = json.loads(decode(data))
        cells = [(str(cell["cell_type"]), _source(cell)) for cell in notebook["cells"]]
        title = notebook.get("metadata", {}).get("title", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = "The notebook is damaged or of an old format; save it again."
        raise DocumentRejected("parse", "corrupt", message) from None
    builder = TextBuilder()
    for kind, source in cells:
        if kind == "code":
            builder.lines(source)
        else:
            add_markdown(builder, source)
    return builder.build(title if isinstance(title, str) else "")


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _values(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise
        for line in text.splitlines():
            if line.strip():
                yield json.loads(line)


def _blocks(value: Any, path: tuple[str, ...], depth: int) -> Iterator[list[str]]:  # noqa: ANN401
    """Yield the lines of an object's own values, then the blocks of what is nested in it."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    members = _members(value)
    own = [
        line
        for key, at in members
        if not isinstance(at, dict | list) and (line := _line(path, key, at))
    ]
    if own:
        yield own
    for key, at in members:
        if isinstance(at, dict | list):
            yield from _blocks(at, (*path, key) if key else path, depth + 1)


def _members(value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    match value:
        case dict():
            return [(str(key), at) for key, at in value.items()]
        case list():
            return [("", at) for at in value]
        case _:
            return [("", value)]


def _line(path: tuple[str, ...], key: str, value: Any) -> str:  # noqa: ANN401
    match value:
        case None | "":
            return ""
        case bool():
            shown = "true" if value else "false"
        case _:
            shown = str(value)
    name = " > ".join(part for part in (*path, key) if part)
    return f"{name}: {shown}" if name else shown
