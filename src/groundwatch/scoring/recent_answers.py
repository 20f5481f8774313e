"""Earlier answers to nearly the same question, as far back as the watch remembers."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Score
from groundwatch.scoring.claims import declines
from groundwatch.scoring.consistency import Earlier
from groundwatch.scoring.text import read
from groundwatch.scoring.weights import weight

_KEPT = 300
_APPLICATIONS = 200
_SAME = 0.8
_MOST_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class _Answer:
    asked: frozenset[str]
    given: Earlier


class RecentAnswers:
    """The last answers of each application, found by the words of their questions.

    Two questions are nearly the same when they share four fifths of their words by weight; numbers
    and names weigh fully, so that another year or product is another question.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, deque[_Answer]] = {}

    def observe(self, interaction: Interaction, scores: Sequence[Score]) -> None:  # noqa: ARG002
        """Remember an answer; one that declines says nothing to contradict."""
        asked = _asked(interaction.query)
        response = interaction.response[:_MOST_CHARS]
        if not asked or not response.strip() or declines(read(response)):
            return
        with self._lock:
            kept = self._answers.get(interaction.application)
            if kept is None:
                if len(self._answers) >= _APPLICATIONS:
                    return
                kept = self._answers.setdefault(interaction.application, deque(maxlen=_KEPT))
            kept.append(_Answer(asked, Earlier(interaction.id, response)))

    def like(self, interaction: Interaction) -> Sequence[Earlier]:
        """Answers to nearly the same question, newest first, without the interaction's own."""
        asked = _asked(interaction.query)
        with self._lock:
            kept = list(self._answers.get(interaction.application, ()))
        return [
            each.given
            for each in reversed(kept)
            if each.given.interaction_id != interaction.id and _alike(asked, each.asked) >= _SAME
        ]


def _asked(query: str) -> frozenset[str]:
    return frozenset(read(query).positions)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    joint = sum(map(weight, one | other))
    return sum(map(weight, one & other)) / joint if joint else 0.0
