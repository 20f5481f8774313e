"""File events as hints: every path that may have changed, as early as possible."""

import warnings
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import structlog
from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from groundwatch.sources.base import Wake

RETRY_SECONDS = 30.0
"""How long to wait before watching is tried again: each try walks through all folders."""

_TELLING: list[type[FileSystemEvent]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    getattr(events, "FileAttribEvent", events.FileModifiedEvent),
    events.FileMovedEvent,
    events.FileDeletedEvent,
    events.FileClosedEvent,
    events.DirCreatedEvent,
    events.DirMovedEvent,
    events.DirDeletedEvent,
]
"""Not that a file was opened or read: every read of ours would come back as an event."""


class _Hints(FileSystemEventHandler):
    def __init__(self, root: Path, wake: Wake) -> None:
        self._root = root
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        for raw in (event.src_path, event.dest_path):
            if raw:
                self._hint(Path(str(raw)), is_directory=event.is_directory)

    def _hint(self, changed: Path, *, is_directory: bool) -> None:
        if changed == self._root or not changed.is_relative_to(self._root):
            return
        path = changed.relative_to(self._root).as_posix()
        self._wake(f"{path}/" if is_directory else path)


class FolderWatch:
    """Watches a folder tree until closed; a folder's own hint ends with a slash."""

    def __init__(self, root: Path, wake: Wake) -> None:
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="watchdog")
        self._observer: BaseObserver = Observer()
        self._observer.schedule(
            _Hints(root, wake), str(root), recursive=True, event_filter=_TELLING
        )
        self._observer.start()

    @property
    def alive(self) -> bool:
        return self._observer.is_alive()

    def close(self) -> None:
        self._observer.stop()
        self._observer.join(timeout=5)


class KeptWatch:
    """A folder watch that survives the folder: gone, replaced or mounted again.

    `is_deaf` says that the system refused the last try to watch.

    Args:
        start: begins to watch; OSError where the system gives out no more watches.
        timer: seconds that only grow.
    """

    def __init__(
        self,
        root: Path,
        wake: Wake,
        start: Callable[[Path, Wake], FolderWatch] = FolderWatch,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._root = root
        self._wake = wake
        self._start = start
        self._timer = timer
        self._next_try = timer()
        self._watch: FolderWatch | None = None
        self._inode: int | None = None
        self.is_deaf = False
        self._log = structlog.get_logger("sources")

    def ensure(self) -> bool:
        """Watch if that is possible; True when watching (re)started, so events may be missing."""
        try:
            inode = self._root.stat().st_ino
        except OSError:
            self.close()
            return False
        if self._watch is not None and self._watch.alive and inode == self._inode:
            return False
        self.close()
        if self._timer() < self._next_try:
            return False
        try:
            self._watch = self._start(self._root, self._wake)
        except FileNotFoundError:
            return False
        except OSError as error:
            self._next_try = self._timer() + RETRY_SECONDS
            if not self.is_deaf:
                self._log.warning("folder not watched", folder=str(self._root), error=str(error))
            self.is_deaf = True
            return False
        self._inode = inode
        self.is_deaf = False
        return True

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
