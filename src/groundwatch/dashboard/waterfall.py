"""Where the time of an interaction went: its spans, else its stages, as bars on one axis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.spans import Span

_NANO = 1e9
_THINNEST = 0.4
MOST = 500


@dataclass(frozen=True, slots=True)
class Bar:
    """One timed part.

    Attributes:
        left, width: in percent of the whole.
        depth: how deep it lies in the tree of spans.
    """

    name: str
    kind: str
    depth: int
    start: float
    seconds: float
    left: float
    width: float
    error: str


def of_stages(one: Interaction) -> list[Bar]:
    """Bars of stages."""
    whole = max(one.duration, *(each.start + each.duration for each in one.stages), 1e-9)
    return [
        _bar((each.name, "stage", each.error), 0, (each.start, each.duration), whole)
        for each in one.stages
    ]


def of_spans(spans: Sequence[Span]) -> list[Bar]:
    """Bars of spans, children under their parents; a span without a known parent is a root."""
    if not spans:
        return []
    begin = min(span.start for span in spans)
    whole = max(max(span.end for span in spans) - begin, 1) / _NANO
    return [
        _bar(
            (span.name, span.kind, span.error),
            depth,
            ((span.start - begin) / _NANO, (span.end - span.start) / _NANO),
            whole,
        )
        for depth, span in _tree(spans)
    ]


def _tree(spans: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """Parents before children, each by its beginning; a circle of parents is cut."""
    known = {span.span_id for span in spans}
    children: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        parent = span.parent_id if span.parent_id in known else ""
        children.setdefault(parent, []).append(span)
    seen: set[str] = set()
    waiting = [(0, span) for span in reversed(children.get("", []))]
    while waiting:
        depth, span = waiting.pop()
        if span.span_id in seen:
            continue
        seen.add(span.span_id)
        yield depth, span
        waiting += [(depth + 1, child) for child in reversed(children.get(span.span_id, []))]
    yield from ((0, span) for span in spans if span.span_id not in seen)


def _bar(words: tuple[str, str, str], depth: int, timed: tuple[float, float], whole: float) -> Bar:
    name, kind, error = words
    start, seconds = max(0.0, timed[0]), max(0.0, timed[1])
    left = min(100.0 - _THINNEST, 100 * start / whole)
    width = min(100 - left, max(_THINNEST, 100 * seconds / whole))
    return Bar(name, kind, depth, start, seconds, left, width, error)
