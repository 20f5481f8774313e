"""Spans of time that numbers are about, and the spans they are compared with."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from groundwatch.errors import InvalidInput

Step = Literal["minute", "hour", "day"]

LENGTHS: dict[Step, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_FINER: dict[Step, Step] = {"day": "hour", "hour": "minute"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MINUTES = timedelta(hours=3)
_MOST_HOURS = timedelta(days=10)
_LONGEST = timedelta(days=800)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Window:
    """What numbers are about: a span of time, and whose.

    Attributes:
        since: begins on a whole step; inclusive.
        until: exclusive; the present, or a whole step.
        application: None for all of them.
        group: only questions of this group; empty for all.
        is_open: ends at the present, beyond which nothing was observed.
        is_comparable: the span before was observed from its beginning.
    """

    since: datetime
    until: datetime
    step: Step
    application: str | None = None
    group: str = ""
    is_open: bool = False
    is_comparable: bool = True

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()

    @property
    def length(self) -> timedelta:
        return LENGTHS[self.step]

    def before(self) -> "Window":
        """The span of the same length before this one, on whole steps.

        Empty where that span is not comparable, so that nothing is compared with a part of it.
        """
        length = -(-(self.until - self.since) // self.length) * self.length
        since = self.since - length
        until = self.until - length if self.is_comparable else since
        return replace(self, since=since, until=until, is_open=False)

    def buckets(self) -> list[datetime]:
        """When each step begins."""
        count = -(-(self.until - self.since) // self.length)
        return [self.since + self.length * place for place in range(count)]

    def bucket_seconds(self, at: datetime) -> float:
        """How much of a step lies inside the window, at least a second."""
        return max(1.0, (min(at + self.length, self.until) - at).total_seconds())


def floor(at: datetime, step: Step) -> datetime:
    """The beginning of the step a moment lies in, in UTC."""
    return at - (at - _EPOCH) % LENGTHS[step]


def span_of(text: str) -> timedelta:
    """`15m`, `1h`, `24h`, `7d` as a length.

    Raises:
        InvalidInput: it reads otherwise, or is longer than 800 days.
    """
    number, unit = text[:-1], text[-1:]
    is_read = number.isascii() and number.isdigit() and len(number) < 7 and unit in _UNITS
    length = timedelta(**{_UNITS[unit]: int(number)}) if is_read else timedelta()
    if not timedelta() < length <= _LONGEST:
        raise InvalidInput(f"{text[:20]!r} is no span of time; write 15m, 1h, 24h, 7d or 30d.")
    return length


def step_for(length: timedelta) -> Step:
    """How finely a span of this length is drawn."""
    if length <= _MOST_MINUTES:
        return "minute"
    return "hour" if length <= _MOST_HOURS else "day"


def last(
    length: timedelta, now: datetime, application: str | None = None, group: str = ""
) -> Window:
    """The span that ends now."""
    step = step_for(length)
    since = floor(now - length + LENGTHS[step], step)
    return Window(since, now, step, application, group, is_open=True)


def between(
    since: datetime, until: datetime, now: datetime, application: str | None, group: str
) -> Window:
    """A span of somebody's choice, widened to whole steps; never beyond now.

    Raises:
        InvalidInput: it ends before it begins, begins in the future, or is too long.
    """
    if not since < until or since >= now or until - since > _LONGEST:
        raise InvalidInput("The span must begin in the past, end after that, and last <= 800 days.")
    step = step_for(until - since)
    end = floor(until, step)
    end = end if end == until else end + LENGTHS[step]
    return Window(floor(since, step), min(end, now), step, application, group, is_open=end >= now)


Piece = tuple[Step, datetime, datetime]


def covering(window: Window) -> list[Piece]:
    """Steps that cover a window exactly, to the minute: coarse where it is over.

    What ends at the present ends with the hour that is not over, as a whole.
    """
    hour = floor(window.until, "hour")
    if not window.is_open or window.since > hour or hour == window.until:
        return pieces(window.since, window.until, "day")
    return [*pieces(window.since, hour, "day"), ("hour", hour, window.until)]


def to_the_hour(window: Window) -> Window:
    """A window that ended in the past, with its end at the nearest hour.

    For splits by person or session, of which there are thousands: their minutes cost too much. A
    window of minutes, or one that ends now, stays as it is.
    """
    if window.step == "minute" or window.is_open or window.since == window.until:
        return window
    return replace(window, until=floor(window.until + LENGTHS["hour"] / 2, "hour"))


def pieces(since: datetime, until: datetime, step: Step) -> list[Piece]:
    """Whole steps that cover a span exactly, to the minute: coarse inside, fine at its edges."""
    if since >= until:
        return []
    first, end = _ceiling(since, step), floor(until, step)
    if step == "minute":
        return [("minute", floor(since, "minute"), until)]
    if first >= end:
        return pieces(since, until, _FINER[step])
    covering: list[tuple[Step, datetime, datetime]] = [(step, first, end)]
    if since < first:
        covering = [*pieces(since, first, _FINER[step]), *covering]
    if end < until:
        covering += pieces(end, until, _FINER[step])
    return covering


def _ceiling(at: datetime, step: Step) -> datetime:
    start = floor(at, step)
    return start if start == at else start + LENGTHS[step]
