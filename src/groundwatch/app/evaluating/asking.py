"""Questions through the real answering path; nothing of it is recorded in the data folder."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from groundwatch.access.directory import Directory
from groundwatch.app.answering import make_way
from groundwatch.app.evaluating.sets import Task
from groundwatch.app.ground import open_ground, running
from groundwatch.app.owner import OWNER, require_owner
from groundwatch.app.paths import DataFolder
from groundwatch.app.questions.shown import Shown
from groundwatch.app.syncing import sync
from groundwatch.config import Config
from groundwatch.domain.clock import system_clock
from groundwatch.domain.documents import document_id
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.questions import AskOptions
from groundwatch.errors import GroundwatchError
from groundwatch.generation.asking import Asking
from groundwatch.store import documents
from groundwatch.store.database import Database

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked.

    Attributes:
        relevant: ids of the right documents, grouped as in `Gold.sources`.
    """

    task: Task
    interaction: Interaction
    relevant: tuple[frozenset[str], ...]


@dataclass(slots=True)
class _Kept:
    """Takes interactions instead of the event store."""

    interactions: list[Interaction] = field(default_factory=list)

    def record(self, interaction: Interaction) -> None:
        self.interactions.append(interaction)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A data folder with its answering path, for questions that are not recorded."""

    config: Config
    asking: Asking
    directory: Directory
    database: Database
    kept: _Kept

    def ask_all(self, tasks: Sequence[Task], progress: Progress) -> list[Asked]:
        """Ask every question as its asker; one that fails counts as failed.

        Raises:
            NotFound: an asker is no user of the configuration.
        """
        identities = {
            name: self.directory.identity(name, OWNER) for name in {each.asker for each in tasks}
        }
        found = []
        for number, task in enumerate(tasks, start=1):
            options = AskOptions(uuid4().hex, endpoint="evaluate")
            try:
                for _ in self.asking.ask(task.question, identities[task.asker], options):
                    pass
            except GroundwatchError as error:
                log.info("question %s failed: %s", task.id, error)
            found.append(Asked(task, self.kept.interactions[-1], self._relevant(task)))
            progress(number, len(tasks))
        return found

    def _relevant(self, task: Task) -> tuple[frozenset[str], ...]:
        return tuple(
            frozenset(found for path in paths for found in self._ids(path))
            for paths in task.gold.sources
        )

    def _ids(self, path: str) -> list[str]:
        """The documents at a path; that of the first source where there is none."""
        ids = [document_id(source.name, path) for source in self.config.sources]
        with self.database.read() as connection:
            there = documents.metas(connection, ids)
        known = [each for each in ids if each in there]
        return known or ids[:1] or [document_id("", path)]


@contextmanager
def open_evaluated(
    config: Config, config_path: Path, indexing: Callable[[], Shown] | None
) -> Generator[Evaluated]:
    """The answering path of a configuration, with the running engine or one of our own.

    Args:
        config: whose answers are measured.
        config_path: its file.
        indexing: makes a progress display; None asks what is indexed already.
    """
    require_owner(config)
    folder = DataFolder(config.data)
    with running(folder, "engine", config_path):
        if indexing is not None:
            with running(folder, "worker", config_path), indexing() as progress:
                sync(config, [], progress.show)
        with open_ground(config, system_clock) as ground:
            kept = _Kept()
            way = make_way(ground, ground.config)
            asking = Asking(lambda _user, _session: way, kept, system_clock)
            directory = Directory(ground.config.users, ground.config.groups)
            yield Evaluated(ground.config, asking, directory, ground.database, kept)
