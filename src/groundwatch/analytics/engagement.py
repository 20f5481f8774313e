"""How many come again: active people a day and a week, new ones, and those who stayed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Compared, Share, share
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics
from groundwatch.store.events.cells import CellQuery

_DAY = timedelta(days=1)
_WEEK, _MONTH = 7 * _DAY, 28 * _DAY
NOBODY = "nobody is named in this span"


@dataclass(frozen=True, slots=True)
class Engagement:
    """People, not questions; of groups together, because a person's group is not counted apart.

    Attributes:
        daily: people a day, the mean over the whole days on record of the last seven.
        weekly, monthly: people of the last 7 and 28 whole days.
        stickiness: `daily` of `weekly`: how much of a week's people a day sees.
        new: people of the window who had not asked in the 28 days before it, as far as they are on
            record; None where the span before is not.
        retained: of the people of the span before, those who asked again in this one.
        days: whole days on record that `daily` is the mean of.
    """

    daily: Compared
    weekly: Compared
    monthly: int
    stickiness: Compared
    new: int | None
    retained: Compared
    days: int


@dataclass(frozen=True, slots=True)
class _Week:
    people: frozenset[str]
    daily: float | None
    days: int

    @property
    def stickiness(self) -> float | None:
        return self.daily / len(self.people) if self.daily and self.people else None


def engagement(source: Cells, window: Window) -> Engagement:
    """Measure who comes again; days are those of UTC."""
    today = floor(window.until, "day")
    by_day = _by_day(source, window, today - _MONTH, today)
    now, before = _week(by_day, today), _week(by_day, today - _WEEK)
    people = _people(source, window)
    earlier = _people(source, replace(window, since=window.since - _MONTH, until=window.since))
    last = _people(source, window.before())
    reason = "" if now.people else "no whole day with people is on record"
    return Engagement(
        Compared(now.daily, before.daily, reason),
        Compared(len(now.people), len(before.people)),
        len(frozenset().union(*by_day.values())),
        Compared(now.stickiness, before.stickiness, reason),
        len(people - earlier) if window.is_comparable else None,
        share(Share(len(people & last), len(last)), Share(0, 0), "nobody asked in the span before"),
        now.days,
    )


def _by_day(
    source: Cells, window: Window, since: datetime, until: datetime
) -> Mapping[datetime, frozenset[str]]:
    query = CellQuery(metrics.REQUESTS.name, since, until, "day", window.application, "user")
    found: dict[datetime, set[str]] = {}
    for cell in source.cells(query):
        found.setdefault(cell.at, set()).add(cell.label)
    return {at: frozenset(labels) for at, labels in found.items()}


def _week(by_day: Mapping[datetime, frozenset[str]], until: datetime) -> _Week:
    """The seven days before a moment; days before the first of all are not on record."""
    first = min(by_day, default=until)
    days = [at for n in range(1, 8) if (at := until - n * _DAY) >= first]
    each = [by_day.get(at, frozenset[str]()) for at in days]
    whole: frozenset[str] = frozenset().union(*each)
    return _Week(whole, sum(map(len, each)) / len(each) if whole else None, len(days))


def _people(source: Cells, window: Window) -> frozenset[str]:
    if window.since >= window.until:
        return frozenset()
    return tallies.distinct(source, metrics.REQUESTS, window, "user").labels
