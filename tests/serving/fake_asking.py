"""A fake that answers."""

import threading
from collections.abc import Generator
from dataclasses import dataclass, field

from tests.serving.company import (
    NOW,
)
from tests.serving.fakes import FakeLibrary, FakeSink

from groundwatch.domain.access import Identity
from groundwatch.domain.answers import (
    Answer,
    AnswerDone,
    AnswerEvent,
    AnswerSentence,
    Citation,
    Outcome,
    PassagesFound,
    SentenceReady,
    Usage,
)
from groundwatch.domain.documents import Passage
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.questions import AskOptions
from groundwatch.domain.status import Severity
from groundwatch.errors import TimedOut


@dataclass
class FakeAsking:
    """Quotes the first sentence of the best passages. `held` questions wait for `release`.
    `endless` ones never end."""

    library: FakeLibrary
    sink: FakeSink
    release: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    outcome: Outcome = Outcome.ANSWERED
    flags: tuple[str, ...] = ()

    def ask(
        self, question: str, identity: Identity, options: AskOptions
    ) -> Generator[AnswerEvent, None, None]:
        outcome = Outcome.CANCELLED
        try:
            passages = self.library.find(question, identity)
            self._fail(when="refused at once" in question)
            yield PassagesFound(passages)
            sentences: list[AnswerSentence] = []
            for number, passage in enumerate(passages[:2], 1):
                sentences.append(self._sentence(passage, number))
                yield SentenceReady(sentences[-1])
                if "held" in question:
                    assert self.release.wait(60)
                self._fail(when=True)
            while "endless" in question:
                self.release.wait(0.01)
                yield SentenceReady(sentences[-1])
            answer = self._answer(passages, tuple(sentences))
            outcome = answer.outcome
            yield AnswerDone(answer)
        except GeneratorExit:
            raise
        except TimedOut:
            outcome = Outcome.TIMED_OUT
            raise
        except BaseException:
            outcome = Outcome.FAILED
            raise
        finally:
            self.sink.record(self._interaction(question, identity, options, outcome))

    def _fail(self, *, when: bool) -> None:
        if when and self.failure is not None:
            raise self.failure

    def _sentence(self, passage: Passage, number: int) -> AnswerSentence:
        quote = passage.text.partition(". ")[0].rstrip(".") + "."
        start = passage.start
        citation = Citation(
            number,
            passage.chunk_id,
            passage.document.id,
            passage.text[: len(quote)],
            start,
            start + len(quote),
        )
        return AnswerSentence(quote, (citation,))

    def _answer(
        self, passages: tuple[Passage, ...], sentences: tuple[AnswerSentence, ...]
    ) -> Answer:
        if not sentences:
            return Answer(
                Outcome.DECLINED,
                "This is not in your documents.",
                passages=passages,
                confidence=0.08,
                reason="No passage answers the question.",
            )
        text = " ".join(sentence.text for sentence in sentences)
        return Answer(
            self.outcome,
            text,
            sentences,
            passages,
            confidence=0.93,
            flags=self.flags,
            usage=Usage(120, 30, 0.0004),
            model="extractive",
            prompt_version="1",
        )

    def _interaction(
        self, question: str, asker: Identity, options: AskOptions, outcome: Outcome
    ) -> Interaction:
        return Interaction(
            id=options.interaction_id,
            application="groundwatch",
            started_at=NOW,
            duration=0.1,
            outcome=outcome,
            severity=Severity.INFO,
            query=question,
            user=asker.user,
            endpoint=options.endpoint,
        )
