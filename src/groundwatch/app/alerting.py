"""Alerting in the watch process."""

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import structlog

from groundwatch.alerting.running import Alerting
from groundwatch.app.present import Present
from groundwatch.config import Config, ConfigWatcher, system_environment
from groundwatch.domain.clock import Clock
from groundwatch.errors import ConfigInvalid
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore


@contextmanager
def open_alerting(
    config: Config, database: Database, events: EventStore, clock: Clock
) -> Generator[Alerting | None]:
    """Evaluate, decide and deliver until the block ends; None where it is switched off."""
    if not config.alerting.enabled:
        yield None
        return
    alerting = Alerting(
        database,
        events,
        config.alerting,
        clock,
        owner=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}",
        new_id=lambda: uuid4().hex,
        public_url=config.server.public_url,
        changes=events.events,
    )
    alerting.start()
    try:
        yield alerting
    finally:
        alerting.close()


@contextmanager
def following(
    alerting: Alerting | None, present: Present, config_path: Path | None
) -> Generator[None]:
    """Take over channels and reports as the configuration changes, until the block ends."""
    if config_path is None:
        yield
        return
    log = structlog.get_logger("alerting")

    def change(new: Config) -> None:
        before, present.config = present.config, new
        if alerting is not None and new.alerting != before.alerting:
            alerting.follow(new.alerting)
            log.info("channels are taken over", channels=sorted(new.alerting.channels))

    def refused(error: ConfigInvalid) -> None:
        log.warning("configuration refused, the former stays", problems=error.problems)

    with ConfigWatcher(
        config_path, system_environment(), present.config, on_change=change, on_refused=refused
    ):
        yield
