"""Scores and human judgements that others made of an answer.

They stay apart from our own: kept with the interaction as attributes named `score:NAME`, as JSON.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.spans import AttributeValue, Span, SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Field
from groundwatch.telemetry.otlp.logs import EVALUATION
from groundwatch.telemetry.otlp.reading import Reading
from groundwatch.telemetry.otlp.values import as_number, as_text, as_tree

PREFIX = "score:"
HUMAN = "HUMAN"
_UP = frozenset({"thumbs-up", "thumbs_up", "thumbsup", "up", "good", "like", "positive", "👍"})
_DOWN = frozenset(
    {"thumbs-down", "thumbs_down", "thumbsdown", "down", "bad", "dislike", "negative", "👎"}
)
_WRAPPERS = ("evaluation", "annotation", "eval")
_NAMES = ("name", "metric_name", "evaluation", "metric", "type")
_VALUES = ("score", "score.value", "value")
_LABELS = ("label", "score.label", "verdict", "classification")
_WHY = ("explanation", "reason", "comment")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class ExternalScore:
    """A judgement of somebody else.

    Attributes:
        score: as it was given, on whatever scale; None when only a label was given.
        kind: `HUMAN`, `LLM` or `CODE`, empty when not said.
        span: the span it was given to.
    """

    name: str
    score: float | None
    label: str = ""
    explanation: str = ""
    kind: str = ""
    by: str = ""
    span: str = ""

    @property
    def thumb(self) -> int | None:
        """1 or -1 for a human's yes or no; None for anything else."""
        label = self.label.strip().lower()
        if label in _UP:
            return 1
        if label in _DOWN:
            return -1
        if self.score in (-1.0, 0.0):
            return -1
        return 1 if self.score == 1.0 else None

    def text(self) -> str:
        """As JSON, without what is empty."""
        members = {
            "score": self.score,
            "label": self.label,
            "explanation": self.explanation,
            "kind": self.kind,
            "by": self.by,
        }
        kept = {name: value for name, value in members.items() if value not in (None, "")}
        return json.dumps(kept, ensure_ascii=False)


def external_scores(interaction: Interaction) -> list[ExternalScore]:
    """The external scores that an interaction keeps.

    Attributes are anybody's: one that is so named and holds a plain number is a score too, and one
    that holds neither a number nor a label is none.
    """
    found: list[ExternalScore] = []
    for key, text in interaction.attributes.items():
        name = key.removeprefix(PREFIX)
        if name != key and name:
            found += _usable(_kept(name, text))
    return found


def _kept(name: str, text: str) -> ExternalScore:
    try:
        members = json.loads(text)
    except ValueError:
        members = text
    if not isinstance(members, dict):
        number = as_number(members)
        is_label = number is None and isinstance(members, str)
        return ExternalScore(name, number, members[:100] if is_label else "")
    said = {word: as_text(members.get(word)) for word in ("label", "explanation", "kind", "by")}
    return ExternalScore(
        name,
        as_number(members.get("score")),
        said["label"],
        said["explanation"],
        said["kind"],
        said["by"],
    )


def scores_of(span: Span, reading: Reading) -> Iterator[ExternalScore]:
    """The judgements that a span carries, also as events."""
    for field in (Field.SCORES, Field.TRACE_SCORES):
        value = reading.tree(field)
        items: Iterable[AttributeValue] = value if isinstance(value, list) else [value]
        for each in items:
            yield from _usable(_score(each, span.span_id))
    for event in span.events:
        if event.name == EVALUATION:
            yield from _usable(_of_event(event.attributes, span.span_id))
    if span.kind is SpanKind.EVALUATOR and span.name != EVALUATION:
        output = reading.tree(Field.RESPONSE)
        if isinstance(output, dict) and Field.SCORES not in reading:
            yield from _usable(_score({"name": span.name, **output}, span.parent_id))


def _of_event(attributes: "dict[str, AttributeValue] | object", span: str) -> ExternalScore | None:
    if not isinstance(attributes, dict):
        return None
    prefix = "gen_ai.evaluation."
    value = {key.removeprefix(prefix): each for key, each in attributes.items()}
    return _score(value, span)


def _score(value: AttributeValue, span: str) -> ExternalScore | None:
    value = as_tree(value)
    if not isinstance(value, dict):
        return None
    for wrapper in _WRAPPERS:
        inner = value.get(wrapper)
        if isinstance(inner, dict):
            value = inner
    return ExternalScore(
        _first(value, _NAMES)[:100] or "score",
        next((n for name in _VALUES if (n := as_number(value.get(name))) is not None), None),
        _first(value, _LABELS)[:100],
        _first(value, _WHY)[:_LONGEST],
        as_text(value.get("annotator_kind")).upper(),
        _first(value, ("identifier", "user_id"))[:100],
        span,
    )


def _first(value: dict[str, AttributeValue], names: Iterable[str]) -> str:
    return next((text for name in names if (text := as_text(value.get(name)))), "")


def _usable(score: ExternalScore | None) -> Iterator[ExternalScore]:
    """A score that is no number and has no label says nothing."""
    if score is not None and (score.score is not None or score.label):
        yield score
