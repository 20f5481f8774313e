"""What a scan found against what the ledger knows: the pure decision which paths need work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from groundwatch.sources.base import Entry


class Event(StrEnum):
    """Why a path was put into the ledger."""

    APPEARED = "appeared"
    CHANGED = "changed"
    VANISHED = "vanished"
    PERMISSIONS = "permissions"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Known:
    """A path as the ledger knows it; `live` is false for a tombstone."""

    stamp: int
    size: int
    live: bool


@dataclass(frozen=True, slots=True)
class Work:
    """A path that needs work, and why."""

    path: str
    event: Event


def differences(known: Mapping[str, Known], seen: Iterable[Entry]) -> list[Work]:
    """Compare a complete scan with the ledger as it was before the scan began.

    Vanished paths come first, so that a removal is never behind a backlog of additions. Only paths
    that were known before the scan can vanish: what was added meanwhile is left alone.
    """
    changed, present = [], set()
    for entry in seen:
        present.add(entry.path)
        event = _event(known.get(entry.path), entry)
        if event is not None:
            changed.append(Work(entry.path, event))
    vanished = [
        Work(path, Event.VANISHED)
        for path, item in known.items()
        if item.live and path not in present
    ]
    return vanished + changed


def _event(item: Known | None, entry: Entry) -> Event | None:
    if item is None or not item.live:
        return Event.APPEARED
    return Event.CHANGED if (item.stamp, item.size) != (entry.stamp, entry.size) else None
