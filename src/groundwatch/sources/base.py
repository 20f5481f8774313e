"""What every source is to indexing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groundwatch.domain.access import AccessList


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as a listing shows it; equal stamps mean that nothing needs to be read.

    Attributes:
        path: POSIX path inside the source, never absolute, never with `..`.
        stamp: nanoseconds of the last modification.
        size: bytes.
    """

    path: str
    stamp: int
    size: int


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A folder of the source that cannot be listed: of what lies below nothing may be concluded."""

    path: str
    reason: str

    def hides(self, path: str) -> bool:
        return path == self.path or path.startswith(f"{self.path}/")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it was read: its bytes belong to `stamp`, or to something newer."""

    path: str
    data: bytes
    stamp: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Permissions:
    """Who may read an item and how it is labelled; `access` None says nothing of it."""

    access: AccessList | None
    tags: tuple[str, ...] = ()


class Source(Protocol):
    """A place documents come from."""

    @property
    def name(self) -> str: ...

    def entries(self, under: str = "") -> Iterator[Entry | Unlisted]:
        """List everything indexable below a path, and the folders in it that refuse.

        Raises:
            Unavailable: the source cannot be listed now; nothing may be concluded from it.
        """
        ...

    def read(self, path: str) -> Item | None:
        """Read one item; None when it is not there (any more) or is not to be indexed.

        Raises:
            Unavailable: the source does not answer; the item may well exist.
            DocumentRejected: it is there and cannot be read, or is too large.
        """
        ...

    def permissions(self, path: str) -> Permissions: ...


Wake = Callable[[str], None]
"""Called by a trigger with a path that may have changed; cheap, safe from any thread."""
