"""What an answerer is, and how every answerer declines."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from groundwatch.domain.answers import Answer, AnswerEvent, Outcome
from groundwatch.domain.documents import Passage

DECLINED_TEXT = "I could not find this in the documents you may read."
"""The same whether nothing is there or nothing may be seen."""

Stop = Callable[[], bool]
"""Tells whether the asker has gone or the time is up."""


class Answerer(Protocol):
    """Turns permitted passages into a cited answer."""

    def answer(
        self, question: str, passages: Sequence[Passage], stop: Stop
    ) -> Iterator[AnswerEvent]:
        """Yield a `SentenceReady` for each verified sentence, then one `AnswerDone`.

        Args:
            question: as it was asked.
            passages: what the asker may read, best first; nothing else is quoted or cited.
            stop: asked between steps; when true the answer ends as cancelled.
        """
        ...


def declined(reason: str, passages: Sequence[Passage], confidence: float | None = None) -> Answer:
    """Return the answer that says honestly that the documents do not hold it."""
    return Answer(
        outcome=Outcome.DECLINED,
        text=DECLINED_TEXT,
        passages=tuple(passages),
        confidence=confidence,
        reason=reason,
    )
