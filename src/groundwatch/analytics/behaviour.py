"""What one person does: how often, when, about what, and how content."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from statistics import fmean
from typing import Protocol

from groundwatch.analytics import tallies
from groundwatch.analytics.sessions import Lengths, lengths
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window
from groundwatch.domain.metrics import FAILURES, REQUESTS
from groundwatch.store.events.recorded import Filter, Recorded
from groundwatch.store.events.visits import Visit, Whose

MOST = 500
NOTHING = "nothing of this person is kept in this span"
Counts = tuple[tuple[str, int], ...]


class Kept(Cells, Protocol):
    """Where interactions, sessions and cells are read."""

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Recorded]: ...

    def visits(self, since: datetime, until: datetime, whose: Whose) -> list[Visit]: ...


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One person in a window.

    Attributes:
        read: of so many questions, the newest, everything but sessions is told.
        questions: all of them.
        is_whole: `read` are all.
        hours: questions by hour of the day in `zone`.
        quality: mean of the overall scores; `satisfaction`: of what this person said, 0 to 1.
        cost: US dollars; None when no price is known.
        reason: why there is nothing to tell.
    """

    user: str
    read: int
    questions: int
    first: datetime | None
    last: datetime | None
    active_days: int
    sessions: Lengths
    failed: int
    outcomes: Counts
    topics: Counts
    categories: Counts
    endpoints: Counts
    applications: Counts
    hours: tuple[int, ...]
    zone: str
    quality: float | None
    satisfaction: float | None
    ratings: int
    cost: float | None
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.read >= self.questions


def behaviour(source: Kept, user: str, window: Window, zone: tzinfo = UTC) -> Behaviour:
    """What a person did in a window, from what is kept of it."""
    wanted = Filter(
        user=user, application=window.application, group=window.group or None,
        since=window.since, until=window.until,
    )  # fmt: skip
    rows = source.page(wanted, limit=MOST)
    whose = Whose(window.application, window.group, user)
    visits = source.visits(window.since, window.until, whose)
    asked = tallies.label_buckets(source, REQUESTS, window, "user", user)
    return _told(user, tallies.joined(asked.values()).count, rows, visits, zone)


def _told(
    user: str, asked: int, rows: Sequence[Recorded], visits: Sequence[Visit], zone: tzinfo
) -> Behaviour:
    ones = [row.interaction for row in rows]
    moments = [one.started_at.astimezone(zone) for one in ones]
    hours = Counter(at.hour for at in moments)
    said = [x for row in rows for each in row.feedback if (x := each.satisfaction) is not None]
    spent = [one.cost for one in ones if one.cost is not None]
    scores = [r.quality.overall for r in rows if r.quality and r.quality.overall is not None]
    return Behaviour(
        user=user,
        read=len(rows),
        questions=max(len(rows), asked),
        first=min((one.started_at for one in ones), default=None),
        last=max((one.started_at for one in ones), default=None),
        active_days=len({at.date() for at in moments}),
        sessions=lengths(visits),
        failed=sum(one.outcome in FAILURES for one in ones),
        outcomes=_counted([one.outcome.value for one in ones]),
        topics=_counted([row.quality.topic for row in rows if row.quality]),
        categories=_counted([row.quality.category for row in rows if row.quality]),
        endpoints=_counted([one.endpoint for one in ones]),
        applications=_counted([one.application for one in ones]),
        hours=tuple(hours[hour] for hour in range(24)),
        zone=next((at.tzname() or "UTC" for at in moments), "UTC"),
        quality=fmean(scores) if scores else None,
        satisfaction=fmean(said) if said else None,
        ratings=len(said),
        cost=sum(spent) if spent else None,
        reason="" if rows else NOTHING,
    )


def _counted(labels: Sequence[str]) -> Counts:
    """The most frequent first; what has no label is left out."""
    found = Counter(label for label in labels if label)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
