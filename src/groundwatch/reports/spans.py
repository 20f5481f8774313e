"""The day, week or period that a report is about, in its readers' time zone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from groundwatch.analytics.windows import Step, Window, floor, span_of
from groundwatch.errors import InvalidInput

_DAY = timedelta(days=1)
_MOST_BY_HOUR = timedelta(days=35)
_OLDEST = date(2000, 1, 1)


class Kind(StrEnum):
    """The reports there are."""

    DAILY = "daily"
    WEEKLY = "weekly"
    EXECUTIVE = "executive"


@dataclass(frozen=True, slots=True)
class Span:
    """What a report is about.

    Attributes:
        date: names the report: the day, the Monday of the week, the last day of the period.
        window: what is measured, on whole hours; in zones off the hour it begins with the hour
            that holds midnight.
        zone: of the readers.
        label: the span in words.
        before: what it is compared with, in words.
        rolls: it ends now by choice, so nothing of it is still to come.
    """

    kind: Kind
    date: date
    window: Window
    zone: ZoneInfo
    label: str
    before: str
    rolls: bool = False

    @property
    def is_over(self) -> bool:
        return not self.window.is_open

    @property
    def days(self) -> float:
        return self.window.seconds / 86_400

    def link(self, path: str) -> str:
        """A page with this span; the path may have parameters."""
        window = self.window
        since, until = window.since, window.until
        given = {"since": _stamp(since), "until": _stamp(until)}
        if window.application:
            given["app"] = window.application
        return f"{path}{'&' if '?' in path else '?'}{urlencode(given)}"

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


def span_for(  # noqa: PLR0917  what names a report
    kind: Kind,
    day: date,
    now: datetime,
    zone: ZoneInfo,
    application: str = "",
    days: int = 7,
) -> Span:
    """The span of a report.

    Args:
        kind: of the report.
        day: the day, a day of the week, or the last day of the period.
        now: spans end here at the latest.
        zone: in which days begin at midnight.
        application: empty for all of them.
        days: of an executive report.

    Raises:
        InvalidInput: it has not begun, or lies before 2000.
    """
    first, last = _days(kind, day, days)
    begin, end = _midnight(first, zone), _midnight(last + _DAY, zone)
    if first < _OLDEST or begin >= now:
        raise InvalidInput(f"{day} is no day that a report can be made of; name a past one")
    until = min(end, now)
    step: Step = "hour" if end - begin <= _MOST_BY_HOUR else "day"
    window = Window(
        floor(begin, step), until, step, application or None, is_open=until == now and now < end
    )
    window = window if window.is_open else replace(window, until=floor(until, "hour"))
    named = first if kind is Kind.WEEKLY else last
    return Span(kind, named, window, zone, _label(kind, first, last), _before(kind, days))


def lately(period: str, now: datetime, zone: ZoneInfo, application: str = "") -> Span:
    """The period that ends now, such as `7d`, for the executive view.

    Raises:
        InvalidInput: it is no span of 1 to 90 days.
    """
    length = span_of(period)
    if not _DAY <= length <= 90 * _DAY:
        raise InvalidInput(f"{period[:20]!r} is no period of 1 to 90 days; write 7d or 30d")
    step: Step = "hour" if length <= _MOST_BY_HOUR else "day"
    since = floor(now - length, step)
    window = Window(since, now, step, application or None, is_open=True)
    days = max(1, round(length / _DAY))
    today = now.astimezone(zone).date()
    first = since.astimezone(zone).date()
    label = _range(first, today)
    before = _before(Kind.EXECUTIVE, days)
    return Span(Kind.EXECUTIVE, today, window, zone, label, before, rolls=True)


def _days(kind: Kind, day: date, days: int) -> tuple[date, date]:
    try:
        if kind is Kind.DAILY:
            return day, day
        if kind is Kind.WEEKLY:
            monday = day - _DAY * day.weekday()
            return monday, monday + _DAY * 6
        return day - _DAY * (days - 1), day
    except OverflowError as error:
        raise InvalidInput(f"{day} is no day that a report can be made of") from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(f"{day} is no day that a report can be made of") from error


def _label(kind: Kind, first: date, last: date) -> str:
    if kind is Kind.DAILY:
        return f"{first:%A}, {_day(first)}"
    if kind is Kind.WEEKLY:
        week = first.isocalendar()
        return f"Week {week.week} of {week.year}: {_range(first, last)}"
    return _range(first, last)


def _before(kind: Kind, days: int) -> str:
    if kind is Kind.DAILY:
        return "the day before"
    if kind is Kind.WEEKLY:
        return "the week before"
    return "the day before" if days == 1 else f"the {days} days before"


def _range(first: date, last: date) -> str:
    """`9 to 15 November 2026`, without what is said twice."""
    if first == last:
        return _day(last)
    if first.year != last.year:
        return f"{_day(first)} to {_day(last)}"
    month = "" if first.month == last.month else f" {first:%B}"
    return f"{first.day}{month} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
