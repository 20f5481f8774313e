"""The processes of a server, begun first: they get ready while this one imports the API."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from groundwatch.app.children import Child, Process, role_command, started
from groundwatch.app.forking import Forked, can_fork
from groundwatch.app.paths import DataFolder
from groundwatch.app.roles import ROLES, import_role, run_role
from groundwatch.app.single import only_one
from groundwatch.config import Config


@contextmanager
def server_processes(config: Config, config_path: Path) -> Generator[None]:
    """Supervise the engine, the worker and the watch until the block ends.

    Raises:
        Conflict: another server uses the data folder.
    """
    folder = DataFolder(config.data)
    folder.prepare()
    with only_one(folder.lock("server"), "server"), ExitStack() as stack:
        children = []
        for role in ROLES:
            child = Child(role, partial(_start, role, config_path, folder.log(role)))
            stack.callback(child.close)
            children.append(child)
        for child in children:
            child.supervise()
        yield


def _start(role: str, config_path: Path, log: Path) -> Process:
    """Start a process: as a copy of this one while that is whole, else from nothing.

    The first ones are copies, and share what this process imports; their successors, started
    while this process has threads, are not.
    """
    arguments = role_command(role, config_path)
    if not can_fork():
        return started(arguments, log)
    import_role(role)
    return Forked(["groundwatch", *arguments], log, partial(run_role, role, config_path))
