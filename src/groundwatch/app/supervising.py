"""The processes of a server, begun first: they get ready while this one imports the API."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from groundwatch.app.children import Child
from groundwatch.app.paths import DataFolder
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
        for role in ("engine", "worker", "watch"):
            child = Child(role, ["run", role, "--config", str(config_path)], folder.log(role))
            stack.callback(child.close)
        yield
