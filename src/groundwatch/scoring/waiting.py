"""Scores the interactions that wait for it, newest first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality, Score
from groundwatch.scoring.quality import assess
from groundwatch.scoring.questions import described
from groundwatch.scoring.running import FAILED, Runner, shortened
from groundwatch.scoring.settings import QualitySettings

Topic = Callable[[Interaction], str]
Observe = Callable[[Interaction, Sequence[Score]], None]
Prepare = Callable[[Sequence[Interaction]], None]
"""What is done once for the interactions that are scored together."""


class Waiting(Protocol):
    """The part of the event store that scoring needs."""

    def unscored(self, limit: int, /) -> list[Interaction]: ...

    def put_scores(self, scores: Sequence[tuple[str, Quality]], /) -> object: ...

    def scoring_failed(self, id_: str, reason: str, /) -> None: ...


def no_topic(interaction: Interaction) -> str:  # noqa: ARG001  see Topic
    """No topics are known."""
    return ""


def prepare_nothing(interactions: Sequence[Interaction]) -> None:
    """Each is scored by itself."""


def observe_nothing(interaction: Interaction, scores: Sequence[Score]) -> None:
    """Nobody learns from the scores."""


def score_waiting(
    store: Waiting,
    runner: Runner,
    limit: int,
    now: Callable[[], datetime],
    *,
    settings: QualitySettings | None = None,
    topic: Topic = no_topic,
    observe: Observe = observe_nothing,
    prepare: Prepare = prepare_nothing,
) -> int:
    """Score up to `limit` interactions and store the results in one write.

    An interaction that no scorer can read is marked failed and does not come again.

    Returns:
        How many were taken; fewer than `limit` when none wait any more.
    """
    weighed = settings or QualitySettings()
    taken = store.unscored(limit)
    prepare([shortened(each) for each in taken])
    done: list[tuple[str, Quality]] = []
    for interaction in taken:
        scores = runner.score(interaction)
        if _all_failed(scores):
            store.scoring_failed(interaction.id, scores[0].reason)
            continue
        observe(interaction, scores)
        quality = assess(scores, weighed, now(), topic(interaction))
        done.append((interaction.id, described(quality, interaction.query)))
    if done:
        store.put_scores(done)
    return len(taken)


def _all_failed(scores: Sequence[Score]) -> bool:
    return bool(scores) and all(FAILED in each.flags for each in scores)
