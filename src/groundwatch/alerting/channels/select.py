"""Channels of their settings."""

from typing import Annotated, assert_never

from pydantic import Field

from groundwatch.alerting.channels.apprise import Apprise, AppriseSettings
from groundwatch.alerting.channels.channel import Channel
from groundwatch.alerting.channels.mail import Mail, MailSettings
from groundwatch.alerting.channels.pagerduty import PagerDuty, PagerDutySettings
from groundwatch.alerting.channels.slack import Slack, SlackSettings
from groundwatch.alerting.channels.teams import Teams, TeamsSettings
from groundwatch.alerting.channels.webhook import Webhook, WebhookSettings
from groundwatch.domain.clock import Clock

AnyChannelSettings = Annotated[
    WebhookSettings
    | SlackSettings
    | MailSettings
    | PagerDutySettings
    | TeamsSettings
    | AppriseSettings,
    Field(discriminator="kind"),
]


def channel(name: str, settings: AnyChannelSettings, clock: Clock, public_url: str) -> Channel:
    """Make one channel."""
    match settings:
        case WebhookSettings():
            return Webhook(name, settings, clock, public_url)
        case SlackSettings():
            return Slack(name, settings)
        case MailSettings():
            return Mail(name, settings)
        case PagerDutySettings():
            return PagerDuty(name, settings, public_url)
        case TeamsSettings():
            return Teams(name, settings)
        case AppriseSettings():
            return Apprise(name, settings)
        case _:
            assert_never(settings)
