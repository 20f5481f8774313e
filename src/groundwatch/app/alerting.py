"""Alerting in the watch process."""

import logging
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from uuid import uuid4

from groundwatch.alerting.running import Alerting
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.errors import ConfigInvalid
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

_log = logging.getLogger(__name__)


@contextmanager
def open_alerting(
    config: Config, database: Database, events: EventStore, clock: Clock
) -> Generator[Alerting | None]:
    """Evaluate, decide and deliver until the block ends; None where it is switched off.

    A policy that does not fit is said in the log and stops nothing else of the watch.
    """
    if not config.alerting.enabled:
        yield None
        return
    try:
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
    except ConfigInvalid as error:
        _log.error("nothing is alerted, for the policy is refused: %s", error)
        yield None
        return
    alerting.start()
    try:
        yield alerting
    finally:
        alerting.close()
