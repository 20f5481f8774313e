"""Scores of made-up answers, marked by their scorer as synthetic."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from random import Random

from groundwatch.app.traffic.topics import Topic
from groundwatch.app.traffic.world import Model
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.status import Status
from groundwatch.scoring.questions import Kind, kind_of

SCORER = "synthetic-1"
_WEIGHTS: Mapping[Dimension, float] = {
    Dimension.ACCURACY: 0.30,
    Dimension.COMPLETENESS: 0.25,
    Dimension.RELEVANCE: 0.25,
    Dimension.CONSISTENCY: 0.20,
}
_SHIFT: Mapping[Dimension, float] = {
    Dimension.RELEVANCE: 0.03,
    Dimension.COMPLETENESS: -0.06,
    Dimension.COHERENCE: 0.05,
    Dimension.CONSISTENCY: 0.02,
    Dimension.RETRIEVAL: -0.02,
}


def quality_of(one: Interaction, topic: Topic, model: Model, random: Random) -> Quality:
    """Scores around what a topic and a model usually get; none where nothing was answered."""
    found = _scored if one.outcome is Outcome.ANSWERED else _unscored
    kind = _kind(one.query)
    return replace(
        found(one, topic, model, random), category=kind.category, complexity=kind.complexity
    )


@lru_cache(maxsize=512)
def _kind(query: str) -> Kind:
    """What the watch would find."""
    return kind_of(query)


def _scored(one: Interaction, topic: Topic, model: Model, random: Random) -> Quality:
    base = topic.base + model.skill
    scores = [
        Score(
            dimension,
            _near(base + shift, random),
            0.85,
            scorer=SCORER,
            cost=0.002,
        )
        for dimension, shift in _SHIFT.items()
    ]
    scores += [_accuracy(one, topic, base, random), _safety(random), _compliance(random)]
    values = {score.dimension: score.value or 0.0 for score in scores}
    overall = sum(weight * values[dimension] for dimension, weight in _WEIGHTS.items())
    return Quality(
        tuple(scores),
        overall,
        sum(values.values()) / len(values),
        1.0,
        _status(overall, values),
        one.started_at,
        topic.name,
    )


def _unscored(one: Interaction, topic: Topic, _: Model, __: Random) -> Quality:
    scores = tuple(
        Score(dimension, None, reason="nothing was answered", scorer=SCORER)
        for dimension in Dimension
    )
    return Quality(scores, None, None, 0.0, Status.UNKNOWN, one.started_at, topic.name)


def _accuracy(one: Interaction, topic: Topic, base: float, random: Random) -> Score:
    if not topic.loose or topic.loose not in one.response:
        value = _near(base + 0.06, random)
        return Score(Dimension.ACCURACY, value, 0.9, scorer=SCORER, cost=0.004)
    start = one.response.index(topic.loose)
    evidence = Evidence(
        "response", "unsupported", start, start + len(topic.loose), "in none of the passages"
    )
    return Score(
        Dimension.ACCURACY,
        _near(base - 0.28, random),
        0.9,
        evidence=(evidence,),
        flags=("unsupported",),
        scorer=SCORER,
        cost=0.004,
    )


def _safety(random: Random) -> Score:
    is_bad = random.random() < 0.002
    flags = ("prompt-injection",) if is_bad else ()
    return Score(Dimension.SAFETY, 0.2 if is_bad else 1.0, 0.95, flags=flags, scorer=SCORER)


def _compliance(random: Random) -> Score:
    is_bad = random.random() < 0.012
    flags = ("missing-citation",) if is_bad else ()
    return Score(Dimension.COMPLIANCE, 0.4 if is_bad else 1.0, 0.95, flags=flags, scorer=SCORER)


def _near(mean: float, random: Random) -> float:
    return round(min(1.0, max(0.0, random.gauss(mean, 0.055))), 3)


def _status(overall: float, values: Mapping[Dimension, float]) -> Status:
    floors = (Dimension.ACCURACY, Dimension.SAFETY, Dimension.COMPLIANCE)
    if overall < 0.6 or any(values[dimension] < 0.5 for dimension in floors):
        return Status.DEGRADED
    return Status.HEALTHY if overall > 0.8 else Status.WARNING
