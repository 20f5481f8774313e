"""Times of the week, month and year, in the syntax of Alertmanager's time intervals."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from groundwatch.errors import InvalidInput
from groundwatch.settings import SettingsPart

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")

Range = tuple[int, int]


class TimeRangeSettings(SettingsPart):
    """From a time of day to another; the end is no part of it.

    Attributes:
        start_time, end_time: `HH:MM`; the end may be `24:00`.
    """

    start_time: str
    end_time: str


class TimeIntervalSettings(SettingsPart):
    """What of time is meant: within a list any element, across the lists all.

    Attributes:
        weekdays: names, or ranges such as `monday:friday`; weeks begin on Sunday.
        days_of_month: numbers or ranges; negative ones count from the month's end.
        months: names or numbers, or ranges of them.
        years: numbers or ranges.
        location: an IANA name, such as `Europe/Berlin`.
    """

    times: tuple[TimeRangeSettings, ...] = ()
    weekdays: tuple[str, ...] = ()
    days_of_month: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    location: str = "UTC"

    @model_validator(mode="after")
    def _readable(self) -> "TimeIntervalSettings":
        try:
            interval(self)
        except InvalidInput as error:
            raise ValueError(str(error)) from error
        return self


class NamedIntervalSettings(SettingsPart):
    """Time intervals under a name, for routes to refer to."""

    name: str = Field(min_length=1)
    time_intervals: tuple[TimeIntervalSettings, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """Ranges that are ready to be asked; ends are inclusive, except that of a time of day."""

    times: tuple[Range, ...]
    weekdays: tuple[Range, ...]
    days: tuple[Range, ...]
    months: tuple[Range, ...]
    years: tuple[Range, ...]
    zone: tzinfo

    def holds(self, now: datetime) -> bool:
        """Whether a moment lies in it."""
        local = now.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return (
            (not self.times or any(first <= minute < end for first, end in self.times))
            and _within(self.weekdays, local.isoweekday() % 7)
            and self._day_holds(local)
            and _within(self.months, local.month)
            and _within(self.years, local.year)
        )

    def _day_holds(self, local: datetime) -> bool:
        length = calendar.monthrange(local.year, local.month)[1]
        return not self.days or any(
            _from_start(first, length) <= local.day <= _from_start(last, length)
            for first, last in self.days
            if first <= length
        )


def interval(settings: TimeIntervalSettings) -> TimeInterval:
    """Make settings ready; raises InvalidInput naming what is not understood."""
    return TimeInterval(
        tuple(_times(each) for each in settings.times),
        tuple(_range(each, _DAYS, (0, 6)) for each in settings.weekdays),
        tuple(_days(each) for each in settings.days_of_month),
        tuple(_range(each, ("", *_MONTHS), (1, 12)) for each in settings.months),
        tuple(_range(each, (), (1, 9999)) for each in settings.years),
        _zone(settings.location),
    )


Intervals = Mapping[str, tuple[TimeInterval, ...]]


def named(settings: tuple[NamedIntervalSettings, ...]) -> Intervals:
    """The intervals by name; raises InvalidInput when a name is there twice."""
    found: dict[str, tuple[TimeInterval, ...]] = {}
    for each in settings:
        if each.name in found:
            raise InvalidInput(f"the time interval {each.name!r} is there twice; rename one")
        found[each.name] = tuple(interval(one) for one in each.time_intervals)
    return found


def _within(ranges: tuple[Range, ...], value: int) -> bool:
    return not ranges or any(first <= value <= last for first, last in ranges)


def _from_start(day: int, length: int) -> int:
    return max(1, length + day + 1) if day < 0 else min(day, length)


def _times(settings: TimeRangeSettings) -> Range:
    first, end = _minute(settings.start_time), _minute(settings.end_time)
    if not first < end:
        raise InvalidInput(
            f"the time {settings.start_time} to {settings.end_time} ends before it begins; "
            "write two ranges for a night"
        )
    return first, end


def _minute(text: str) -> int:
    if not _TIME.fullmatch(text):
        raise InvalidInput(f"{text[:20]!r} is no time of day; write HH:MM")
    return int(text[:2]) * 60 + int(text[3:])


def _range(text: str, names: tuple[str, ...], bounds: Range) -> Range:
    parts = [part.strip().lower() for part in text.split(":")]
    numbers = [names.index(part) if part and part in names else _number(part) for part in parts]
    first, last = numbers[0], numbers[-1]
    if len(parts) > 2 or first is None or last is None:
        raise InvalidInput(f"{text[:40]!r} is no day, month or year, and no range of them")
    if not bounds[0] <= first <= last <= bounds[1]:
        raise InvalidInput(f"{text[:40]!r} must rise, between {bounds[0]} and {bounds[1]}")
    return first, last


def _days(text: str) -> Range:
    parts = [_number(part.strip()) for part in text.split(":")]
    first, last = parts[0], parts[-1]
    if len(parts) > 2 or first is None or last is None:
        raise InvalidInput(f"{text[:40]!r} is no day of the month, and no range")
    if any(not 1 <= abs(day) <= 31 for day in (first, last)):
        raise InvalidInput(f"{text[:40]!r} must lie between 1 and 31, or -31 and -1")
    if (first < 0) == (last < 0) and first > last:
        raise InvalidInput(f"{text[:40]!r} ends before it begins")
    if first < 0 < last:
        raise InvalidInput(f"{text[:40]!r} begins from the month's end, but ends from its start")
    return first, last


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,4}", text) else None


def _zone(name: str) -> tzinfo:
    if name in {"", "UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(f"{name[:60]!r} is no time zone; write one such as UTC") from error
