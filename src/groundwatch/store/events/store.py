"""The event store: everything that is watched, durable when a call returns."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zipfile import ZipFile

from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import Point
from groundwatch.domain.scores import Quality
from groundwatch.domain.spans import Span
from groundwatch.store.events import (
    charts,
    copying,
    folding,
    happenings,
    listing,
    recording,
    scoring,
    tracing,
)
from groundwatch.store.events import visits as sessions
from groundwatch.store.events.cells import Cell, CellQuery, RetentionDays
from groundwatch.store.events.commits import Committed
from groundwatch.store.events.entries import Entry, Taken
from groundwatch.store.events.listing import After
from groundwatch.store.events.recorded import Filter, Recorded
from groundwatch.store.events.room import Room
from groundwatch.store.events.traces import PendingTrace, SpanOutcome
from groundwatch.store.events.visits import Visit, Whose


class EventStore:
    """Interactions, spans, scores, feedback, events, and the cells they come to.

    Safe to share between threads; several processes may open the same one. Whatever writes returns
    once it is durable and may raise `Overloaded` (too much waits; nothing of the call is written)
    or `Unavailable` (try again: apart from `add_points`, doing a thing twice is harmless).
    """

    def __init__(self, room: Room) -> None:
        self._room = room

    def record(self, entries: Sequence[Entry]) -> Taken:
        """Keep interactions; one with an id that is there replaces it, and cells follow.

        Scores stay while question, answer and passages are the same; feedback stays.
        """
        return recording.record(self._room, entries)

    def get(self, id_: str) -> Recorded | None:
        """An interaction and everything known of it; None also when it was sampled out."""
        return recording.get(self._room, id_)

    def known(self, ids: Iterable[str]) -> set[str]:
        """Which ids are taken, also by what was sampled out."""
        return {id_ for some in self._room.locate(ids).values() for id_ in some}

    def page(
        self, wanted: Filter, *, after: After | None = None, limit: int = 50
    ) -> list[Recorded]:
        """Interactions, newest first; `after` is beginning and id of the last one before."""
        return listing.page(self._room, wanted, after, limit)

    def visits(self, since: datetime, until: datetime, whose: Whose) -> list[Visit]:
        """Sessions by their beginning, with what of them lies in a period of 31 days at most."""
        return sessions.visits(self._room, since, until, whose)

    def give_feedback(self, given: Feedback) -> None:
        """Keep what a person said; raises NotFound when there is no such interaction."""
        recording.give_feedback(self._room, given)

    def feedback_on(self, ids: Iterable[str]) -> list[Feedback]:
        """What people said of interactions, oldest first."""
        return recording.feedback_on(self._room, list(ids))

    def unscored(self, limit: int) -> list[Recorded]:
        """Complete interactions that wait for scores: new before deferred ones, newest first."""
        return scoring.unscored(self._room, limit)

    def backlog(self) -> int:
        """How many interactions wait for scores."""
        return sum(scoring.backlog(self._room))

    def backlog_of_new(self) -> int:
        """How many of them were not deferred."""
        return scoring.backlog(self._room).new

    def defer(self, ids: Iterable[str]) -> int:
        """Leave interactions until nothing new waits; returns how many.

        Whatever of the same second is scored before stands for them: the `weight` of its scores.
        Once all of a second is scored, everything in it counts as one.
        """
        return scoring.defer(self._room, ids)

    def oldest_waiting(self) -> datetime | None:
        """When the oldest interaction began that waits for scores; None when none waits."""
        return scoring.oldest_waiting(self._room)

    def put_scores(self, scores: Sequence[tuple[str, Quality]]) -> int:
        """Keep scores by interaction; returns how many interactions were still there."""
        return scoring.put_scores(self._room, scores)

    def scoring_failed(self, id_: str, reason: str) -> None:
        """Say why an interaction cannot be scored; it waits no longer."""
        scoring.scoring_failed(self._room, id_, reason)

    def rescore(self, since: datetime, until: datetime, application: str | None = None) -> int:
        """Let what began in a period wait for scores again; returns how many.

        They come after what is new. What has scores keeps them until the new ones are there.
        """
        return scoring.rescore(self._room, since, until, application)

    def add_spans(self, spans: Sequence[Span]) -> SpanOutcome:
        """Keep spans; those that are known already do no harm."""
        return tracing.add_spans(self._room, spans)

    def spans(self, trace_id: str, *, after: str = "", limit: int = 500) -> list[Span]:
        """Spans of a trace by their beginning; `after` is the id of the last one before."""
        return tracing.spans(self._room, trace_id, after, limit)

    def span_count(self, trace_id: str) -> int:
        """How many spans of a trace are kept."""
        return tracing.span_count(self._room, trace_id)

    def traces_to_settle(
        self,
        now: datetime,
        quiet: timedelta = timedelta(seconds=10),
        cap: timedelta = timedelta(seconds=60),
        limit: int = 100,
    ) -> list[PendingTrace]:
        """Traces to make interactions of, oldest first.

        Their root has ended and nothing came for `quiet`, or they wait since `cap`; a settled one
        that got another span begins to wait again.
        """
        return tracing.to_settle(self._room, now - quiet, now - cap, limit)

    def open_traces(self, application: str | None = None, limit: int = 100) -> list[PendingTrace]:
        """Traces that are no interaction yet, newest first."""
        return tracing.open_traces(self._room, application, limit)

    def settled(
        self, traces: Iterable[str | PendingTrace], let_go: Collection[str] = frozenset()
    ) -> None:
        """Say that traces became interactions.

        One given as `PendingTrace` stays open when more of it came since that was read. Of those
        in `let_go`, which were sampled out, no span is kept, nor any that comes later.
        """
        tracing.settle(self._room, traces, let_go)

    def add_events(self, events: Sequence[Event]) -> int:
        """Keep events and count their numbers; returns how many are of a time that is kept."""
        return happenings.add_events(self._room, events)

    def events(
        self,
        application: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Iterable[str] = (),
        limit: int = 100,
    ) -> list[Event]:
        """Events, newest first; those of no application belong to each."""
        return happenings.events(self._room, application, since, until, tuple(types), limit)

    def add_points(self, at: datetime, application: str, points: Sequence[Point]) -> None:
        """Add observations that have no row to the minute of `at`; twice counts twice."""
        charts.add_points(self._room, at, application, points)

    def cells(self, query: CellQuery) -> list[Cell]:
        """What a metric came to, by time, application and label; empty steps are left out."""
        return charts.cells(self._room, query)

    def versions(self, since: datetime, until: datetime) -> dict[int, tuple[int, ...]]:
        """By hour since 1970, what is another whenever a cell of that hour has changed."""
        return charts.versions(self._room, since, until)

    def labels(
        self,
        metric: str,
        dimension: str,
        since: datetime,
        until: datetime,
        application: str | None = None,
    ) -> list[str]:
        """The values of a dimension that were seen in the days of a period."""
        names = {"metric": metric, "dimension": dimension}
        if application is not None:
            names["application"] = application
        return charts.labels(self._room, names, "label", since, until)

    def applications(self, since: datetime) -> list[str]:
        """Applications that were heard of since the day of a moment."""
        until = self._room.clock() + timedelta(days=1)
        found = charts.labels(self._room, {}, "application", since, until)
        return [name for name in found if name]

    def metric_names(self) -> list[str]:
        """Every metric: built in, and one's own that were seen."""
        return charts.metric_names(self._room)

    def fold(self, now: datetime) -> int:
        """Bring hours that are over into the main database; returns how many."""
        return folding.fold(self._room, now)

    def retain(self, now: datetime, days: RetentionDays) -> list[date]:
        """Drop what is too old; returns the days whose rows went."""
        return folding.retain(self._room, now, days)

    def recount(self, day: date) -> int:
        """Count the cells of a day again from its rows; returns how many were wrong."""
        return folding.recount(self._room, day)

    def days(self) -> list[date]:
        """The days that have rows, newest first."""
        return self._room.days.present()

    def export_to(self, file: ZipFile) -> copying.Counts:
        """Write every day into a zip; returns the rows by day and table."""
        return copying.export_days(self._room, file)

    def import_from(self, file: ZipFile, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Read what `export_to` wrote into an empty store, all of it or nothing.

        Raises:
            Conflict: there are days already.
            ValueError: the file does not hold what `counts` says.
        """
        copying.import_days(self._room, file, counts)

    def undo_import(self, counts: Mapping[str, object]) -> None:
        """Take away the days of an import whose other part failed."""
        copying.undo(self._room, counts)

    @property
    def waiting_bytes(self) -> int:
        """What waits to be written."""
        return self._room.commits.waiting_bytes

    def committed(self) -> list[Committed]:
        """What this process committed since the last call, the newest 10,000 at most."""
        return self._room.commits.committed()

    def close(self) -> None:
        """Write what waits, and close."""
        self._room.commits.close()
        self._room.days.close()
