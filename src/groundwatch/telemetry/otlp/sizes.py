"""How large the latest traces are, so that none grows without end."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from groundwatch.domain.spans import Span
from groundwatch.telemetry.otlp.decoded import Decoded

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class _Size:
    spans: int = 0
    characters: float = 0.0


class TraceSizes:
    """Counts in memory what came of each trace, and asks the store where that is too much.

    Args:
        span_count: how many spans of a trace are stored.
        most_spans: of one trace.
        most_bytes: of one trace, as it was sent, without compression.
    """

    def __init__(self, span_count: Callable[[str], int], most_spans: int, most_bytes: int) -> None:
        self._span_count = span_count
        self._most_spans = most_spans
        self._most_bytes = most_bytes
        self._known: OrderedDict[str, _Size] = OrderedDict()
        self._lock = threading.Lock()

    def fitting(self, decoded: Decoded, size: int) -> list[Span]:
        """The spans of traces that are not too long; the others are rejected.

        Args:
            decoded: the spans of a request.
            size: of the request in bytes; its spans share it evenly.
        """
        arrived = Counter(span.trace_id for span in decoded.spans)
        each = size / len(decoded.spans) if decoded.spans else 0.0
        full = {trace for trace, number in arrived.items() if self._is_full(trace, number, each)}
        if not full:
            return decoded.spans
        kept = [span for span in decoded.spans if span.trace_id not in full]
        reason = (
            f"their trace would hold more than {self._most_spans} spans, or "
            f"{self._most_bytes >> 20} MiB"
        )
        decoded.rejected[reason] += len(decoded.spans) - len(kept)
        return kept

    def _is_full(self, trace: str, number: int, each: float) -> bool:
        with self._lock:
            before = self._known.pop(trace, _Size())
            size = _Size(before.spans + number, before.characters + number * each)
            self._known[trace] = size
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if self._fits(size):
            return False
        # What was sent twice was counted twice; the store knows.
        stored = self._span_count(trace)
        average = size.characters / size.spans
        counted = _Size(stored + number, (stored + number) * average)
        is_full = not self._fits(counted)
        with self._lock:
            self._known[trace] = _Size(stored, stored * average) if is_full else counted
        return is_full

    def _fits(self, size: _Size) -> bool:
        return size.spans <= self._most_spans and size.characters <= self._most_bytes
