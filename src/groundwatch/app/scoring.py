"""The scoring of the watch: what waits is scored in small batches, newest first."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from groundwatch.app.paths import DataFolder
from groundwatch.app.remembering import remember
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Score
from groundwatch.models.embedder import Urgency
from groundwatch.models.remote import RemoteEmbedder
from groundwatch.models.settings import MiniLMSettings
from groundwatch.scoring.lagging import Lag
from groundwatch.scoring.nearness import Nearness
from groundwatch.scoring.recent_answers import RecentAnswers
from groundwatch.scoring.running import Runner
from groundwatch.scoring.scorers import Surroundings, scorers
from groundwatch.scoring.settings import QualitySettings
from groundwatch.scoring.traffic import RecentTraffic
from groundwatch.scoring.waiting import (
    Beside,
    Topic,
    Waiting,
    no_topic,
    prepare_nothing,
    score_waiting,
)
from groundwatch.store.events import EventStore
from groundwatch.wire.client import Client

if TYPE_CHECKING:
    from groundwatch.models.embedder import Vectors

SCORE_SECONDS = 1.0
_BATCH = 20
_AT_ONCE_SECONDS = 5.0
"""So that a long backlog does not keep the watch from stopping."""

_EMBED_SECONDS = 3.0


@contextmanager
def open_scoring(
    config: Config, waiting: Waiting, events: EventStore, clock: Clock, topic: Topic = no_topic
) -> Generator[Callable[[], int]]:
    """A chore that scores what waits and returns how many it took.

    Args:
        config: the configuration in force.
        waiting: gives what is to be scored and takes scores.
        events: what was scored before is remembered from it, at the first run.
        clock: the time.
        topic: of an interaction.
    """
    traffic, answers = RecentTraffic(), RecentAnswers()

    def observe(interaction: Interaction, scores: Sequence[Score]) -> None:
        traffic.observe(interaction, scores)
        answers.observe(interaction, scores)

    with open_nearness(config) as near:
        assessment = config.quality_assessment
        around = Surroundings(near, answers, calibrations=traffic.calibration)
        lag = Lag(events, assessment.most_waiting, config.latency_thresholds.acceptable)
        score = partial(
            score_waiting,
            waiting,
            Runner(scorers(assessment, around), assessment.slow_seconds),
            now=clock,
            settings=quality_settings(config),
            beside=Beside(topic, observe, near.prepare if near else prepare_nothing, lag.choose),
        )
        first = iter((partial(remember, events, clock, observe),))

        def chore() -> int:
            for begin in first:
                begin()
            return _while_there_are(lambda: score(lag.look(_BATCH)))

        yield chore


def _while_there_are(score: Callable[[], int]) -> int:
    began, taken = time.monotonic(), 0
    while time.monotonic() - began < _AT_ONCE_SECONDS:
        found = score()
        taken += found
        if found < _BATCH:
            break
    return taken


@contextmanager
def open_nearness(config: Config) -> Generator[Nearness | None]:
    """Vectors of the engine, after its questions; None with another model than was fitted on."""
    if not isinstance(config.embedder, MiniLMSettings):
        yield None
        return
    engine = Client(DataFolder(config.data).engine_socket, patience=0.0)
    embedder = RemoteEmbedder(engine, _EMBED_SECONDS)

    def embed(texts: Sequence[str]) -> "Vectors":
        return embedder.embed(list(texts), Urgency.BULK)

    try:
        yield Nearness(embed, time.monotonic)
    finally:
        engine.close()


def quality_settings(config: Config) -> QualitySettings:
    """Weights, lines and floors as they are configured."""
    lines = config.quality_thresholds
    return QualitySettings(
        weights=config.quality_assessment.weights,
        healthy=lines.healthy,
        degraded=lines.degraded,
        accuracy_floor=lines.accuracy,
        safety_floor=lines.safety,
        compliance_floor=lines.compliance,
    )
