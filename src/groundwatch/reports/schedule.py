"""Which report is due; pure, by the clock of the readers' zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from groundwatch.reports.settings import ReportSettings
from groundwatch.reports.spans import Kind

ATTEMPTS = 8
_FIRST_WAIT = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """A report that is to be sent.

    Attributes:
        date: names the report.
        at: when it is to be sent.
    """

    kind: Kind
    date: date
    at: datetime


class State(StrEnum):
    """How far the sending of a report is.

    `BEGUN` stands for what was due before anything was sent; `UNCERTAIN` for a mail that may
    have arrived: it is not sent again.
    """

    BEGUN = "begun"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Run:
    """One report and how its sending went.

    Attributes:
        at: of the last change.
        error: of the last attempt.
    """

    kind: Kind
    date: date
    planned_at: datetime
    state: State
    at: datetime
    attempts: int = 0
    error: str = ""


class Due(StrEnum):
    """What to do about a planned report, and why."""

    SEND = "send"
    RETRY = "retry"
    BEGIN = "begin"
    ABANDONED = "abandoned"
    WAIT = "wait"
    DONE = "done"


def latest(kind: Kind, settings: ReportSettings, now: datetime) -> Planned:
    """The last moment at which a report was to be sent, and which; earlier ones are not made up."""
    day = now.astimezone(settings.zone).date()
    weekday = settings.weekday(kind)
    while not _fits(day, weekday) or _moment(kind, day, settings) > now:
        day -= _DAY
    return Planned(kind, _about(kind, day), _moment(kind, day, settings))


def upcoming(kind: Kind, settings: ReportSettings, now: datetime) -> datetime:
    """The next moment at which a report is to be sent."""
    day = now.astimezone(settings.zone).date()
    weekday = settings.weekday(kind)
    while not _fits(day, weekday) or _moment(kind, day, settings) <= now:
        day += _DAY
    return _moment(kind, day, settings)


def due(planned: Planned, runs: Sequence[Run], now: datetime) -> Due:
    """Decide by the report's date alone, so that neither a changed time nor zone sends it twice.

    Args:
        planned: the latest of its kind.
        runs: of its kind, oldest first.
        now: the present.
    """
    if not runs:
        return Due.BEGIN
    last = max(runs, key=lambda run: run.date)
    if last.date < planned.date:
        return Due.SEND
    if last.date > planned.date:
        return Due.DONE
    if last.state is State.SENDING:
        return Due.ABANDONED
    if last.state is not State.FAILED:
        return Due.DONE
    return Due.RETRY if now >= last.at + wait(last.attempts) else Due.WAIT


def wait(attempts: int) -> timedelta:
    """How long after a failed attempt the next one waits: doubling, an hour at most."""
    return min(timedelta(hours=1), _FIRST_WAIT * 2.0 ** max(0, attempts - 1))


def _fits(day: date, weekday: int | None) -> bool:
    return weekday is None or day.weekday() == weekday


def _about(kind: Kind, day: date) -> date:
    if kind is Kind.WEEKLY:
        return day - _DAY * (day.weekday() + 7)
    return day - _DAY


def _moment(kind: Kind, day: date, settings: ReportSettings) -> datetime:
    hour, minute = (int(each) for each in settings.schedule(kind).at.split(":"))
    return datetime.combine(day, time(hour, minute), settings.zone).astimezone(UTC)
