"""What each process of a server does, whether it was forked or begun anew."""

import threading
from importlib import import_module
from pathlib import Path

from groundwatch.app.children import wait_for_parent
from groundwatch.app.logs import allow_in_logs, configure_logs
from groundwatch.config import load, system_environment
from groundwatch.domain.clock import system_clock

ENGINE, WORKER, WATCH = "engine", "worker", "watch"
ROLES = (ENGINE, WORKER, WATCH)
"""In the order in which they begin: the others wait for the engine."""

_MODULES = {
    ENGINE: "groundwatch.app.engine",
    WORKER: "groundwatch.app.worker",
    WATCH: "groundwatch.app.watching",
}


def import_role(role: str) -> None:
    """Import what a process needs, before it is forked, so that it is shared."""
    import_module(_MODULES[role])


def run_role(role: str, config_path: Path) -> None:
    """Be the engine, the worker or the watch until standard input closes."""
    stop = threading.Event()
    configure_logs(role)
    wait_for_parent(stop)
    path = config_path.resolve()
    config = load(path, system_environment(), folders_may_be_away=True)
    allow_in_logs(config.logs)
    match role:
        case "engine":
            from groundwatch.app.engine import run_engine

            run_engine(config, stop, system_clock)
        case "worker":
            from groundwatch.app.worker import run_worker

            run_worker(config, path, stop, system_clock)
        case "watch":
            from groundwatch.app.watching import run_watch

            run_watch(config, path, stop, system_clock)
