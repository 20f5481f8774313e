"""The change ledger: what should be indexed, and how far the work on it is.

One row a document. A trigger is a hint that enqueues a path; a worker claims the row under a
lease, looks at the source again and ends the run. A worker whose lease ran out and was claimed
again, or whose row a deletion took over, ends nothing. Every event raises the row's version,
which is the version the worker writes the document with.
"""

from groundwatch.store.ledger.hints import enqueue, note_access, retry
from groundwatch.store.ledger.rows import (
    PARTIAL,
    Event,
    Failure,
    LedgerItem,
    Priority,
    Seen,
    State,
    Tracked,
)
from groundwatch.store.ledger.runs import (
    Ended,
    backoff,
    claim,
    extend,
    fail,
    finish,
    finish_all,
    quarantine,
    trim_tracking,
)
from groundwatch.store.ledger.views import (
    Counts,
    Known,
    Statistics,
    access_hashes,
    counts,
    find,
    get,
    known,
    oldest_waiting,
    partial,
    problems,
    recent,
    sources,
    statistics,
    tracked_after,
    under_prefix,
    waiting,
)

__all__ = [
    "PARTIAL",
    "Counts",
    "Ended",
    "Event",
    "Failure",
    "Known",
    "LedgerItem",
    "Priority",
    "Seen",
    "State",
    "Statistics",
    "Tracked",
    "access_hashes",
    "backoff",
    "claim",
    "counts",
    "enqueue",
    "extend",
    "fail",
    "find",
    "finish",
    "finish_all",
    "get",
    "known",
    "note_access",
    "oldest_waiting",
    "partial",
    "problems",
    "quarantine",
    "recent",
    "retry",
    "sources",
    "statistics",
    "tracked_after",
    "trim_tracking",
    "under_prefix",
    "waiting",
]
