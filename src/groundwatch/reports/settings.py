"""Settings of reports: when they are made, for whom, and how they look."""

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from groundwatch.reports.spans import Kind
from groundwatch.settings import SettingsPart

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


class ScheduleSettings(SettingsPart):
    """When a report is sent, and to whom.

    Attributes:
        at: time of the day in the reports' zone.
        to: addresses instead of the channel's own.
    """

    enabled: bool = True
    at: str = Field(default="09:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    to: tuple[str, ...] = Field(default=(), max_length=50)

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if each.count("@") != 1 or any(c.isspace() or c in "<>,;:\\" for c in each):
                raise ValueError(f"{each[:60]!r} is no e-mail address")
        return value


class WeeklySettings(ScheduleSettings):
    """The weekly report, about the last whole week from Monday to Sunday."""

    weekday: Weekday = "monday"


class ExecutiveSettings(ScheduleSettings):
    """The executive report; it is sent once a week when it is switched on.

    Attributes:
        days: how many days it is about, up to the day before.
    """

    enabled: bool = False
    weekday: Weekday = "monday"
    days: int = Field(default=7, ge=1, le=90)


class ReportSettings(SettingsPart):
    """Reports.

    Attributes:
        channel: name of a channel of the kind `mail`; empty sends nothing.
        timezone: in which days begin and times are meant.
        application: only of this one; empty for all.
        templates: folder of templates that replace ours.
        font, font_bold: TrueType files for the PDF, for text beyond Latin letters.
        attach_pdf: whether mails carry the report as a PDF too.
    """

    channel: str = ""
    timezone: str = "UTC"
    application: str = Field(default="", max_length=200)
    templates: Path | None = None
    font: Path | None = None
    font_bold: Path | None = None
    attach_pdf: bool = True
    daily: ScheduleSettings = ScheduleSettings()
    weekly: WeeklySettings = WeeklySettings()
    executive: ExecutiveSettings = ExecutiveSettings()

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError) as error:
            raise ValueError(
                f"{value[:60]!r} is no time zone; write one such as Europe/Berlin"
            ) from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def schedule(self, kind: Kind) -> ScheduleSettings:
        """When a report of a kind is sent."""
        return {
            Kind.DAILY: self.daily,
            Kind.WEEKLY: self.weekly,
            Kind.EXECUTIVE: self.executive,
        }[kind]

    def weekday(self, kind: Kind) -> int | None:
        """On which day of the week a report is sent, Monday is 0; None every day."""
        if kind is Kind.DAILY:
            return None
        weekly = self.weekly.weekday if kind is Kind.WEEKLY else self.executive.weekday
        return WEEKDAYS.index(weekly)
