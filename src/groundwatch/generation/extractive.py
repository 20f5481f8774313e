"""Answers made of the documents' own sentences; no LLM, no network."""

from collections.abc import Iterator, Sequence

from groundwatch.domain.answers import (
    DOUBTFUL,
    Answer,
    AnswerDone,
    AnswerEvent,
    Outcome,
    SentenceReady,
)
from groundwatch.domain.documents import Passage
from groundwatch.generation.answerability import confidence, fitted
from groundwatch.generation.answerer import Stop, declined
from groundwatch.generation.candidates import candidates
from groundwatch.generation.evidence import weigh
from groundwatch.generation.select import arrange, choose, with_next
from groundwatch.generation.settings import GenerationSettings
from groundwatch.models.embedder import Embedder

MODEL = "extractive-3"


class ExtractiveAnswerer:
    """Quotes the sentences that answer best, or says that none does.

    Args:
        settings: thresholds and number of sentences.
        embedder: compares question and sentences by meaning; None compares words only.
    """

    def __init__(self, settings: GenerationSettings, embedder: Embedder | None) -> None:
        self._settings = settings
        self._embedder = embedder

    def answer(
        self, question: str, passages: Sequence[Passage], stop: Stop
    ) -> Iterator[AnswerEvent]:
        """Yield the sentences and the whole answer; the same input gives the same answer.

        Raises:
            Unavailable: the embedder does not answer.
            Overloaded: the embedder's queue is full.
        """
        found = candidates(passages)
        ranked = weigh(question, passages, found, self._embedder)
        if not ranked:
            yield AnswerDone(declined("No passage was found for this question.", passages, 0.0))
            return
        sure = confidence(question, ranked, passages)
        if sure < _given(self._settings.threshold, fitted().threshold):
            reason = "The passages found touch the topic but do not seem to hold the answer."
            yield AnswerDone(declined(reason, passages, sure))
            return
        limit = self._settings.max_sentences
        chosen = with_next(choose(question, ranked, passages, limit), found, passages, limit)
        sentences = []
        for sentence in arrange(chosen, passages):
            if stop():
                break
            sentences.append(sentence)
            yield SentenceReady(sentence)
        cancelled = stop()
        yield AnswerDone(
            Answer(
                outcome=Outcome.CANCELLED if cancelled else Outcome.ANSWERED,
                text=" ".join(sentence.text for sentence in sentences),
                sentences=tuple(sentences),
                passages=tuple(passages),
                confidence=sure,
                reason="Stopped before the answer was complete." if cancelled else "",
                flags=(DOUBTFUL,) if sure < _given(self._settings.doubt, fitted().doubt) else (),
                model=MODEL,
            )
        )


def _given(configured: float | None, fitted: float) -> float:
    return fitted if configured is None else configured
