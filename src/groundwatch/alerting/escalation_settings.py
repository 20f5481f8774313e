"""Settings of escalation: who is told next when nobody acknowledges."""

from datetime import datetime, timedelta

from pydantic import Field

from groundwatch.alerting.durations import Duration
from groundwatch.settings import SettingsPart


class StepSettings(SettingsPart):
    """One step of a policy.

    Attributes:
        after: waits so long after the step before, or after the first notice.
        notify: names of channels or schedules.
        policy: goes on with the steps of another policy instead.
    """

    after: Duration = timedelta(minutes=5)
    notify: tuple[str, ...] = ()
    policy: str = ""


class PolicySettings(SettingsPart):
    """Steps that are taken one after another until somebody acknowledges.

    Attributes:
        repeat: how often all steps are taken again.
        acknowledgement_ends: an acknowledgement holds so long; 0 until the end.
    """

    name: str = Field(min_length=1)
    steps: tuple[StepSettings, ...] = Field(min_length=1)
    repeat: int = Field(default=0, ge=0, le=100)
    acknowledgement_ends: Duration = timedelta(hours=24)


class ScheduleSettings(SettingsPart):
    """Channels that take turns.

    Attributes:
        rotation: channels in their order.
        every: how long a turn lasts.
        starts_at: when the first turn began; with a time zone.
        location: turns of whole days change at this zone's time of day.
    """

    name: str = Field(min_length=1)
    rotation: tuple[str, ...] = Field(min_length=1)
    every: Duration = timedelta(days=7)
    starts_at: datetime
    location: str = "UTC"
