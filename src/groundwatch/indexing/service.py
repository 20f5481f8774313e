"""Sources kept in step with the ledger: triggers, scans, reloads."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Protocol

import structlog

from groundwatch.domain.clock import Clock
from groundwatch.errors import GroundwatchError, NotFound
from groundwatch.indexing.batch import Follow
from groundwatch.indexing.hints import HintBatch, Hints
from groundwatch.indexing.intake import Intake
from groundwatch.sources.base import Source, Unlisted

KEEP_SECONDS = 1.0
"""How often triggers are looked after and due scans begin."""


class Trigger(Protocol):
    """Hints at changes of a source."""

    def ensure(self) -> bool:
        """Keep triggering; True when it (re)started and changes may have been missed."""
        ...

    @property
    def is_deaf(self) -> bool:
        """Whether the system gives no notice of changes."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source answers.

    Attributes:
        last_scan_at: when it was last scanned whole.
        error: why it cannot be read now.
        unlisted: folders in it that could not be listed.
        is_deaf: whether the system gives no notice of its changes, so that scans find them.
    """

    last_scan_at: datetime | None = None
    listed: int = 0
    error: str = ""
    unlisted: tuple[Unlisted, ...] = ()
    is_deaf: bool = False


class IndexingService:
    """Two threads: one turns hints into ledger rows, one looks after triggers and scans.

    Args:
        sources: by name; the same mapping that intake and workers read, changed by `reload`.
        trigger: makes a source's trigger; None where a source has none.
        reconcile_seconds: from one whole scan of a source to the next.
    """

    def __init__(
        self,
        sources: dict[str, Source],
        intake: Intake,
        hints: Hints,
        trigger: Callable[[Source], Trigger | None],
        *,
        follow: Follow,
        clock: Clock,
        reconcile_seconds: float,
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._hints = hints
        self._make_trigger = trigger
        self._follow = follow
        self._clock = clock
        self._reconcile = reconcile_seconds
        self._triggers: dict[str, Trigger] = {}
        self._health: dict[str, SourceHealth] = {}
        self._next_scan: dict[str, float] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._triggers_are_old = threading.Event()
        self._log = structlog.get_logger("sources")
        self._threads = [
            threading.Thread(target=self._take_hints, name="intake", daemon=True),
            threading.Thread(target=self._keep, name="keeper", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._closing.set()
        self._wake.set()
        self._hints.close()
        for thread in self._threads:
            thread.join(timeout=10)
        for trigger in self._triggers.values():
            trigger.close()

    def health(self) -> Mapping[str, SourceHealth]:
        """The state of each source, by name."""
        triggers = self._triggers
        return {
            name: replace(
                self._health.get(name, SourceHealth()),
                is_deaf=name in triggers and triggers[name].is_deaf,
            )
            for name in self._sources
        }

    def sync(self, name: str) -> None:
        """Have a source scanned soon.

        Raises:
            NotFound: there is no such source.
        """
        self._require(name)
        self._next_scan[name] = 0.0
        self._wake.set()

    def scan(self, name: str) -> str:
        """Scan a source before this returns; says why it could not, else is empty.

        Raises:
            NotFound: there is no such source.
        """
        self._require(name)
        with self._lock:
            self._scan(name)
        return self._health[name].error

    def _require(self, name: str) -> None:
        if name not in self._sources:
            raise NotFound(f"there is no source {name!r}; there are {', '.join(self._sources)}")

    def reload(self, sources: Mapping[str, Source]) -> None:
        """Take over a new configuration; permissions are in force when this returns.

        A scan under way is not waited for: it may take long, and a denial may not.
        """
        gone = self._sources.keys() - sources.keys()
        self._sources.update(sources)
        for name in gone:
            del self._sources[name]
        self._intake.bring_in_line(self._follow)
        for name in gone:
            self._health.pop(name, None)
            self._next_scan.pop(name, None)
        for name in sources:
            self._next_scan[name] = 0.0
        self._triggers_are_old.set()
        self._wake.set()

    def _restart_triggers(self) -> None:
        """A source's folder or patterns may have changed: watch anew."""
        triggers, self._triggers = self._triggers, {}
        for trigger in triggers.values():
            trigger.close()

    def _take_hints(self) -> None:
        while not self._closing.is_set():
            batch = self._hints.take(timeout=1.0)
            if not batch:
                continue
            try:
                self._intake.take(batch)
            except GroundwatchError as error:
                self._log.warning("hints not taken, a scan follows", error=str(error))
                self._scan_soon(batch)
            except Exception:  # noqa: BLE001  a thread's boundary
                self._log.exception("hints not taken, a scan follows")
                self._scan_soon(batch)

    def _scan_soon(self, batch: HintBatch) -> None:
        for name in (*batch.paths, *batch.overflowed):
            self._next_scan[name] = 0.0

    def _keep(self) -> None:
        while not self._closing.is_set():
            if self._triggers_are_old.is_set():
                self._triggers_are_old.clear()
                self._restart_triggers()
            with self._lock:
                for name, source in list(self._sources.items()):
                    self._look_after(name, source)
            self._wake.wait(KEEP_SECONDS)
            self._wake.clear()

    def _look_after(self, name: str, source: Source) -> None:
        if name not in self._triggers and (trigger := self._make_trigger(source)) is not None:
            self._triggers[name] = trigger
        restarted = name in self._triggers and self._triggers[name].ensure()
        if restarted or monotonic() >= self._next_scan.get(name, 0.0):
            self._next_scan[name] = monotonic() + self._reconcile
            self._scan(name)

    def _scan(self, name: str) -> None:
        before = self._health.get(name, SourceHealth())
        try:
            self._intake.apply_permissions(name)
            scan = self._intake.scan(name)
            self._health[name] = SourceHealth(self._clock(), scan.listed, unlisted=scan.unlisted)
        except GroundwatchError as error:
            if str(error) != before.error:
                self._log.warning("source cannot be read", source=name, error=str(error))
            self._note_failure(name, before, str(error))
        except Exception:  # noqa: BLE001  a thread's boundary
            self._log.exception("scan failed", source=name)
            self._note_failure(name, before, "The scan failed; the worker's log says why.")

    def _note_failure(self, name: str, before: SourceHealth, error: str) -> None:
        self._health[name] = replace(before, error=error)
        self._next_scan[name] = monotonic() + min(self._reconcile, 5.0)
