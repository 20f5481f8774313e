"""File events as hints: every path that may have changed, as early as possible."""

import warnings
from pathlib import Path

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from groundwatch.sources.base import Wake

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
    """A folder watch that survives the folder: gone, replaced or mounted again."""

    def __init__(self, root: Path, wake: Wake) -> None:
        self._root = root
        self._wake = wake
        self._watch: FolderWatch | None = None
        self._inode: int | None = None

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
        try:
            self._watch = FolderWatch(self._root, self._wake)
        except OSError:
            return False
        self._inode = inode
        return True

    @property
    def watching(self) -> bool:
        return self._watch is not None

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
