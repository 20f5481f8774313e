"""Conditions on labels, in the syntax of Alertmanager."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groundwatch.alerting.patterns import compiled
from groundwatch.domain.alerts import Comparison, Condition
from groundwatch.errors import InvalidInput

_TOKEN = re.compile(
    r"""\s*(?P<name>"(?:[^"\\]|\\.)*"|[^\s"'`={}!~,\\]+)\s*(?P<op>=~|!~|!=|=)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|[^\s"'`{},\\][^"{},]*|)\s*""",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\", "t": "\t", "r": "\r"}
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition, ready to be asked; a missing label equals an empty one."""

    condition: Condition
    pattern: "re.Pattern[str] | None"

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.condition.name, "")
        if self.pattern is None:
            return (value == self.condition.value) is (
                self.condition.comparison is Comparison.EQUAL
            )
        found = self.pattern.fullmatch(value) is not None
        return found is (self.condition.comparison is Comparison.LIKE)

    def __str__(self) -> str:
        return str(self.condition)


Matchers = tuple[Matcher, ...]


def matcher(condition: Condition) -> Matcher:
    """Make a condition ready.

    Raises:
        InvalidInput: the name is empty, or the regular expression is none we take.
    """
    if not condition.name:
        raise InvalidInput('a matcher needs the name of a label, such as severity="critical"')
    is_pattern = condition.comparison in {Comparison.LIKE, Comparison.NOT_LIKE}
    return Matcher(condition, compiled(condition.value) if is_pattern else None)


def parse(text: str) -> Matchers:
    """Read `a="b"`, `a=~"b|c", d!="e"` or the same in braces.

    Raises:
        InvalidInput: it reads otherwise; says where.
    """
    if len(text) > _LONGEST:
        raise InvalidInput(f"matchers are longer than {_LONGEST} characters")
    return tuple(matcher(condition) for condition in _conditions(_inside(text)))


def parse_all(texts: Iterable[str]) -> Matchers:
    """Read several; all must hold."""
    return tuple(each for text in texts for each in parse(text))


def matches(matchers: Matchers, labels: Mapping[str, str]) -> bool:
    """Whether all hold."""
    return all(each.matches(labels) for each in matchers)


def _inside(text: str) -> str:
    stripped = text.strip()
    opened, closed = stripped.startswith("{"), stripped.endswith("}")
    if opened != closed:
        raise InvalidInput(f"the matcher {text[:80]!r} has one brace; write both or none")
    inner = stripped[1:-1].strip() if opened else stripped
    return inner.removesuffix(",")


def _conditions(text: str) -> Iterable[Condition]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            rest = text[position : position + 40]
            raise InvalidInput(f'the matcher is not understood at {rest!r}; write name="value"')
        yield Condition(
            _unquoted(found["name"]), Comparison(found["op"]), _unquoted(found["value"].rstrip())
        )
        position = found.end()
        if position < len(text):
            if text[position] != ",":
                raise InvalidInput(f"a comma is missing at {text[position : position + 40]!r}")
            position += 1


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), text[1:-1], flags=re.DOTALL)
