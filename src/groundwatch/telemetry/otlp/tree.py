"""The spans of one trace, as the tree they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from groundwatch.domain.spans import Span, SpanEvent, SpanKind
from groundwatch.telemetry.otlp.logs import as_event, is_log
from groundwatch.telemetry.otlp.reading import Reading, read


@dataclass(frozen=True)
class Node:
    """A span and what it says."""

    span: Span

    @cached_property
    def reading(self) -> Reading:
        return read(self.span)

    @property
    def kind(self) -> SpanKind:
        return self.span.kind


class Tree:
    """The nodes of a trace in order of time; log records are events of the span they name.

    A trace without a root has the earliest span whose parent is absent as one. Circles of parents
    are cut.

    Args:
        spans: of one trace, in any order.

    Attributes:
        root: None when there are only log records.
        is_rooted: the root is one by what it says.
        order: every node after its parent.
        loose: log records whose span is not here.
    """

    def __init__(self, spans: Sequence[Span]) -> None:
        unique = {span.span_id: span for span in spans}
        real = [span for span in unique.values() if not is_log(span)]
        present = {span.span_id for span in real}
        records: dict[str, list[SpanEvent]] = {}
        for span in unique.values():
            if is_log(span):
                at = span.parent_id if span.parent_id in present else ""
                records.setdefault(at, []).append(as_event(span))
        real.sort(key=lambda span: (span.start, -span.end, span.span_id))
        chosen = _root(real, present)
        self.loose = tuple(records.pop("", ()))
        self.nodes = [Node(_with(span, records.get(span.span_id, []))) for span in real]
        self.root = next((node for node in self.nodes if node.span is chosen), None)
        if self.root is None and chosen is not None:
            self.root = next(node for node in self.nodes if node.span.span_id == chosen.span_id)
        self.is_rooted = chosen is not None and _is_root(chosen)
        self.order, self._parents = _ordered(self.nodes)
        self._kinds_above: dict[str, frozenset[SpanKind]] = {}
        self._kinds_below: dict[str, frozenset[SpanKind]] = {}
        self._note_kinds()

    def _note_kinds(self) -> None:
        """Which kinds are above and below each node, in two passes however deep the tree is."""
        for node in self.order:
            parent = self.parent(node)
            kinds: frozenset[SpanKind] = frozenset()
            if parent is not None:
                kinds = self._kinds_above[parent.span.span_id] | {parent.kind}
            self._kinds_above[node.span.span_id] = kinds
        for node in reversed(self.order):
            parent = self.parent(node)
            if parent is not None:
                at = parent.span.span_id
                below = self._kinds_below.get(node.span.span_id, frozenset())
                self._kinds_below[at] = self._kinds_below.get(at, frozenset()) | below | {node.kind}

    def of(self, *kinds: SpanKind) -> list[Node]:
        return [node for node in self.nodes if node.kind in kinds]

    def parent(self, node: Node) -> Node | None:
        """The node above; None for a root, and where a circle was cut."""
        return self._parents.get(node.span.span_id)

    def deepest(self, kind: SpanKind) -> list[Node]:
        """Nodes of a kind without any of the kind below them."""
        return [
            node
            for node in self.of(kind)
            if kind not in self._kinds_below.get(node.span.span_id, frozenset())
        ]

    def topmost(self, kind: SpanKind) -> list[Node]:
        """Nodes of a kind without any of the kind above them."""
        return [node for node in self.of(kind) if kind not in self._kinds_above[node.span.span_id]]


def _ordered(nodes: Sequence[Node]) -> tuple[list[Node], dict[str, Node]]:
    """Parents before their children, and the parent of each; circles are cut at their earliest."""
    by_id = {node.span.span_id: node for node in nodes}
    children: dict[str, list[Node]] = {}
    for node in nodes:
        if node.span.parent_id in by_id:
            children.setdefault(node.span.parent_id, []).append(node)
    order: list[Node] = []
    parents: dict[str, Node] = {}
    seen: set[str] = set()
    tops = [node for node in nodes if node.span.parent_id not in by_id]
    for top in (*tops, *nodes):
        if top.span.span_id in seen:
            continue
        seen.add(top.span.span_id)
        waiting = [top]
        while waiting:
            node = waiting.pop()
            order.append(node)
            for child in children.get(node.span.span_id, ()):
                if child.span.span_id not in seen:
                    seen.add(child.span.span_id)
                    parents[child.span.span_id] = node
                    waiting.append(child)
    return order, parents


def _is_root(span: Span) -> bool:
    return not span.parent_id or span.remote_parent


def _root(spans: Sequence[Span], present: set[str]) -> Span | None:
    """The root that took longest; else the earliest span whose parent is absent; else any."""
    local = [span for span in spans if not span.parent_id]
    roots = local or [span for span in spans if span.remote_parent]
    if roots:
        return max(roots, key=lambda span: span.end - span.start)
    absent = [span for span in spans if span.parent_id not in present]
    return next(iter(absent or spans), None)


def _with(span: Span, events: list[SpanEvent]) -> Span:
    return replace(span, events=(*span.events, *events)) if events else span
