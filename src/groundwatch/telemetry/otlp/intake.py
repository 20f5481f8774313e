"""Takes deliveries: decoded, committed, answered."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from groundwatch.domain.clock import Clock
from groundwatch.domain.spans import Span
from groundwatch.errors import GroundwatchError
from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.otlp.assemble import response_ids
from groundwatch.telemetry.otlp.body import Body, content
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.otlp.decode import decode, respond
from groundwatch.telemetry.otlp.decoded import Decoded, Limits
from groundwatch.telemetry.otlp.delivery import Delivery, Reply
from groundwatch.telemetry.otlp.sizes import TraceSizes
from groundwatch.telemetry.otlp.status import refusal
from groundwatch.telemetry.settings import OtlpSettings

if TYPE_CHECKING:
    from groundwatch.store.events import EventStore

_MEGABYTE = 1 << 20
_REMEMBERED = 50_000


class Responses:
    """Which span made a response, of the latest responses; for scores that name no trace."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, found: Mapping[str, tuple[str, str]]) -> None:
        with self._lock:
            self._known.update(found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def place(self, response_id: str) -> tuple[str, str] | None:
        """Trace and span of a response."""
        with self._lock:
            return self._known.get(response_id)


class Intake:
    """Takes deliveries from any number of threads.

    Args:
        store: keeps spans; a call returns once they are durable.
        clock: tells the time.
        settings: limits.
        counts: what arrived.
        admission: room for bodies that wait.
    """

    def __init__(
        self,
        store: "EventStore",
        clock: Clock,
        settings: OtlpSettings,
        counts: IntakeCounts,
        admission: Admission,
    ) -> None:
        self.responses = Responses()
        self._store = store
        self._clock = clock
        self._most = settings.body_megabytes * _MEGABYTE
        self._limits = Limits(settings.attribute_characters, settings.span_attributes)
        self._counts = counts
        self._admission = admission
        self._sizes = TraceSizes(
            store.span_count, settings.trace_spans, settings.trace_megabytes * _MEGABYTE
        )
        self._log = structlog.get_logger("otlp")

    def take(self, delivery: Delivery) -> Reply:
        """Keep what a delivery holds and answer it; what is answered with 200 is durable."""
        try:
            with self._admission.admit(len(delivery.data)):
                decoded = self._kept(delivery)
        except GroundwatchError as error:
            self._count_refused(delivery, error)
            return refusal(delivery.encoding, error)
        body = respond(delivery.signal, delivery.encoding, decoded)
        return Reply(200, body, delivery.encoding)

    def _kept(self, delivery: Delivery) -> Decoded:
        data = content(Body(delivery.encoding, delivery.compression, delivery.data), self._most)
        more = len(data) - len(delivery.data)
        if more <= 0:
            return self._stored(delivery, data)
        with self._admission.admit(more):
            return self._stored(delivery, data)

    def _stored(self, delivery: Delivery, data: bytes) -> Decoded:
        now = int(self._clock().timestamp() * 1_000_000) * 1_000
        decoded = decode(
            delivery.signal,
            delivery.encoding,
            data,
            delivery.sender,
            limits=self._limits,
            now=now,
        )
        spans = self._sizes.fitting(decoded, len(data))
        if spans:
            self._store_spans(decoded, spans)
        application = spans[0].application if spans else delivery.sender.application({})
        self._counts.reject(application, decoded.rejected)
        return decoded

    def _store_spans(self, decoded: Decoded, spans: Sequence[Span]) -> None:
        outcome = self._store.add_spans(spans)
        self.responses.note(response_ids(spans))
        if outcome.late_expired:
            decoded.rejected["they began before what is still kept"] += outcome.late_expired
        if outcome.rejected:
            decoded.rejected["they begin in the future"] += outcome.rejected
        shares = Counter(span.application for span in spans)
        main = shares.most_common(1)[0][0]
        self._counts.add(main, "duplicate", outcome.duplicate)
        self._counts.add(main, "late", outcome.late)
        self._counts.add(main, "late_expired", outcome.late_expired)
        lost = outcome.duplicate + outcome.late_expired + outcome.rejected
        for application, number in shares.items():
            self._counts.add(application, "accepted", number - (lost if application == main else 0))

    def _count_refused(self, delivery: Delivery, error: GroundwatchError) -> None:
        application = delivery.sender.application({})
        self._counts.add(application, "refused")
        self._log.warning(
            "telemetry refused",
            signal=delivery.signal,
            application=application,
            error=type(error).__name__,
            reason=str(error),
        )
