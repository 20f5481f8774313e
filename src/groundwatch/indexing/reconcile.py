"""What a listing shows against what the ledger knows: the pure decision which paths need work."""

from collections.abc import Iterable, Mapping

from groundwatch.sources.base import Entry
from groundwatch.store.ledger import Event, Known, State

Work = tuple[str, Event]
"""A path that needs work, and what seems to have happened to it."""


def differences(known: Mapping[str, Known], seen: Iterable[Entry]) -> list[Work]:
    """Compare a complete listing with the ledger as it was before the listing began.

    Removals come first. Only paths that were known before the listing can have vanished: what was
    added meanwhile is left alone.
    """
    changed: list[Work] = []
    present = set()
    for entry in seen:
        present.add(entry.path)
        if needs_work(known.get(entry.path), entry):
            changed.append((entry.path, Event.CHANGED))
    vanished = [(path, Event.DELETED) for path in known if path not in present]
    return vanished + changed


def needs_work(known: Known | None, entry: Entry) -> bool:
    """Whether a listed path differs from what was indexed, or failed and deserves another try."""
    if known is None or known.state is State.FAILED:
        return True
    if known.state is State.READY:
        return False
    return (known.mtime_ns, known.size) != (entry.stamp, entry.size)
