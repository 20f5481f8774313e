"""Watching the configuration file: a change is taken over as a whole or refused as a whole."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from groundwatch.config.loading import load
from groundwatch.config.model import Config
from groundwatch.errors import ConfigInvalid

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

_log = logging.getLogger(__name__)

_Told = TypeVar("_Told", Config, ConfigInvalid)
_COMPLETE = frozenset({"closed", "moved"})
_CONFIRM_SECONDS = 0.01
_SILENT = frozenset({"opened", "closed_no_write"})


class ConfigWatcher:
    """Tells when the configuration changes.

    Events only wake it; the file's content decides. A save that is announced as complete (closed
    or renamed into place) is taken when nothing follows for 10 ms, for the next writer may have
    begun already; anything else, an emptied file too, when nothing follows for longer.

    Args:
        path: the file.
        environment: as for `load`.
        current: the configuration in force.
        on_change: called with the whole new configuration, never with an equal one.
        on_refused: called with what is wrong; the configuration in force stays.
        settle_seconds: how long content must stand still that nobody announced as complete.
        poll_seconds: how often to look without any event, for file systems that send none.
    """

    def __init__(
        self,
        path: Path,
        environment: Mapping[str, str],
        current: Config,
        *,
        on_change: Callable[[Config], None],
        on_refused: Callable[[ConfigInvalid], None],
        settle_seconds: float = 0.25,
        poll_seconds: float = 5.0,
    ) -> None:
        self._path = path.absolute()
        self._environment = environment
        self._current = current
        self._on_change = on_change
        self._on_refused = on_refused
        self._settle = settle_seconds
        self._poll = poll_seconds
        self._seen: bytes | None = None
        self._wake = threading.Event()
        self._complete = threading.Event()
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._observer: BaseObserver | None = None
        self._thread = threading.Thread(target=self._run, name="config-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch; what changed since `current` was loaded is noticed too."""
        self._observer = _observe({self._path.parent, self._path.resolve().parent}, self._hint)
        self._complete.set()
        self._wake.set()
        self._thread.start()

    def close(self) -> None:
        """Stop watching; no callback runs after this returns."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self) -> None:
        """Read the file again now, secrets included, and tell what came of it."""
        with self._turn:
            self._seen = _fingerprint(self._path)
            self._take()

    def _hint(self, event: "FileSystemEvent") -> None:
        if event.event_type in _SILENT:
            return
        names = {Path(str(raw)).name for raw in (event.src_path, event.dest_path) if raw}
        ours = {self._path.name, self._path.resolve().name}
        if names & ours or any(name.startswith("..") for name in names):
            if event.event_type in _COMPLETE:
                self._complete.set()
            else:
                self._complete.clear()
            self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self._poll)
            self._wake.clear()
            with self._turn:
                found = self._settled()
                if found != self._seen and not self._stop.is_set():
                    self._seen = found
                    self._take()

    def _settled(self) -> bytes:
        """Wait until the content is the one last seen, or stands still, or time is up."""
        give_up = time.monotonic() + 8 * self._settle
        found = _fingerprint(self._path)
        while found != self._seen and not self._stop.is_set() and time.monotonic() < give_up:
            self._wake.clear()
            is_complete = self._complete.is_set() and found != b""
            has_followed = self._wake.wait(_CONFIRM_SECONDS if is_complete else self._settle)
            before, found = found, _fingerprint(self._path)
            if found == before and not has_followed:
                break
        return found

    def _take(self) -> None:
        outcome: Config | ConfigInvalid
        try:
            outcome = load(self._path, self._environment, self._current)
        except ConfigInvalid as error:
            outcome = error
        if _fingerprint(self._path) != self._seen:
            self._wake.set()
        elif isinstance(outcome, ConfigInvalid):
            self._call(self._on_refused, outcome)
        elif outcome != self._current and self._call(self._on_change, outcome):
            self._current = outcome

    def _call(self, callback: Callable[[_Told], None], value: _Told) -> bool:
        try:
            callback(value)
        except Exception:  # noqa: BLE001  the watch must outlive a failing callback
            _log.exception("taking over the configuration %s failed", self._path)
            return False
        return True


def _fingerprint(path: Path) -> bytes:
    """The hash of the content; empty while there is none."""
    try:
        content = path.read_bytes()
    except OSError:
        return b""
    return sha256(content).digest() if content else b""


def _observe(
    folders: set[Path], hint: "Callable[[FileSystemEvent], None]"
) -> "BaseObserver | None":
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: "FileSystemEvent") -> None:
            hint(event)

    observer = Observer()
    try:
        for folder in folders:
            observer.schedule(Handler(), str(folder))
        observer.start()
    except OSError as error:
        _log.warning("no file events (%s); the configuration is polled instead", error.strerror)
        return None
    return observer
