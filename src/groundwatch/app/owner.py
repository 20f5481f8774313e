"""The store of the data folder opened by its owner, for commands that need nothing else."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from groundwatch.access.credentials import Credentials
from groundwatch.access.directory import Directory
from groundwatch.app.links import sign_in_link
from groundwatch.app.paths import DataFolder
from groundwatch.config import Config
from groundwatch.domain.clock import system_clock
from groundwatch.errors import NotPermitted
from groundwatch.store.database import Database, open_database
from groundwatch.store.events import EventStore, open_events

OWNER = "owner"


def require_owner(config: Config) -> None:
    """Let nobody but the owner of the data folder (and root) act through the command line.

    Raises:
        NotPermitted: the folder is somebody else's.
    """
    if config.data.exists() and os.geteuid() not in (0, config.data.stat().st_uid):
        raise NotPermitted(
            f"{config.data} belongs to somebody else; use the HTTP API with a key instead"
        )


@contextmanager
def open_store(config: Config) -> Generator[tuple[Database, EventStore]]:
    """The store with everything that is watched."""
    with open_database_only(config) as database:
        events = open_events(config.store, config.data, database, system_clock)
        try:
            yield database, events
        finally:
            events.close()


@contextmanager
def open_database_only(config: Config) -> Generator[Database]:
    """The store alone."""
    require_owner(config)
    DataFolder(config.data).prepare()
    database = open_database(config.store, config.data, system_clock)
    try:
        yield database
    finally:
        database.close()


@dataclass(frozen=True, slots=True)
class Access:
    """Keys and links, and who there is."""

    credentials: Credentials
    directory: Directory
    config: Config

    def link(self, user: str) -> str:
        """A sign-in link to the server as it is reached now."""
        return sign_in_link(self.credentials, server_url(self.config), user)


@contextmanager
def open_access(config: Config) -> Generator[Access]:
    """Keys and links, without any other process."""
    with open_database_only(config) as database:
        directory = Directory(config.users, config.groups)
        yield Access(Credentials(database, directory, system_clock), directory, config)


def server_url(config: Config) -> str:
    """Where the running server listens, else where the configuration would have it."""
    address = DataFolder(config.data).address
    if address.exists():
        return str(json.loads(address.read_text())["url"])
    host = "127.0.0.1" if config.server.host in {"0.0.0.0", "::"} else config.server.host  # noqa: S104
    return config.server.public_url or f"http://{host}:{config.server.port}"
