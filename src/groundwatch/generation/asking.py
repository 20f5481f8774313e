"""One question from its search to its answer, recorded however it ends."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from time import perf_counter

from groundwatch.domain.access import Identity, Principal
from groundwatch.domain.answers import (
    Answer,
    AnswerDone,
    AnswerEvent,
    Outcome,
    PassagesFound,
    SentenceReady,
)
from groundwatch.domain.clock import Clock
from groundwatch.domain.documents import Passage
from groundwatch.domain.interactions import Interaction, InteractionSink, RetrievedPassage, Stage
from groundwatch.domain.questions import AskOptions
from groundwatch.domain.status import Severity
from groundwatch.errors import GroundwatchError, Overloaded, TimedOut
from groundwatch.generation.ways import Way, Ways
from groundwatch.retrieval.retriever import Retrieved

APPLICATION = "groundwatch"


class Asking:
    """Answers questions; every question becomes exactly one interaction."""

    def __init__(self, ways: Ways, sink: InteractionSink, clock: Clock) -> None:
        self._ways = ways
        self._sink = sink
        self._clock = clock

    def ask(
        self, question: str, identity: Identity, options: AskOptions
    ) -> Generator[AnswerEvent, None, None]:
        """Yield the passages, then verified sentences, then the whole answer.

        Raises:
            Unavailable, Overloaded: what was yielded before stays valid.
        """
        way = self._ways(identity.user, options.session)
        account = _Account(question, identity, options, self._clock, way.attributes)
        try:
            yield from self._events(way, account, options, identity.principals)
        except GeneratorExit:
            account.end(Outcome.CANCELLED)
            raise
        except BaseException as error:
            account.fail(error)
            if options.cancelled():
                account.end(Outcome.CANCELLED)
            raise
        finally:
            self._sink.record(account.interaction())

    @staticmethod
    def _events(
        way: Way, account: "_Account", options: AskOptions, principals: frozenset[Principal]
    ) -> Iterator[AnswerEvent]:
        question = account.question
        retrieved = way.retriever.search(question, principals, options.filters, options.passages)
        account.retrieved(retrieved)
        passages = retrieved.result.passages
        yield PassagesFound(passages)
        for event in way.answerer.answer(question, passages, options.cancelled):
            account.event(event)
            yield event


class _Account:
    """What is known of an interaction while it happens."""

    def __init__(
        self,
        question: str,
        identity: Identity,
        options: AskOptions,
        clock: Clock,
        attributes: Mapping[str, str],
    ) -> None:
        self.question = question
        self._began = perf_counter()
        self._generating: float | None = None
        self._answer: Answer | None = None
        self._passages: tuple[Passage, ...] = ()
        self._sentences: list[SentenceReady] = []
        self._partial = Interaction(
            id=options.interaction_id,
            application=APPLICATION,
            started_at=clock(),
            duration=0.0,
            outcome=Outcome.FAILED,
            severity=Severity.INFO,
            query=question,
            user=identity.user,
            session=options.session,
            endpoint=options.endpoint,
            correlation_id=options.correlation_id,
            attributes=dict(attributes),
        )

    def retrieved(self, retrieved: Retrieved) -> None:
        self._passages = retrieved.result.passages
        self._generating = perf_counter()
        self._partial = replace(
            self._partial, stages=retrieved.stages, index_version=retrieved.result.index_version
        )

    def event(self, event: AnswerEvent) -> None:
        match event:
            case SentenceReady():
                self._sentences.append(event)
                if self._partial.first_token is None:
                    self._partial = replace(self._partial, first_token=self._elapsed())
            case AnswerDone(answer):
                self._answer = answer
                self.end(answer.outcome)
            case PassagesFound():
                pass

    def end(self, outcome: Outcome) -> None:
        self._partial = replace(self._partial, outcome=outcome, severity=_severity(outcome))

    def fail(self, error: BaseException) -> None:
        """Keep the error's class; its words only where they are our own."""
        words = str(error) if isinstance(error, GroundwatchError) else ""
        self.end(_outcome(error))
        self._partial = replace(self._partial, error_type=type(error).__name__, error=words)

    def interaction(self) -> Interaction:
        """The whole interaction as it stands when the asker has left or been served."""
        duration = self._elapsed()
        answer = self._answer or Answer(Outcome.FAILED, self._said())
        return replace(
            self._partial,
            duration=duration,
            response=answer.text,
            reason=answer.reason,
            passages=self._remembered(),
            stages=(*self._partial.stages, *self._generation(duration)),
            confidence=answer.confidence,
            input_tokens=answer.usage.input_tokens,
            output_tokens=answer.usage.output_tokens,
            cost=answer.usage.cost,
            model=answer.model,
            prompt_version=answer.prompt_version,
            flags=answer.flags,
        )

    def _elapsed(self) -> float:
        return perf_counter() - self._began

    def _said(self) -> str:
        return " ".join(ready.sentence.text for ready in self._sentences)

    def _generation(self, duration: float) -> tuple[Stage, ...]:
        if self._generating is None:
            return ()
        start = self._generating - self._began
        return (Stage("generate", start, duration - start),)

    def _remembered(self) -> tuple[RetrievedPassage, ...]:
        cited = {
            citation.chunk_id for ready in self._sentences for citation in ready.sentence.citations
        }
        return tuple(
            RetrievedPassage(
                rank=passage.rank,
                text=passage.text,
                document_id=passage.document.id,
                document_version=passage.document.version,
                chunk_id=str(passage.chunk_id),
                title=passage.document.title,
                source=passage.document.source,
                score=passage.score,
                cited=passage.chunk_id in cited,
                start=passage.start,
                end=passage.end,
            )
            for passage in self._passages
        )


def _outcome(error: BaseException) -> Outcome:
    match error:
        case TimedOut():
            return Outcome.TIMED_OUT
        case Overloaded():
            return Outcome.REFUSED
        case _:
            return Outcome.FAILED


def _severity(outcome: Outcome) -> Severity:
    match outcome:
        case Outcome.ANSWERED | Outcome.CANCELLED:
            return Severity.INFO
        case Outcome.DECLINED | Outcome.REFUSED:
            return Severity.LOW
        case Outcome.TIMED_OUT:
            return Severity.MEDIUM
        case Outcome.FAILED:
            return Severity.HIGH
