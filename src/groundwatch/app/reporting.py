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
from groundwatch.reports.schedule import Run
from groundwatch.reports.sending import ReportSender
from groundwatch.reports.sources import Judged, Sources, StoredIncidents
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

REPORT_SECONDS = 5.0


def report_desk(
    present: Callable[[], Config], database: Database, events: EventStore, clock: Clock
) -> ReportDesk:
    """Makes reports by the thresholds, promises and assumptions of the start.

    When, how and to whom they are sent is as it is configured at the time.
    """
    config = present()
    declared = config.business
    judged = Judged(
        thresholds(config),
        config.service_levels,
        config.capacity,
        declared.monthly_budget,
        Assumptions(declared.minutes_saved, declared.hourly_cost, declared.revenue),
    )
    sources = Sources(events, StoredIncidents(database), judged)
    return ReportDesk(
        sources,
        database,
        lambda: present().reports,
        clock,
        config.server.public_url,
        lambda: _addresses(present()),
    )


def _channel(config: Config) -> MailSettings | None:
    """The channel that reports are mailed by; None where none is named."""
    channel = config.alerting.channels.get(config.reports.channel)
    return channel if isinstance(channel, MailSettings) else None


def _addresses(config: Config) -> tuple[str, ...]:
    channel = _channel(config)
    return () if channel is None else channel.to


def report_chore(
    present: Callable[[], Config], database: Database, events: EventStore, clock: Clock
) -> Callable[[], list[Run]]:
    """Mails reports that are due; does nothing while no channel is named."""
    desk = report_desk(present, database, events, clock)
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"

    def look() -> list[Run]:
        config = present()
        channel = _channel(config)
        if channel is None:
            return []
        named = config.reports.channel, channel
        return ReportSender(desk, database, named, clock, owner).look()

    return look
