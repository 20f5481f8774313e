"""Scores the interactions that wait for it, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality, Score
from groundwatch.scoring.quality import assess
from groundwatch.scoring.questions import described
from groundwatch.scoring.running import FAILED, Runner, shortened
from groundwatch.scoring.settings import QualitySettings
from groundwatch.store.events import Recorded

Topic = Callable[[Interaction], str]
Observe = Callable[[Interaction, Sequence[Score]], None]
Prepare = Callable[[Sequence[Interaction]], None]
"""What is done once for the interactions that are scored together."""

Choose = Callable[[Sequence[Recorded]], list[tuple[Interaction, float]]]
"""Which of those that wait are scored now, each with the weight of its scores."""


class Waiting(Protocol):
    """The part of the event store that scoring needs."""

    def unscored(self, limit: int, /) -> list[Recorded]: ...

    def put_scores(self, scores: Sequence[tuple[str, Quality]], /) -> object: ...

    def scoring_failed(self, id_: str, reason: str, /) -> None: ...


def no_topic(interaction: Interaction) -> str:  # noqa: ARG001  see Topic
    """No topics are known."""
    return ""


def prepare_nothing(interactions: Sequence[Interaction]) -> None:
    """Each is scored by itself."""


def observe_nothing(interaction: Interaction, scores: Sequence[Score]) -> None:
    """Nobody learns from the scores."""


def choose_all(found: Sequence[Recorded]) -> list[tuple[Interaction, float]]:
    """Scoring keeps up."""
    return [(each.interaction, 1.0) for each in found]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is done beside scoring.

    Attributes:
        topic: of each interaction.
        observe: learns from the scores.
        prepare: makes ready what is scored together.
        choose: what is scored now.
    """

    topic: Topic = no_topic
    observe: Observe = observe_nothing
    prepare: Prepare = prepare_nothing
    choose: Choose = choose_all


def score_waiting(
    store: Waiting,
    runner: Runner,
    limit: int,
    now: Callable[[], datetime],
    *,
    settings: QualitySettings | None = None,
    beside: Beside | None = None,
) -> int:
    """Score up to `limit` interactions and store the results in one write.

    An interaction that no scorer can read is marked failed and does not come again.

    Returns:
        How many were taken; fewer than `limit` when none wait any more.
    """
    weighed, beside = settings or QualitySettings(), beside or Beside()
    taken = store.unscored(limit)
    chosen = beside.choose(taken)
    beside.prepare([shortened(interaction) for interaction, _ in chosen])
    done: list[tuple[str, Quality]] = []
    for interaction, weight in chosen:
        scores = runner.score(interaction)
        if _all_failed(scores):
            store.scoring_failed(interaction.id, scores[0].reason)
            continue
        beside.observe(interaction, scores)
        assessed = assess(scores, weighed, now(), beside.topic(interaction))
        quality = described(assessed, interaction.query)
        done.append((interaction.id, replace(quality, weight=weight)))
    if done:
        store.put_scores(done)
    return len(taken)


def _all_failed(scores: Sequence[Score]) -> bool:
    return bool(scores) and all(FAILED in each.flags for each in scores)
