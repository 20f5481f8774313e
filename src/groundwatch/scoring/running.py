"""Runs scorers one by one, so that one that fails or is slow harms nobody else."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Score, Scorer

CpuClock = Callable[[], float]
"""CPU seconds of this thread."""

FAILED, SLOW = "scorer_failed", "scorer_slow"
_REST = 100
_MOST_CHARS = 20_000
_MOST_PASSAGES = 100
_MOST_PASSAGE_CHARS = 100_000

log = logging.getLogger(__name__)


class Runner:
    """Scores interactions with every scorer; a slow one rests for the next interactions.

    Args:
        scorers: one a dimension.
        slow_seconds: CPU seconds from which a scorer counts as slow.
        cpu: CPU seconds of this thread.
    """

    def __init__(
        self,
        scorers: Sequence[Scorer],
        slow_seconds: float = 0.25,
        cpu: CpuClock = time.thread_time,
    ) -> None:
        self._scorers = tuple(scorers)
        self._slow_seconds = slow_seconds
        self._cpu = cpu
        self._resting: dict[str, int] = {}
        self._met: set[str] = set()

    def score(self, interaction: Interaction) -> tuple[Score, ...]:
        """One score a dimension, in the order of the scorers, each with what it cost."""
        short = shortened(interaction)
        return tuple(self._one(scorer, short) for scorer in self._scorers)

    def _one(self, scorer: Scorer, interaction: Interaction) -> Score:
        left = self._resting.get(scorer.version, 0)
        if left:
            self._resting[scorer.version] = left - 1
            return _without(scorer, "the scorer was too slow and rests", SLOW)
        began = self._cpu()
        try:
            score = scorer.score(interaction)
        except Exception as error:  # noqa: BLE001  a scorer must not stop the others
            log.warning("scorer %s failed: %s", scorer.version, type(error).__name__)
            score = _without(scorer, f"the scorer failed: {type(error).__name__}", FAILED)
        cost = self._cpu() - began
        first = scorer.version not in self._met  # it reads its model, which no later one does
        self._met.add(scorer.version)
        if cost > self._slow_seconds and not first:
            self._resting[scorer.version] = _REST
            score = replace(score, flags=(*score.flags, SLOW))
        return replace(score, cost=round(cost, 6))


def shortened(interaction: Interaction) -> Interaction:
    """The interaction with its texts cut to what is scored; offsets stay right."""
    left, kept = _MOST_PASSAGE_CHARS, []
    for passage in interaction.passages[:_MOST_PASSAGES]:
        text = passage.text[: min(_MOST_CHARS, left)]
        left -= len(text)
        if text or not passage.text:
            kept.append(passage if text == passage.text else replace(passage, text=text))
    return replace(
        interaction,
        query=interaction.query[:_MOST_CHARS],
        response=interaction.response[:_MOST_CHARS],
        passages=tuple(kept),
    )


def _without(scorer: Scorer, reason: str, flag: str) -> Score:
    return Score(scorer.dimension, None, reason=reason, flags=(flag,), scorer=scorer.version)
