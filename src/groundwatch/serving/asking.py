"""Asks on behalf of API, chat, MCP and pages: limits first, then one thread an answer."""

import asyncio
import contextvars
import secrets
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace

from groundwatch.domain.access import Identity
from groundwatch.domain.answers import Answer, AnswerDone, AnswerEvent, Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.questions import AskOptions
from groundwatch.domain.status import Severity
from groundwatch.errors import InvalidInput, Overloaded, TimedOut, Unavailable
from groundwatch.serving.questions import clean_question
from groundwatch.serving.rates import RateLimiter
from groundwatch.serving.services import Services

_APPLICATION = "groundwatch"


def new_interaction_id() -> str:
    return secrets.token_hex(16)


class Asker:
    """Starts answers, each in a thread of its own, and never more than the settings allow."""

    def __init__(self, services: Services, rates: RateLimiter) -> None:
        limits = services.settings.limits
        self._services = services
        self._rates = rates
        self._free = threading.BoundedSemaphore(limits.concurrent_answers)
        self._threads = ThreadPoolExecutor(limits.concurrent_answers, "answer")

    def close(self) -> None:
        """Wait for the answers in the making."""
        self._threads.shutdown()

    @asynccontextmanager
    async def ask(
        self, question: str, identity: Identity, options: AskOptions
    ) -> AsyncGenerator[AsyncIterator[AnswerEvent], None]:
        """Give the answer's events; leaving early, for whatever reason, cancels the answer.

        Raises:
            InvalidInput: the question is empty or too long, or more passages are wanted than may.
            Overloaded: the rate or the number of answers in the making is exhausted; recorded.
            TimedOut: while iterating, when it took longer than the settings allow.
        """
        question = self._checked(question, options)
        self._count(question, identity, options)
        answer = _Answer(asyncio.get_running_loop(), self._services.settings.limits.answer_seconds)
        options = replace(options, cancelled=answer.is_left)

        def make() -> None:
            try:
                answer.make(self._services, question, identity, options)
            finally:
                self._free.release()

        context = contextvars.copy_context()
        answer.follow(self._threads.submit(context.run, make))
        try:
            yield answer.events()
        finally:
            answer.stop()

    async def whole(self, question: str, identity: Identity, options: AskOptions) -> Answer:
        """Wait for the whole answer; raises what `ask` raises."""
        async with self.ask(question, identity, options) as events:
            async for event in events:
                if isinstance(event, AnswerDone):
                    return event.answer
        raise Unavailable("The answer has no end.")

    def _checked(self, question: str, options: AskOptions) -> str:
        limits = self._services.settings.limits
        if options.passages is not None and options.passages > limits.max_k:
            raise InvalidInput(f"k is {options.passages}; at most {limits.max_k} is taken.")
        return clean_question(question, limits.query_characters)

    def _count(self, question: str, identity: Identity, options: AskOptions) -> None:
        try:
            self._rates.take(identity.user)
            self._take_place()
        except Overloaded as error:
            self._services.sink.record(self._refusal(question, identity, options, error))
            raise

    def _take_place(self) -> None:
        if not self._free.acquire(blocking=False):
            raise Overloaded("Too many answers are in the making; wait a moment.")

    def _refusal(
        self, question: str, identity: Identity, options: AskOptions, error: Overloaded
    ) -> Interaction:
        return Interaction(
            id=options.interaction_id,
            application=_APPLICATION,
            started_at=self._services.clock(),
            duration=0.0,
            outcome=Outcome.REFUSED,
            severity=Severity.LOW,
            query=question,
            reason=str(error),
            user=identity.user,
            session=options.session,
            endpoint=options.endpoint,
            correlation_id=options.correlation_id,
            error_type=type(error).__name__,
        )


class _Answer:
    """One answer on its way from its thread to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._arrived: asyncio.Queue[AnswerEvent | None] = asyncio.Queue()
        self._stopped = threading.Event()
        self._made: Future[None] = Future()
        self._late: TimedOut | None = None

    def make(
        self, services: Services, question: str, identity: Identity, options: AskOptions
    ) -> None:
        """Run in a thread: hand over event after event until the end or `stop`."""
        with closing(services.asking.ask(question, identity, options)) as events:
            for event in events:
                if self._late is not None:
                    with suppress(TimedOut):
                        events.throw(self._late)  # so that it is recorded as timed out
                    return
                if self._stopped.is_set():
                    return
                self._loop.call_soon_threadsafe(self._arrived.put_nowait, event)

    def follow(self, made: Future[None]) -> None:
        self._made = made
        made.add_done_callback(self._end)

    def _end(self, _: Future[None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, None)

    def is_left(self) -> bool:
        return self._stopped.is_set() and self._late is None

    def stop(self) -> None:
        self._stopped.set()

    async def events(self) -> AsyncIterator[AnswerEvent]:
        """Yield what arrives; what the thread raised is raised here, after it."""
        deadline = self._loop.time() + self._seconds
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    event = await self._arrived.get()
            except TimeoutError as error:
                self._late = TimedOut(f"No whole answer within {self._seconds:.0f} s.")
                self.stop()
                raise self._late from error
            if event is None:
                self._made.result()
                return
            yield event
