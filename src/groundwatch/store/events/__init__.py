"""Everything that is watched: rows and minute cells by day, hours and days of metrics beside."""

from groundwatch.store.events.cells import Cell, CellQuery, RetentionDays, Step
from groundwatch.store.events.entries import Entry, Taken
from groundwatch.store.events.histogram import Histogram
from groundwatch.store.events.opening import open_events
from groundwatch.store.events.recorded import Filter, Recorded, State
from groundwatch.store.events.store import EventStore
from groundwatch.store.events.traces import PendingTrace, SpanOutcome

__all__ = [
    "Cell",
    "CellQuery",
    "Entry",
    "EventStore",
    "Filter",
    "Histogram",
    "PendingTrace",
    "Recorded",
    "RetentionDays",
    "SpanOutcome",
    "State",
    "Step",
    "Taken",
    "open_events",
]
