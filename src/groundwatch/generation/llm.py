"""Answers a language model words, sentence by sentence, each let through once it is verified."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from groundwatch.domain.answers import (
    Answer,
    AnswerDone,
    AnswerEvent,
    AnswerSentence,
    Outcome,
    SentenceReady,
    Usage,
)
from groundwatch.domain.documents import Passage
from groundwatch.errors import TimedOut, Unavailable
from groundwatch.generation.answerer import Stop, declined
from groundwatch.generation.citations import faults
from groundwatch.generation.drafts import Draft, DraftStream
from groundwatch.generation.prompt import NOT_FOUND, messages, version
from groundwatch.generation.settings import GenerationSettings
from groundwatch.generation.support import citation, cited
from groundwatch.models.embedder import Embedder
from groundwatch.models.llm import LLM

DROPPED = "unverifiable-sentence-dropped"
CUT = "cut-short"
MAX_TOKENS = 800


class LLMAnswerer:
    """Lets a language model answer from the passages and checks each sentence of it.

    Args:
        settings: number of sentences and the time a reply may take.
        llm: any endpoint.
        embedder: helps to judge whether a reworded sentence is supported; words alone if None.
        max_tokens: the reply is cut there.
    """

    def __init__(
        self,
        settings: GenerationSettings,
        llm: LLM,
        embedder: Embedder | None,
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        self._settings = settings
        self._llm = llm
        self._embedder = embedder
        self._max_tokens = max_tokens

    def answer(
        self, question: str, passages: Sequence[Passage], stop: Stop
    ) -> Iterator[AnswerEvent]:
        """Yield each verified sentence while the model still writes, then the whole answer.

        A reply that breaks off after verified sentences ends as failed or timed out with them.

        Raises:
            TimedOut, Unavailable: before any sentence could be verified.
            Overloaded, ModelUnusable: the endpoint refuses.
        """
        if not passages:
            yield AnswerDone(declined("No passage was found for this question.", passages))
            return
        prompt = version(self._settings.instructions)
        reply = _Reply(passages, self._embedder, self._llm.model, prompt)
        try:
            yield from self._sentences(question, reply, stop)
        except (TimedOut, Unavailable) as error:
            if not reply.sentences:
                raise
            yield AnswerDone(reply.broken(error))
            return
        yield AnswerDone(reply.whole(stop()))

    def _sentences(self, question: str, reply: "_Reply", stop: Stop) -> Iterator[AnswerEvent]:
        settings = self._settings
        asked = messages(question, reply.passages, settings.max_sentences, settings.instructions)
        deadline = settings.timeout_seconds
        with closing(self._llm.stream(asked, self._max_tokens, deadline)) as deltas:
            for delta in deltas:
                if stop():
                    return
                reply.usage = delta.usage or reply.usage
                reply.cut = reply.cut or delta.finish_reason == "length"
                yield from reply.verified(reply.stream.feed(delta.text))
        yield from reply.verified(reply.stream.finish(cut=reply.cut))


class _Reply:
    """What has come so far of one reply, and what of it was verified."""

    def __init__(
        self, passages: Sequence[Passage], embedder: Embedder | None, model: str, prompt: str
    ) -> None:
        self.passages = passages
        self.stream = DraftStream()
        self.sentences: list[AnswerSentence] = []
        self.usage = Usage()
        self.cut = False
        self._embedder = embedder
        self._model = model
        self._prompt = prompt
        self._numbers: dict[int, int] = {}
        self._dropped = 0
        self._not_found = False

    def verified(self, drafts: Sequence[Draft]) -> Iterator[AnswerEvent]:
        for draft in drafts:
            if NOT_FOUND in draft.text:
                self._not_found = True
                continue
            sentence = self._verify(draft)
            if sentence is None:
                self._dropped += 1
                continue
            self.sentences.append(sentence)
            yield SentenceReady(sentence)

    def _verify(self, draft: Draft) -> AnswerSentence | None:
        sources = cited(draft, self.passages, self._embedder)
        if not sources:
            return None
        citations = []
        for source in sources:
            number = self._numbers.setdefault(source.passage.chunk_id, len(self._numbers) + 1)
            citations.append(citation(number, source))
        sentence = AnswerSentence(draft.text, tuple(citations))
        assert not faults([sentence], self.passages), "a quote was located but does not verify"
        return sentence

    def broken(self, error: TimedOut | Unavailable) -> Answer:
        late = isinstance(error, TimedOut)
        reason = "The language model did not finish; what it said until then was verified."
        return self._answer(Outcome.TIMED_OUT if late else Outcome.FAILED, reason, cut=True)

    def whole(self, stopped: bool) -> Answer:
        if stopped:
            return self._answer(Outcome.CANCELLED, "Stopped before the answer was complete.")
        if self.sentences:
            reason = "The answer ran into the limit of its length." if self.cut else ""
            return self._answer(Outcome.ANSWERED, reason, cut=self.cut)
        return self._declined()

    def _answer(self, outcome: Outcome, reason: str, *, cut: bool = False) -> Answer:
        return Answer(
            outcome=outcome,
            text=" ".join(sentence.text for sentence in self.sentences),
            sentences=tuple(self.sentences),
            passages=tuple(self.passages),
            reason=reason,
            flags=(*((DROPPED,) if self._dropped else ()), *((CUT,) if cut else ())),
            usage=self.usage,
            model=self._model,
            prompt_version=self._prompt,
        )

    def _declined(self) -> Answer:
        if self._not_found:
            reason = "The language model found no answer in the passages."
        elif self._dropped:
            reason = "Nothing the language model said could be verified in the passages."
        else:
            reason = "The language model gave no answer."
        told = declined(reason, self.passages)
        return Answer(
            outcome=told.outcome,
            text=told.text,
            passages=told.passages,
            reason=told.reason,
            flags=(DROPPED,) if self._dropped else (),
            usage=self.usage,
            model=self._model,
            prompt_version=self._prompt,
        )
