"""How well the parts of the system are: each looked at by a probe, all at once, none for long."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from datetime import datetime

import structlog

from groundwatch.domain.clock import Clock
from groundwatch.domain.status import Status
from groundwatch.errors import GroundwatchError

LONGEST_SECONDS = 5.0
"""A probe that takes longer is critical."""
FRESH_SECONDS = 2.0
"""So long an answer is given again: many who ask cost as much as one."""
_POINTS = {Status.HEALTHY: 1.0, Status.WARNING: 0.7, Status.DEGRADED: 0.4, Status.CRITICAL: 0.0}
_ORDER = (Status.UNKNOWN, Status.HEALTHY, Status.WARNING, Status.DEGRADED, Status.CRITICAL)
_log = structlog.get_logger("health")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found; `detail` in words, without secrets."""

    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Looks at one part.

    Attributes:
        look: blocks; may raise, which is critical.
        vital: nothing is answered, or nothing acknowledged, without this part.
    """

    name: str
    look: Callable[[], Finding]
    vital: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """How one part is.

    Attributes:
        seconds: that the probe took.
        critical: it needs somebody now.
    """

    name: str
    status: Status
    detail: str
    seconds: float
    critical: bool


@dataclass(frozen=True, slots=True)
class Health:
    """How everything is.

    Attributes:
        status: the worst of all parts; of parts that are not vital at most degraded.
        score: 0 to 100, the mean over the parts; those that are unknown do not count.
        critical: what is wrong with the parts that are critical.
    """

    at: datetime
    status: Status
    score: float
    parts: tuple[Part, ...]
    critical: tuple[str, ...]


class Checkup:
    """Runs probes side by side, and again only when the last answer has aged.

    A probe that hangs is given up after five seconds and not begun again before it has ended, so
    that a part that hangs costs one thread and no more.
    """

    def __init__(
        self,
        probes: Sequence[Probe],
        clock: Clock,
        *,
        longest: float = LONGEST_SECONDS,
        fresh: float = FRESH_SECONDS,
    ) -> None:
        self._probes = tuple(probes)
        self._clock = clock
        self._longest = longest
        self._fresh = fresh
        self._threads = ThreadPoolExecutor(max(1, len(self._probes)), "health")
        self._running: dict[str, Future[Part]] = {}
        self._turn = threading.Lock()
        self._last: tuple[float, Health] | None = None

    def __call__(self) -> Health:
        """How everything is now, or was a moment ago."""
        with self._turn:
            now = time.monotonic()
            if self._last is None or now - self._last[0] >= self._fresh:
                parts = self._look()
                self._last = time.monotonic(), judged(self._clock(), parts, self._vital())
            return self._last[1]

    def close(self) -> None:
        """Wait for no probe."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _vital(self) -> frozenset[str]:
        return frozenset(probe.name for probe in self._probes if probe.vital)

    def _look(self) -> list[Part]:
        for probe in self._probes:
            before = self._running.get(probe.name)
            if before is None or before.done():
                self._running[probe.name] = self._threads.submit(_taken, probe, self._longest)
        wait_for(self._running.values(), self._longest)
        return [self._part(probe.name) for probe in self._probes]

    def _part(self, name: str) -> Part:
        future = self._running[name]
        if future.done():
            return future.result()
        detail = f"no answer within {self._longest:g} s"
        return Part(name, Status.CRITICAL, detail, self._longest, critical=True)


def judged(at: datetime, parts: Sequence[Part], vital: frozenset[str]) -> Health:
    """What the parts come to."""
    known = [_POINTS[part.status] for part in parts if part.status in _POINTS]
    statuses = [_weighed(part, part.name in vital) for part in parts]
    return Health(
        at=at,
        status=max(statuses, key=_ORDER.index, default=Status.UNKNOWN),
        score=round(100 * sum(known) / len(known), 1) if known else 0.0,
        parts=tuple(parts),
        critical=tuple(f"{part.name}: {part.detail}" for part in parts if part.critical),
    )


def graded(seconds: float) -> tuple[Status, str]:
    """How fast a search is: excellent below .1 s, good below .5, fair below 1, else poor."""
    if seconds < 0.1:
        return Status.HEALTHY, "excellent"
    if seconds < 0.5:
        return Status.HEALTHY, "good"
    return (Status.WARNING, "fair") if seconds < 1.0 else (Status.DEGRADED, "poor")


def filled(share: float, limit: float) -> Status:
    """How bad it is that so much of a resource is in use: its own limit sets it, not a mean."""
    if share > max(0.95, limit):
        return Status.CRITICAL
    if share > limit:
        return Status.DEGRADED
    return Status.WARNING if share > 0.9 * limit else Status.HEALTHY


def _weighed(part: Part, is_vital: bool) -> Status:
    worse = part.status is Status.CRITICAL and not is_vital
    return Status.DEGRADED if worse else part.status


def _taken(probe: Probe, longest: float) -> Part:
    began = time.perf_counter()
    try:
        found = probe.look()
    except GroundwatchError as error:
        found = Finding(Status.CRITICAL, f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001  a thread's boundary: the probe is what failed
        _log.warning("probe failed", probe=probe.name, exc_info=error)
        found = Finding(Status.CRITICAL, f"the probe failed: {type(error).__name__}")
    seconds = time.perf_counter() - began
    if seconds > longest:
        found = Finding(Status.CRITICAL, f"took {seconds:.1f} s: {found.detail}")
    is_critical = found.status is Status.CRITICAL
    return Part(probe.name, found.status, found.detail, round(seconds, 4), is_critical)
