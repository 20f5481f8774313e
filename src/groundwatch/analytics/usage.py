"""Who asks, when, and how content they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from groundwatch.analytics import series, tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics

NO_FEEDBACK = "nobody rated an answer in this span"
_LONGEST_HEATMAP = timedelta(days=35)
_MOST_USERS = 100


@dataclass(frozen=True, slots=True)
class UserRow:
    """What one person did."""

    user: str
    requests: int
    before: int
    errors: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Questions by weekday (Monday first) and hour, on average an hour.

    Attributes:
        hours: how many hours of the window each field rests on; none where it is 0.
    """

    means: tuple[tuple[float | None, ...], ...]
    hours: tuple[tuple[int, ...], ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Count:
    """One value of a split, now and before."""

    label: str
    requests: int
    before: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Everything about use in a window."""

    active_users: Compared
    sessions: Compared
    requests: Compared
    per_user: Compared
    per_session: Compared
    returning: int
    """People of this window who also asked in the one before."""
    satisfaction: Compared
    ratings: int
    requests_series: Series
    satisfaction_series: Series
    heatmap: Heatmap
    users: tuple[UserRow, ...]
    """The busiest hundred of `active_users`."""
    groups: tuple[Count, ...]
    endpoints: tuple[Count, ...]
    topics: tuple[Count, ...]
    outcomes: Mapping[str, int]


def usage(source: Cells, window: Window, zone: tzinfo) -> Usage:
    """Measure a window and compare it with the one before.

    `zone` is the reader's, for the heatmap.
    """
    before = window.before()
    people = tallies.by_label(source, metrics.REQUESTS, window, "user")
    people_before = tallies.by_label(source, metrics.REQUESTS, before, "user")
    sessions = tallies.distinct(source, metrics.REQUESTS, window, "session")
    sessions_before = tallies.distinct(source, metrics.REQUESTS, before, "session")
    asked = tallies.by_bucket(source, metrics.REQUESTS, window)
    whole = tallies.joined(asked.values())
    whole_before = tallies.total(source, metrics.REQUESTS, before)
    return Usage(
        active_users=Compared(len(people), len(people_before)),
        sessions=Compared(len(sessions.labels), len(sessions_before.labels)),
        requests=Compared(whole.total, whole_before.total),
        per_user=_mean(_each(people), _each(people_before)),
        per_session=_mean(sessions.each, sessions_before.each),
        returning=len(people.keys() & people_before.keys()),
        satisfaction=satisfaction(source, window),
        ratings=tallies.total(source, metrics.FEEDBACK, window).count,
        requests_series=series.per_minute(
            "questions a minute", "1/min", window, asked, series.begun_at(asked)
        ),
        satisfaction_series=series.series_of(source, metrics.FEEDBACK, window),
        heatmap=heatmap(source, window, zone),
        users=_users(source, window, people, people_before),
        groups=counts(source, window, "group"),
        endpoints=counts(source, window, "endpoint"),
        topics=counts(source, window, "topic"),
        outcomes=_outcomes(source, window),
    )


def satisfaction(source: Cells, window: Window) -> Compared:
    """What people said, 0 to 1."""
    now = tallies.total(source, metrics.FEEDBACK, window).mean
    before = tallies.total(source, metrics.FEEDBACK, window.before()).mean
    return Compared(now, before, NO_FEEDBACK if now is None else "")


def counts(source: Cells, window: Window, dimension: str) -> tuple[Count, ...]:
    """Questions by a dimension, the most frequent first."""
    now = tallies.by_label(source, metrics.REQUESTS, window, dimension)
    before = tallies.by_label(source, metrics.REQUESTS, window.before(), dimension)
    found = [
        Count(label, round(tally.total), round(before.get(label, tallies.NOTHING).total))
        for label, tally in now.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.requests, each.label)))


def heatmap(source: Cells, window: Window, zone: tzinfo) -> Heatmap:
    """Questions by weekday and hour in a zone; only hours that are over count."""
    since = floor(max(window.since, window.until - _LONGEST_HEATMAP), "hour")
    hourly = Window(since, window.until, "hour", window.application, window.group)
    found = tallies.by_bucket(source, metrics.REQUESTS, hourly)
    begun = series.begun_at(found)
    sums = [[0.0] * 24 for _ in range(7)]
    hours = [[0] * 24 for _ in range(7)]
    for at in hourly.buckets():
        if begun is None or at < begun or at + timedelta(hours=1) > window.until:
            continue
        local = at.astimezone(zone)
        sums[local.weekday()][local.hour] += found[at].total if at in found else 0.0
        hours[local.weekday()][local.hour] += 1
    means = tuple(
        tuple(total / count if count else None for total, count in zip(day, counted, strict=True))
        for day, counted in zip(sums, hours, strict=True)
    )
    name = window.until.astimezone(zone).tzname() or "UTC"
    return Heatmap(means, tuple(map(tuple, hours)), name)


def _users(
    source: Cells,
    window: Window,
    people: Mapping[str, Tally],
    before: Mapping[str, Tally],
) -> tuple[UserRow, ...]:
    errors = tallies.by_label(source, metrics.ERRORS, window, "user")
    spent = tallies.by_label(source, metrics.COST, window, "user")
    busiest = sorted(people, key=lambda user: (-people[user].count, user))[:_MOST_USERS]
    return tuple(
        UserRow(
            user,
            people[user].count,
            before.get(user, tallies.NOTHING).count,
            errors.get(user, tallies.NOTHING).count,
            spent[user].total if user in spent else None,
        )
        for user in busiest
    )


def _outcomes(source: Cells, window: Window) -> dict[str, int]:
    found = tallies.by_label(source, metrics.REQUESTS, window, "outcome")
    ordered = sorted(found.items(), key=lambda pair: -pair[1].total)
    return {label: round(tally.total) for label, tally in ordered}


def _mean(now: float | None, before: float | None) -> Compared:
    return Compared(now, before, "nobody is named in this span" if now is None else "")


def _each(found: Mapping[str, Tally]) -> float | None:
    return sum(tally.total for tally in found.values()) / len(found) if found else None
