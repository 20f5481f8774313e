"""Makes interactions of traces that have come to rest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.spans import Span
from groundwatch.errors import NotFound
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.traces import PendingTrace
from groundwatch.telemetry.otlp.assemble import Assembled, assemble
from groundwatch.telemetry.otlp.consumption import Price
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.otlp.extras import SPANS
from groundwatch.telemetry.otlp.intake import Responses
from groundwatch.telemetry.otlp.logs import PARKED_MARK
from groundwatch.telemetry.otlp.sender import UNKNOWN
from groundwatch.telemetry.otlp.values import as_text
from groundwatch.telemetry.sampling import Sampling
from groundwatch.telemetry.settings import OtlpSettings

if TYPE_CHECKING:
    from groundwatch.store.events import EventStore

_PAGE = 2_000
_BAD_SCORE = 0.3
_JUDGED = 1.0


class Settler:
    """Looks for traces at rest, and records what they came to.

    A trace is recorded first and closed after; whatever ends the process between the two, it is
    recorded again under the same id, which changes nothing.

    Args:
        store: where spans are and interactions go.
        clock: tells the time.
        settings: how long to wait.
        batch: traces recorded at once.
        sampling: which are kept whole.
        price: of a model's tokens.
        counts: what never matched is counted.
        responses: where scores that name no trace belong.
    """

    def __init__(
        self,
        store: "EventStore",
        clock: Clock,
        settings: OtlpSettings,
        *,
        batch: int,
        sampling: Sampling,
        price: Price,
        counts: IntakeCounts,
        responses: Responses,
    ) -> None:
        self._store = store
        self._clock = clock
        self._quiet = timedelta(seconds=settings.quiet_seconds)
        self._cap = timedelta(seconds=settings.window_seconds)
        self._batch = batch
        self._sampling = sampling
        self._price = price
        self._counts = counts
        self._responses = responses
        self._log = structlog.get_logger("settling")

    def settle(self) -> int:
        """Make interactions of all traces at rest; returns how many traces were closed."""
        closed = 0
        while True:
            traces = self._store.traces_to_settle(
                self._clock(), self._quiet, self._cap, self._batch
            )
            done = self._round(traces)
            closed += done
            if not done or len(traces) < self._batch:
                return closed

    def _round(self, traces: Sequence[PendingTrace]) -> int:
        assembled: list[Assembled] = []
        closed: list[PendingTrace] = []
        let_go = {trace.trace_id for trace in traces if trace.let_go}
        for trace in traces:
            if trace.let_go:
                closed.append(trace)
                continue
            spans = self._spans(trace.trace_id)
            if spans and all(PARKED_MARK in span.attributes for span in spans):
                if self._unparked(trace, spans):
                    closed.append(trace)
                continue
            closed.append(trace)
            made = self._assembled(trace, spans)
            if made is not None:
                assembled.append(made)
        assembled = self._ours_apart(assembled)
        entries = [self._entry(each) for each in assembled]
        if entries:
            self._store.record(entries)
            for each in assembled:
                self._give(each.feedback)
        if closed:
            let_go |= {entry.interaction.id for entry in entries if not entry.kept}
            self._store.settled(closed, let_go)
        return len(closed)

    def _ours_apart(self, assembled: Sequence[Assembled]) -> list[Assembled]:
        """Leave out traces under the id of what did not come as a trace: nobody replaces that."""
        known = self._store.known([each.interaction.id for each in assembled])
        taken = {id_ for id_ in known if not self._came_as_trace(id_)}
        for each in assembled:
            if each.interaction.id in taken:
                self._log.warning("trace id is taken", trace=each.interaction.id)
                self._counts.reject(each.interaction.application, {"id: is taken": 1})
        return [each for each in assembled if each.interaction.id not in taken]

    def _came_as_trace(self, id_: str) -> bool:
        found = self._store.get(id_)
        return found is None or SPANS in found.interaction.attributes

    def _spans(self, trace_id: str) -> list[Span]:
        found: list[Span] = []
        after = ""
        while True:
            page = self._store.spans(trace_id, after=after, limit=_PAGE)
            found += page
            if len(page) < _PAGE:
                return found
            after = page[-1].span_id

    def _assembled(self, trace: PendingTrace, spans: Sequence[Span]) -> Assembled | None:
        try:
            made = assemble(spans, self._price)
        except Exception:  # noqa: BLE001  a boundary: one trace must not hold up the others
            self._log.exception("trace cannot be put together", trace=trace.trace_id)
            self._counts.add(trace.application, "dropped", len(spans))
            return None
        if made is None:
            self._counts.add(trace.application, "unmatched", len(spans))
        return made

    def _entry(self, made: Assembled) -> Entry:
        decision = self._sampling.decide(made.interaction, badly_rated=_is_bad(made))
        return Entry(made.interaction, weight=decision.weight, kept=decision.keep)

    def _give(self, given: Sequence[Feedback]) -> None:
        for feedback in given:
            try:
                self._store.give_feedback(feedback)
            except NotFound:  # too old to be kept, as its interaction is
                self._counts.add(UNKNOWN, "dropped")

    def _unparked(self, trace: PendingTrace, spans: Sequence[Span]) -> bool:
        """Bring scores that name a response alone to its trace; False while it may still come."""
        placed = []
        for span in spans:
            place = self._responses.place(as_text(span.attributes.get("gen_ai.response.id")))
            if place is None:
                continue
            attributes = {
                key: value for key, value in span.attributes.items() if key != PARKED_MARK
            }
            placed.append(
                replace(span, trace_id=place[0], parent_id=place[1], attributes=attributes)
            )
        if placed:
            self._store.add_spans(placed)
            return True
        if self._clock() - trace.first_seen < self._cap:
            return False
        self._counts.add(trace.application, "unmatched", len(spans))
        return True


def _is_bad(made: Assembled) -> bool:
    """Whether somebody, or something of theirs, found it bad; scores of 0 to 1 alone tell."""
    if any(given.is_bad for given in made.feedback):
        return True
    values = [score.score for score in made.scores if score.score is not None]
    return any(0.0 <= value < _BAD_SCORE for value in values if value <= _JUDGED)
