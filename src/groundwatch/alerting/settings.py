"""Settings of alerting: channels here, for they hold secrets; who is told of what in the policy."""

from pathlib import Path

from pydantic import Field

from groundwatch.alerting.channels.select import AnyChannelSettings
from groundwatch.settings import SettingsPart


class AlertingSettings(SettingsPart):
    """How alerts are evaluated and told.

    Attributes:
        enabled: whether rules are evaluated and notices sent.
        policy: file with routes, receivers, rules and the rest; relative to the configuration.
        evaluate_seconds: how often rules and service levels are evaluated.
        channels: where notices go, by name.
    """

    enabled: bool = True
    policy: Path | None = None
    evaluate_seconds: float = Field(default=15.0, ge=1, le=3600)
    channels: dict[str, AnyChannelSettings] = Field(default_factory=dict)
