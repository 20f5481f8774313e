"""A folder of files as a source."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from groundwatch.access.path_rules import PathRules, glob_matches
from groundwatch.errors import DocumentRejected, Unavailable
from groundwatch.settings import SettingsPart
from groundwatch.sources.base import Entry, Item, Permissions, Unlisted


class PathRule(SettingsPart):
    """Permissions and tags of the paths that match a pattern.

    `allow` of the last matching rule that states one counts; `deny` and `tags` of all matching
    rules add up; no `allow` means nobody.

    Attributes:
        path: glob relative to the source's folder: `**` for everything, `hr/**` for a folder.
        allow, deny: principals: `user:NAME`, `group:NAME` or `everyone`.
    """

    path: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class FilesystemSettings(SettingsPart):
    """A folder that is watched.

    Attributes:
        name: names the source in filters and permissions, `[a-z0-9-]+`.
        path: the folder; relative to the configuration file.
    """

    kind: Literal["filesystem"] = "filesystem"
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    path: Path
    include: tuple[str, ...] = ("**",)
    exclude: tuple[str, ...] = ("**/.*", "**/.*/**", "**/~$*", "**/*.tmp", "**/*.swp")
    permissions: tuple[PathRule, ...] = ()


_GONE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
"""A path may vanish or change its kind between the hint and the read."""


class FilesystemSource:
    """Lists and reads the files of one folder; symbolic links are not followed."""

    def __init__(self, settings: FilesystemSettings, max_bytes: int) -> None:
        self._settings = settings
        self._root = settings.path
        self._rules = PathRules(settings.permissions)
        self._max_bytes = max_bytes

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def root(self) -> Path:
        return self._root

    def includes(self, path: str) -> bool:
        """Whether the patterns let a path in."""
        settings = self._settings
        return any(glob_matches(path, glob) for glob in settings.include) and not any(
            glob_matches(path, glob) for glob in settings.exclude
        )

    def permissions(self, path: str) -> Permissions:
        result = self._rules.result(path)
        return Permissions(result.access, result.tags)

    def entries(self, under: str = "") -> Iterator[Entry | Unlisted]:
        self._require_root()
        pending = [self._root / under]
        while pending:
            place = pending.pop()
            try:
                found = self._found(place)
            except _GONE:
                continue
            except OSError as error:
                yield self._unlisted(place, error)
                continue
            pending += [each for each in found if isinstance(each, Path)]
            yield from (each for each in found if isinstance(each, Entry))
        self._require_root()  # else what went away with it would look deleted

    def _found(self, place: Path) -> list[Entry | Path]:
        """A file as an entry, a folder as what is in it: entries, and folders as paths."""
        if place != self._root and not stat.S_ISDIR(place.lstat().st_mode):
            return _some(self._entry(place))
        found: list[Entry | Path] = []
        with os.scandir(place) as children:
            for child in children:
                path = Path(child.path)
                if not child.is_dir(follow_symlinks=False):
                    found += _some(self._entry(path))
                elif not self._leaves_out(path):
                    found.append(path)
        return found

    def _leaves_out(self, folder: Path) -> bool:
        """Whether a pattern excludes everything that a folder could hold."""
        inside = f"{folder.relative_to(self._root).as_posix()}/\0"
        return any(
            glob.endswith("/**") and glob_matches(inside, glob) for glob in self._settings.exclude
        )

    def _unlisted(self, place: Path, error: OSError) -> Unlisted:
        """What a folder that refuses means; without the root there is nothing to go on with."""
        if place == self._root:
            raise Unavailable(
                f"source {self.name}: the folder {place} cannot be listed: {error.strerror}; "
                "check its permissions, nothing was removed from the index"
            ) from error
        return Unlisted(place.relative_to(self._root).as_posix(), error.strerror or str(error))

    def _entry(self, file: Path) -> Entry | None:
        path = file.relative_to(self._root).as_posix()
        if not self.includes(path):
            return None
        try:
            info = file.lstat()
        except _GONE:
            return None
        return Entry(path, info.st_mtime_ns, info.st_size) if stat.S_ISREG(info.st_mode) else None

    def read(self, path: str) -> Item | None:
        if not self.includes(path) or self._leaves_root(path):
            return None
        try:
            # pathlib can neither refuse links nor a pipe that would block
            descriptor = os.open(self._root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:  # noqa: PTH123
                info = os.fstat(file.fileno())
                if not stat.S_ISREG(info.st_mode):
                    return None
                if info.st_size > self._max_bytes:
                    raise DocumentRejected(
                        "read",
                        "too-large",
                        f"{path} has {info.st_size} bytes, the limit is {self._max_bytes}; "
                        "raise indexing.max_file_megabytes or exclude it",
                    )
                data = file.read()
        except _GONE:
            self._require_root()
            return None
        except OSError as error:
            if (self._root / path).is_symlink():
                return None
            raise DocumentRejected(
                "read", "unreadable", f"{path} cannot be read: {error.strerror}"
            ) from error
        modified = datetime.fromtimestamp(info.st_mtime_ns / 1e9, UTC)
        return Item(path, data, info.st_mtime_ns, modified)

    def _leaves_root(self, path: str) -> bool:
        """A parent that is a symbolic link would let a path point anywhere."""
        parts = Path(path).parts
        if ".." in parts or Path(path).is_absolute():
            return True
        parents = (self._root.joinpath(*parts[:depth]) for depth in range(1, len(parts)))
        return any(parent.is_symlink() for parent in parents)

    def _require_root(self) -> None:
        if not self._root.is_dir():
            raise Unavailable(
                f"source {self.name}: the folder {self._root} is not there; "
                "mount or restore it, nothing was removed from the index"
            )


def _some(entry: Entry | None) -> list[Entry | Path]:
    return [] if entry is None else [entry]
