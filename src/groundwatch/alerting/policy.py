"""The file that says who is told of what, when and how often.

In Alertmanager's words where it has them: `route`, `inhibit_rules`, `time_intervals`.
"""

from datetime import timedelta

from pydantic import ConfigDict, Field, model_validator

from groundwatch.alerting.automatic_settings import AutomaticSettings
from groundwatch.alerting.durations import Duration
from groundwatch.alerting.escalation_settings import PolicySettings, ScheduleSettings
from groundwatch.alerting.intervals import NamedIntervalSettings
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.settings import SettingsPart


class RouteSettings(SettingsPart):
    """One node of the routing tree; what is not set is the parent's.

    Attributes:
        matchers: conditions such as `severity="critical"`, or several in one `{...}`.
        match, match_re: the same in Alertmanager's older spelling.
        group_by: labels whose values tell groups apart; `...` alone means all of them.
        group_wait: before the first notice of a new group.
        group_interval: between two looks at a group.
        repeat_interval: after so long a notice is repeated while something fires.
        goes_on: written `continue`: siblings behind it are tried too.
        mute_time_intervals: names; nothing is told while one holds.
        active_time_intervals: names; something is told only while one holds.
        escalation: name of a policy.
    """

    model_config = ConfigDict(populate_by_name=True)

    receiver: str = ""
    matchers: tuple[str, ...] | str = ()
    match: dict[str, str] = Field(default_factory=dict)
    match_re: dict[str, str] = Field(default_factory=dict)
    group_by: tuple[str, ...] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    goes_on: bool = Field(default=False, alias="continue")
    mute_time_intervals: tuple[str, ...] = ()
    active_time_intervals: tuple[str, ...] = ()
    escalation: str | None = None
    routes: "tuple[RouteSettings, ...]" = ()


class ReceiverSettings(SettingsPart):
    """A name for one or several channels.

    Attributes:
        channels: names of `alerting.channels`.
        send_resolved: whether the end is told; it always is unless you say no.
    """

    name: str = Field(min_length=1)
    channels: tuple[str, ...] = ()
    send_resolved: bool = True


class InhibitionSettings(SettingsPart):
    """While a source fires, targets with equal values of some labels are not told.

    Attributes:
        source_matchers, target_matchers: which alerts inhibit, and which are inhibited.
        source_match, source_match_re, target_match, target_match_re: the older spelling.
        equal: labels that must have the same values; a missing one equals an empty one.
    """

    source_matchers: tuple[str, ...] | str = ()
    target_matchers: tuple[str, ...] | str = ()
    source_match: dict[str, str] = Field(default_factory=dict)
    source_match_re: dict[str, str] = Field(default_factory=dict)
    target_match: dict[str, str] = Field(default_factory=dict)
    target_match_re: dict[str, str] = Field(default_factory=dict)
    equal: tuple[str, ...] = ()


class AlertPolicySettings(SettingsPart):
    """Everything the file may say.

    Attributes:
        resolve_timeout: an alert that is posted without an end is over after so long.
        environment: such as production; named in notices whose alerts have no label of the name.
        default_rules: whether the rules that come with Groundwatch are evaluated.
    """

    route: RouteSettings = RouteSettings(
        receiver="default",
        group_by=("alertname", "application"),
        group_wait=timedelta(seconds=30),
        group_interval=timedelta(minutes=5),
        repeat_interval=timedelta(hours=4),
    )
    receivers: tuple[ReceiverSettings, ...] = ()
    inhibit_rules: tuple[InhibitionSettings, ...] = ()
    time_intervals: tuple[NamedIntervalSettings, ...] = ()
    escalations: tuple[PolicySettings, ...] = ()
    schedules: tuple[ScheduleSettings, ...] = ()
    automatic: AutomaticSettings = AutomaticSettings()
    resolve_timeout: Duration = timedelta(minutes=5)
    environment: str = Field(default="", max_length=100)
    default_rules: bool = True
    rules: tuple[RuleSettings, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> "AlertPolicySettings":
        for kind, entries in (
            ("receiver", self.receivers),
            ("escalation", self.escalations),
            ("schedule", self.schedules),
            ("rule", self.rules),
        ):
            names = [each.name for each in entries]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"the {kind} {twice[0]!r} is there twice; rename one")
        return self
