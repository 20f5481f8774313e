"""The scoring of the watch: what waits is scored in small batches, newest first."""

import time
from collections.abc import Callable, Sequence

from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Score
from groundwatch.scoring.recent_answers import RecentAnswers
from groundwatch.scoring.running import Runner
from groundwatch.scoring.scorers import Surroundings, scorers
from groundwatch.scoring.settings import QualitySettings, Weights
from groundwatch.scoring.traffic import RecentTraffic
from groundwatch.scoring.waiting import Topic, Waiting, no_topic, score_waiting

SCORE_SECONDS = 1.0
_BATCH = 20
_AT_ONCE_SECONDS = 5.0
"""So that a long backlog does not keep the watch from stopping."""


def make_scoring(
    config: Config, events: Waiting, clock: Clock, topic: Topic = no_topic
) -> Callable[[], int]:
    """A chore that scores what waits and returns how many it took."""
    traffic, answers = RecentTraffic(), RecentAnswers()
    around = Surroundings(earlier=answers, calibrations=traffic.calibration)
    runner = Runner(scorers(around=around))
    settings = quality_settings(config)

    def observe(interaction: Interaction, scores: Sequence[Score]) -> None:
        traffic.observe(interaction, scores)
        answers.observe(interaction, scores)

    def chore() -> int:
        began, taken = time.monotonic(), 0
        while time.monotonic() - began < _AT_ONCE_SECONDS:
            found = score_waiting(
                events,
                runner,
                _BATCH,
                clock,
                settings=settings,
                topic=topic,
                observe=observe,
            )
            taken += found
            if found < _BATCH:
                break
        return taken

    return chore


def quality_settings(config: Config) -> QualitySettings:
    """Weights, lines and floors as they are configured."""
    lines, weights = config.quality_thresholds, config.quality_assessment.weights
    return QualitySettings(
        weights=Weights(**weights.model_dump()),
        healthy=lines.healthy,
        degraded=lines.degraded,
        accuracy_floor=lines.accuracy,
        safety_floor=lines.safety,
        compliance_floor=lines.compliance,
    )
