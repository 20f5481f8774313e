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
    def index(self) -> Path:
        return self.root / "index"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def address(self) -> Path:
        """Where a running server says how it is reached."""
        return self.run / "server.json"

    @property
    def engine_socket(self) -> Path:
        return self.socket("engine")

    @property
    def worker_socket(self) -> Path:
        return self.socket("worker")

    def socket(self, role: str) -> Path:
        return self.run / f"{role}.sock"

    def lock(self, role: str) -> Path:
        return self.run / f"{role}.lock"

    def log(self, role: str) -> Path:
        return self.run / f"{role}.log"

    def prepare(self) -> None:
        """Make the folders; only their owner may enter."""
        for folder in (self.root, self.run, self.index, self.models):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
