"""What a listing shows against what the ledger knows: the pure decision which paths need work."""

from collections.abc import Iterable, Mapping, Sequence

from groundwatch.sources.base import Entry, Unlisted
from groundwatch.store.ledger import Event, Known, State

Work = tuple[str, Event]
"""A path that needs work, and what seems to have happened to it."""


def differences(known: Mapping[str, Known], seen: Iterable[Entry | Unlisted]) -> list[Work]:
    """Compare a complete listing with the ledger as it was before the listing began.

    Removals come first. Only paths that were known before the listing can have vanished: what was
    added meanwhile is left alone, and so is what lies in a folder that cannot be listed.
    """
    changed: list[Work] = []
    present, unlisted = set(), []
    for found in seen:
        if isinstance(found, Unlisted):
            unlisted.append(found)
            continue
        present.add(found.path)
        if needs_work(known.get(found.path), found):
            changed.append((found.path, Event.CHANGED))
    vanished = without_hidden((path for path in known if path not in present), unlisted)
    return [(path, Event.DELETED) for path in vanished] + changed


def without_hidden(paths: Iterable[str], unlisted: Sequence[Unlisted]) -> list[str]:
    """Those of which a listing can tell that they are gone."""
    return [path for path in paths if not any(folder.hides(path) for folder in unlisted)]


def needs_work(known: Known | None, entry: Entry) -> bool:
    """Whether a listed path differs from what was indexed, or failed and deserves another try."""
    if known is None or known.state is State.FAILED:
        return True
    if known.state is State.READY:
        return False
    return (known.mtime_ns, known.size) != (entry.stamp, entry.size)
