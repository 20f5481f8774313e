"""The lines of the `sources:` part, found and changed without touching any other."""

from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from groundwatch.config.document import compose


def with_source(text: str, item: dict[str, object]) -> str:
    """Return a configuration's text with one source more, after those it has."""
    key, node = _sources_node(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if key is None or node is None:
        return _inserted(lines, len(lines), f"sources:\n{_block(item, 2)}", newline)
    if isinstance(node, SequenceNode) and node.value:
        if node.flow_style:
            end = node.value[-1].end_mark.index
            return f"{text[:end]}, {_dumped(item, is_flow=True).strip()}{text[end:]}"
        column = _dash_column(lines, node)
        return _inserted(lines, _last_line(node, 0) + 1, _block(item, column), newline)
    colon = text.index(":", key.end_mark.index) + 1
    rest = text[node.end_mark.index :] if isinstance(node, SequenceNode) else text[colon:]
    lines = (text[:colon] + rest).splitlines(keepends=True)
    return _inserted(lines, key.end_mark.line + 1, _block(item, 2), newline)


def without_source(text: str, position: int) -> str:
    """Return a configuration's text without the source at a position."""
    key, node = _sources_node(text)
    assert key is not None
    assert isinstance(node, SequenceNode)
    items = node.value
    if node.flow_style:
        start = items[position].start_mark.index
        end = items[position].end_mark.index
        if position + 1 < len(items):
            end = items[position + 1].start_mark.index
        elif position:
            start = items[position - 1].end_mark.index
        return text[:start] + text[end:]
    lines = text.splitlines(keepends=True)
    first = items[position].start_mark.line
    del lines[first : _last_line(items[position], first) + 1]
    if len(items) == 1:
        line = lines[key.end_mark.line]
        colon = line.index(":", key.end_mark.column) + 1
        lines[key.end_mark.line] = f"{line[:colon]} []{line[colon:]}"
    return "".join(lines)


def _sources_node(text: str) -> tuple[Node | None, Node | None]:
    root = compose(text)
    for key, node in root.value if isinstance(root, MappingNode) else ():
        if key.value == "sources":
            return key, node
    return None, None


def _dash_column(lines: list[str], node: SequenceNode) -> int:
    first = node.value[0].start_mark
    column: int = lines[first.line].rindex("-", 0, first.column)
    return column


def _last_line(node: Node, start: int) -> int:
    """The last line that belongs to a node; an alias points before `start` and does not count."""
    children: list[Node] = []
    if isinstance(node, MappingNode) and not node.flow_style:
        children = [part for pair in node.value for part in pair]
    elif isinstance(node, SequenceNode) and not node.flow_style:
        children = node.value
    if children:
        return max([start, *[_last_line(child, start) for child in children]])
    first, last = int(node.start_mark.line), int(node.end_mark.line)
    if node.end_mark.column == 0 and last > first:
        last -= 1
    return max(start, last)


def _inserted(lines: list[str], at: int, block: str, newline: str) -> str:
    before = "".join(lines[:at])
    if before and not before.endswith(("\n", "\r")):
        before += newline
    return before + block.replace("\n", newline) + "".join(lines[at:])


def _block(item: dict[str, object], column: int) -> str:
    first, *others = _dumped(_laid_out(item)).splitlines()
    margin = " " * column
    return "".join([f"{margin}- {first}\n", *(f"{margin}  {line}\n" for line in others)])


def _laid_out(value: object) -> object:
    """Lists of plain values stand on one line."""
    if isinstance(value, dict):
        return {key: _laid_out(part) for key, part in value.items()}
    if isinstance(value, list):
        items = CommentedSeq(_laid_out(part) for part in value)
        if not any(isinstance(part, dict | list) for part in value):
            items.fa.set_flow_style()
        return items
    return value


def _dumped(value: object, *, is_flow: bool = False) -> str:
    yaml = YAML()
    yaml.default_flow_style = is_flow
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(value, out)
    return out.getvalue()
