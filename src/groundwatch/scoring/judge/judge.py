"""The judge: asks about doubtful answers when it may, and stores what it hears."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from groundwatch.domain.answers import Usage
from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.metrics import JUDGE_CALLS, JUDGE_COST, Point
from groundwatch.domain.scores import Quality, Score
from groundwatch.errors import GroundwatchError
from groundwatch.models.llm import LLM
from groundwatch.scoring.judge.budget import Budget
from groundwatch.scoring.judge.choosing import doubt, is_chosen
from groundwatch.scoring.judge.prompt import messages, spans_of
from groundwatch.scoring.judge.settings import JudgeSettings
from groundwatch.scoring.judge.verdict import UNCLEAR, as_score, read_verdict
from groundwatch.store.events.recorded import Recorded

_WAITING = 200
"""Doubtful answers that wait for the judge; the newest push the oldest out."""

_MOST_TOKENS = 1_000

log = logging.getLogger(__name__)


class Scored(Protocol):
    """The part of the event store that the judge needs."""

    def get(self, id_: str, /) -> Recorded | None: ...

    def put_scores(self, scores: Sequence[tuple[str, Quality]], /) -> object: ...

    def add_points(self, at: datetime, application: str, points: Sequence[Point], /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Heard:
    text: str
    usage: Usage | None


class Judge:
    """Asks a language model about doubtful answers, within its budget.

    Args:
        llm: the model.
        events: where scores are kept.
        settings: which answers, how many.
        budget: what may be spent.
        clock: the time.
    """

    def __init__(
        self, llm: LLM, events: Scored, settings: JudgeSettings, budget: Budget, clock: Clock
    ) -> None:
        self._llm = llm
        self._events = events
        self._settings = settings
        self._budget = budget
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: deque[Interaction] = deque(maxlen=_WAITING)
        self._closed = False

    def offer(self, one: Interaction, quality: Quality) -> bool:
        """Let an answer wait for a verdict if it is doubtful and chosen; never blocks."""
        chosen = is_chosen(one, quality, self._settings)
        if chosen:
            with self._lock:
                self._waiting.append(one)
        return chosen

    def work(self) -> int:
        """Judge what waits, the newest first, until nothing waits or the budget is spent.

        Returns:
            How many verdicts were asked for.
        """
        asked = 0
        while not self._closed and (one := self._next()) is not None:
            if not self._budget.take():
                with self._lock:
                    self._waiting.append(one)
                break
            asked += 1
            if not self._judge(one):
                break
        return asked

    def close(self) -> None:
        """Ask nothing more; what waits is forgotten."""
        self._closed = True

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def _next(self) -> Interaction | None:
        with self._lock:
            return self._waiting.pop() if self._waiting else None

    def _judge(self, one: Interaction) -> bool:
        """Ask and store; False when the endpoint does not answer, which the next may not either."""
        try:
            heard = self._ask(one)
        except GroundwatchError as error:
            log.warning("no verdict: %s", error)
            self._count(one, "failed", None)
            return False
        self._store(one, heard)
        return True

    def _ask(self, one: Interaction) -> _Heard:
        parts, usage = [], None
        for delta in self._llm.stream(messages(one), _MOST_TOKENS, self._settings.timeout_seconds):
            parts.append(delta.text)
            usage = delta.usage or usage
        return _Heard("".join(parts), usage)

    def _store(self, one: Interaction, heard: _Heard) -> None:
        cost = None if heard.usage is None else heard.usage.cost
        if cost is not None:
            self._budget.paid(cost)
        spans = spans_of(one)
        verdict = read_verdict(heard.text, len(spans))
        recorded = self._events.get(one.id)
        quality = None if recorded is None else recorded.quality
        offline = None if quality is None else doubt(quality)
        if quality is None or offline is None:
            self._count(one, "gone", cost)  # removed, or judged meanwhile
            return
        score = as_score(verdict, offline, spans, self._llm.model, heard.usage)
        self._events.put_scores([(one.id, _with(quality, score))])
        self._count(one, _outcome(score), cost)

    def _count(self, one: Interaction, outcome: str, cost: float | None) -> None:
        points = [
            Point(JUDGE_CALLS.name, 1.0),
            Point(JUDGE_CALLS.name, 1.0, "outcome", outcome),
        ]
        if cost is not None:
            points.append(Point(JUDGE_COST.name, cost))
        self._events.add_points(self._clock(), one.application, points)


def _with(quality: Quality, score: Score) -> Quality:
    """The judge's score comes after our own and does not move what they come to."""
    return replace(quality, scores=(*quality.scores, score))


def _outcome(score: Score) -> str:
    if score.value is None:
        return "unclear" if score.reason == UNCLEAR else "unreadable"
    return "supported" if score.value == 1.0 else "unsupported"
