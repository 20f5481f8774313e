"""What an answer is worth: the scores of the watch, and what gold tells."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundwatch.app.evaluating.asking import Asked
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Score
from groundwatch.scoring.nearness import Nearness
from groundwatch.scoring.quality import overall
from groundwatch.scoring.running import Runner, shortened
from groundwatch.scoring.scorers import Surroundings, scorers
from groundwatch.scoring.settings import QualitySettings, ScoringSettings
from groundwatch.scoring.text import read
from groundwatch.store.statements import batches

_EARLY = 3
_TOGETHER = 20
"""Answers whose vectors are asked for at once."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is taken of every answer where it can be.

    Attributes:
        is_higher_better: else lower is.
    """

    name: str
    meaning: str
    is_higher_better: bool = True


MEASURES = (
    Measure("outcome_right", "answered where an answer stands in the documents, else declined"),
    Measure("sentence_found", "the answering sentence stands in the answer"),
    Measure("answer_f1", "words shared with the gold answer"),
    Measure("answer_recall", "words of the gold answer that the answer holds"),
    Measure("recall_at_k", "right documents among all passages"),
    Measure("recall_at_3", "right documents among the first three passages"),
    Measure("mrr", "1 / rank of the first right document"),
    Measure("ndcg", "right documents early, discounted by rank"),
    Measure("overall", "weighted mean of the scores"),
    *(Measure(each.value, f"score of {each.value}") for each in Dimension),
    Measure("failed", "failed or timed out", is_higher_better=False),
    Measure("seconds", "until the last byte", is_higher_better=False),
    Measure("cost", "US dollars", is_higher_better=False),
)

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer in numbers; None where a number cannot be taken.

    Attributes:
        cluster: questions about the same document hang together and are resampled together.
    """

    asked: Asked
    scores: tuple[Score, ...]
    values: Values
    cluster: str


def measure(
    asked: Sequence[Asked],
    settings: QualitySettings,
    rules: ScoringSettings | None = None,
    near: Nearness | None = None,
) -> list[Measured]:
    """Take every number of every answer, as the watch would.

    Args:
        asked: questions and what came of them.
        settings: how scores are weighed.
        rules: what an answer may not do.
        near: vectors for relevance; words alone decide without them.
    """
    rules = rules or ScoringSettings()
    runner = Runner(scorers(rules, Surroundings(near)), rules.slow_seconds)
    found: list[Measured] = []
    for some in batches(asked, _TOGETHER):
        if near is not None:
            near.prepare([shortened(each.interaction) for each in some])
        found += [_measured(each, runner, settings) for each in some]
    return found


def _measured(asked: Asked, runner: Runner, settings: QualitySettings) -> Measured:
    one = asked.interaction
    has_failed = one.outcome in {Outcome.FAILED, Outcome.TIMED_OUT, Outcome.REFUSED}
    scores = () if has_failed else runner.score(one)
    values: dict[str, float | None] = {
        **_by_gold(asked),
        "overall": overall(scores, settings).value,
        **{each.dimension.value: each.value for each in scores},
        "failed": float(has_failed),
        "seconds": one.duration,
        "cost": one.cost,
    }
    sources = asked.task.gold.sources
    cluster = min(sources[0]) if sources else f"question:{asked.task.id}"
    return Measured(asked, scores, values, cluster)


def _by_gold(asked: Asked) -> dict[str, float | None]:
    gold, one = asked.task.gold, asked.interaction
    should_answer = gold.kind == "answerable"
    has_answered = one.outcome is Outcome.ANSWERED
    values: dict[str, float | None] = {
        "outcome_right": float(
            one.outcome is (Outcome.ANSWERED if should_answer else Outcome.DECLINED)
        )
    }
    if not should_answer:
        return values
    if asked.relevant:
        values |= retrieved(one, asked.relevant)
    if gold.sentence:
        is_found = has_answered and _flat(gold.sentence) in _flat(one.response)
        values["sentence_found"] = float(is_found)
    if gold.answer:
        precision, recall = shared(one.response if has_answered else "", gold.answer)
        both = precision + recall
        values["answer_f1"] = 2 * precision * recall / both if both else 0.0
        values["answer_recall"] = recall
    return values


def retrieved(one: Interaction, relevant: Sequence[frozenset[str]]) -> dict[str, float]:
    """Recall, reciprocal rank and nDCG; a group is found with any of its documents.

    Documents are ranked by their first passage.
    """
    ranked = dict.fromkeys(
        each.document_id for each in sorted(one.passages, key=lambda passage: passage.rank)
    )
    first: dict[int, int] = {}
    for rank, document in enumerate(ranked, start=1):
        for group, ids in enumerate(relevant):
            if document in ids:
                first.setdefault(group, rank)
    early = {each.document_id for each in one.passages if each.rank <= _EARLY}
    ideal = math.fsum(1 / math.log2(at + 1) for at in range(1, len(relevant) + 1))
    return {
        "recall_at_k": len(first) / len(relevant),
        "recall_at_3": sum(1 for ids in relevant if ids & early) / len(relevant),
        "mrr": 1 / min(first.values()) if first else 0.0,
        "ndcg": math.fsum(1 / math.log2(rank + 1) for rank in first.values()) / ideal,
    }


def shared(answer: str, gold: str) -> tuple[float, float]:
    """Precision and recall of an answer's words that carry meaning, as stems."""
    said, wanted = _content(answer), _content(gold)
    both = (said & wanted).total()
    if not both:
        return 0.0, 0.0
    return both / said.total(), both / wanted.total()


def _content(text: str) -> "Counter[str]":
    words = read(text).words
    stems = [stem for stem, content in zip(words.stems, words.content, strict=True) if content]
    return Counter(stems or words.stems)


def _flat(text: str) -> str:
    return " ".join(text.split())
