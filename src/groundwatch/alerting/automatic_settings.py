"""Settings of what is held back without anybody's word."""

from datetime import timedelta

from pydantic import Field

from groundwatch.alerting.durations import Duration
from groundwatch.alerting.intervals import TimeIntervalSettings
from groundwatch.domain.status import Severity
from groundwatch.settings import SettingsPart


class BusinessHoursSettings(SettingsPart):
    """Outside of these hours what is not bad waits for their next opening.

    Attributes:
        hours: when somebody works; none means always.
        up_to: what is worse than this never waits.
    """

    hours: tuple[TimeIntervalSettings, ...] = ()
    up_to: Severity = Severity.LOW


class FlappingSettings(SettingsPart):
    """An incident that comes and goes is kept open, and says so.

    Attributes:
        opened: so many times, within
        window: so long, is flapping.
        hold: its end is told when it has been quiet for so long.
    """

    opened: int = Field(default=4, ge=2)
    window: Duration = timedelta(minutes=30)
    hold: Duration = timedelta(minutes=10)


class StormSettings(SettingsPart):
    """More than so many new incidents of a receiver in a minute are told as one.

    Attributes:
        incidents: that are told one by one in a minute.
        collect: how long the rest is collected.
    """

    incidents: int = Field(default=20, ge=1)
    collect: Duration = timedelta(minutes=1)


class AutomaticSettings(SettingsPart):
    """Steps of our own behind the routing.

    None of them holds back the first notice of something critical, a rise in severity, or an end.

    Attributes:
        similar_window: incidents with the alert name and receiver of one just told wait so long;
            0 switches it off.
        low_per_hour: notices of low severity to a receiver in an hour; 0 sets no limit.
    """

    enabled: bool = True
    business_hours: BusinessHoursSettings = BusinessHoursSettings()
    similar_window: Duration = timedelta(seconds=300)
    low_per_hour: int = Field(default=10, ge=0)
    flapping: FlappingSettings = FlappingSettings()
    storm: StormSettings = StormSettings()
