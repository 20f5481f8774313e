"""Reports of a configuration: made for whoever asks, and mailed by the watch process."""

import os
import socket
from collections.abc import Callable
from uuid import uuid4

from groundwatch.alerting.channels.mail import MailSettings
from groundwatch.analytics.business import Assumptions
from groundwatch.app.watched import thresholds
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.sending import ReportSender
from groundwatch.reports.sources import Judged, Sources, StoredIncidents
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

REPORT_SECONDS = 20.0


def report_desk(config: Config, database: Database, events: EventStore, clock: Clock) -> ReportDesk:
    """Makes reports by the thresholds, promises and assumptions of a configuration."""
    declared = config.business
    judged = Judged(
        thresholds(config),
        config.service_levels,
        config.capacity,
        declared.monthly_budget,
        Assumptions(declared.minutes_saved, declared.hourly_cost, declared.revenue),
    )
    sources = Sources(events, StoredIncidents(database), judged)
    channel = _channel(config)
    addresses = () if channel is None else channel.to
    return ReportDesk(sources, database, config.reports, clock, config.server.public_url, addresses)


def _channel(config: Config) -> MailSettings | None:
    """The channel that reports are mailed by; None where none is named."""
    channel = config.alerting.channels.get(config.reports.channel)
    return channel if isinstance(channel, MailSettings) else None


def report_chore(
    config: Config, database: Database, events: EventStore, clock: Clock
) -> Callable[[], object]:
    """Mails reports that are due; does nothing where no channel is named."""
    channel = _channel(config)
    if channel is None:
        return lambda: None
    desk = report_desk(config, database, events, clock)
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    return ReportSender(desk, database, (config.reports.channel, channel), clock, owner).look
