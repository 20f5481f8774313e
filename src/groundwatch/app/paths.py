"""Where things lie in the data folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of the one folder that holds everything."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def engine_socket(self) -> Path:
        return self.run / "engine.sock"

    @property
    def worker_socket(self) -> Path:
        return self.run / "worker.sock"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def models(self) -> Path:
        return self.root / "models"

    def prepare(self) -> None:
        """Make the folders; only their owner may enter."""
        for folder in (self.root, self.run, self.index, self.models):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
