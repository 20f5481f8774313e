"""Ledger, store and index, compared both ways."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from groundwatch.app.ground import open_ground, running
from groundwatch.app.owner import require_owner
from groundwatch.app.paths import DataFolder
from groundwatch.app.waking import waking
from groundwatch.config import Config
from groundwatch.domain.clock import system_clock
from groundwatch.store.ledger.verifying import Place, compare, look_again
from groundwatch.wire.client import Client


@dataclass(frozen=True, slots=True)
class Verified:
    """In what ledger, store and index differ; documents by id, or by source and path.

    Attributes:
        checked: documents of the store that were compared with the index.
        missing: in the store and not in the index.
        stale: in both, with other chunks, another version or other permissions.
        extra: in the index and not in the store.
        lost: done according to the ledger, and not in the store.
        unknown: in the store, and not according to the ledger.
    """

    checked: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    extra: tuple[str, ...]
    lost: tuple[Place, ...]
    unknown: tuple[Place, ...]

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.stale or self.extra or self.lost or self.unknown)


def verify(config: Config, config_path: Path, *, repair: bool) -> Verified:
    """Compare; with `repair` mend the index, and have sources asked again where the ledger differs.

    Raises:
        NotPermitted: the data folder is somebody else's.
        Unavailable: there is no index now.
    """
    require_owner(config)
    folder = DataFolder(config.data)
    with running(folder, "engine", config_path), open_ground(config, system_clock) as ground:
        with ground.database.write() as connection:
            ledger = compare(connection)
            if repair:
                look_again(connection, (*ledger.lost, *ledger.unknown), system_clock())
        index = ground.index.verify(repair=repair)
    with closing(Client(folder.worker_socket, patience=0.0)) as worker:
        waking(worker)()
    return Verified(
        index.checked, index.missing, index.stale, index.extra, ledger.lost, ledger.unknown
    )
