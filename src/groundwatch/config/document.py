"""Reading YAML into plain values that know their lines."""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from groundwatch.config.problems import Location, Problem

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 24

_PLAIN = "tag:yaml.org,2002:"
_SCALARS = frozenset(f"{_PLAIN}{kind}" for kind in ("null", "bool", "int", "float", "str"))


@dataclass(slots=True)
class Document:
    """A file's content.

    Attributes:
        value: mappings, lists, text, numbers, booleans and None only.
        lines: 1-based line of every key and list item.
        problems: what could not be read; the rest of `value` is usable nevertheless.
    """

    value: dict[str, object] = field(default_factory=dict)
    lines: dict[Location, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, at: Location) -> int:
        """Return the line of a place, or of the nearest one around it that the file has."""
        for length in range(len(at), 0, -1):
            if at[:length] in self.lines:
                return self.lines[at[:length]]
        return 1


class _TooMuchError(Exception):
    pass


def compose(text: str) -> Node | None:
    """Parse YAML into nodes with positions; None for a file without content.

    Raises:
        YAMLError: the text is not YAML, or holds more than one document.
        RecursionError: it is nested beyond all reason.
    """
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    return node


def read_document(text: str) -> Document:
    """Read a configuration's text, noting everything that is wrong with it as YAML."""
    document = Document()
    if len(text) > MAX_BYTES:
        document.problems.append(Problem((), f"has more than {MAX_BYTES:,} characters", 1))
        return document
    try:
        root = compose(text)
        if root is None:
            document.problems.append(
                Problem((), "is empty; write `sources:` and `users:` at least", 1)
            )
        elif isinstance(root, MappingNode):
            document.value = _Reader(document).mapping(root, ())
        else:
            message = "must be a mapping of parts such as `sources:` and `users:`"
            document.problems.append(Problem((), message, 1))
    except MarkedYAMLError as error:
        document.problems.append(_syntax(error))
    except YAMLError:
        document.problems.append(Problem((), "is not YAML, or not UTF-8 text", 1))
    except (_TooMuchError, RecursionError):
        document.value = {}
        message = f"expands to more than {MAX_NODES:,} entries or {MAX_DEPTH} levels"
        document.problems.append(Problem((), f"{message}; use fewer aliases", 1))
    return document


def _syntax(error: MarkedYAMLError) -> Problem:
    """Tell a syntax error without the excerpt, which may show a secret."""
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    advice = "; indent with spaces, not tabs" if "\\t" in said else ""
    return Problem((), f"is not valid YAML: {said}{advice}", line)


class _Reader:
    """Turns nodes into plain values. Aliases are expanded, within limits."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._constructor = YAML(typ="safe", pure=True).constructor
        self._nodes = 0

    def mapping(self, node: MappingNode, at: Location) -> dict[str, object]:
        value: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag != f"{_PLAIN}str":
                self._problem((*at, str(key_node.value)), _key_message(key_node), line)
                continue
            key = str(key_node.value)
            place = (*at, key)
            if key in value:
                first = self._document.lines[place]
                message = f"stands twice, first on line {first}; keep one of them"
                self._problem(place, message, line)
                continue
            self._document.lines[place] = line
            value[key] = self._value(value_node, place)
        return value

    def _value(self, node: Node, at: Location) -> object:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(at) > MAX_DEPTH:
            raise _TooMuchError
        if isinstance(node, MappingNode) and node.tag == f"{_PLAIN}map":
            return self.mapping(node, at)
        if isinstance(node, SequenceNode) and node.tag == f"{_PLAIN}seq":
            items = []
            for position, item in enumerate(node.value):
                self._document.lines[*at, position] = item.start_mark.line + 1
                items.append(self._value(item, (*at, position)))
            return items
        return self._scalar(node, at)

    def _scalar(self, node: Node, at: Location) -> object:
        tag = str(node.tag)
        if isinstance(node, ScalarNode) and tag in _SCALARS:
            return self._constructor.construct_object(node)
        if isinstance(node, ScalarNode) and tag.startswith(_PLAIN):
            return str(node.value)
        message = f"carries the tag `{tag}`; tags have no meaning here, write plain values"
        self._problem(at, message, node.start_mark.line + 1)
        return None

    def _problem(self, at: Location, message: str, line: int) -> None:
        self._document.problems.append(Problem(at, message, line))


def _key_message(node: Node) -> str:
    if node.tag == f"{_PLAIN}merge":
        return "merges another mapping; write its entries out"
    return "must be text; put the key in quotes"
