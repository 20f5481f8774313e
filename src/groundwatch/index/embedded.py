"""Generations in a folder, built by a process of their own."""

import os
import shutil
from pathlib import Path

from groundwatch.errors import Unavailable, Unusable
from groundwatch.index import files, generations
from groundwatch.index.backend import Priority
from groundwatch.index.builder import BuildOrder
from groundwatch.index.building import BuilderProcess
from groundwatch.index.generation import Generation, Manifest
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import IndexModel


class EmbeddedBackend:
    """The folders of `generations`; one process at a time owns them."""

    def __init__(self, place: IndexPlace) -> None:
        self._place = place
        self._built = place.root
        _prepare(place.root)

    @property
    def model(self) -> IndexModel:
        return self._place.model

    @property
    def graph_above(self) -> int:
        return self._place.graph_above

    def check_room(self) -> None:
        _prepare(self._place.root)  # it may have been deleted under us
        free = shutil.disk_usage(self._place.root).free
        if free < self._place.least_free_bytes:
            raise Unavailable(
                f"the disk of {self._place.root} has {free // 2**20} MB free; "
                f"the index follows the store again from {self._place.least_free_bytes // 2**20} on"
            )

    def current(self) -> Generation | None:
        folder = generations.current(self._place.root)
        return None if folder is None else generations.open_generation(folder)

    def begin(self, reason: str, average: float, priority: Priority) -> BuilderProcess:
        self._built = generations.next_folder(self._place.root)
        order = BuildOrder(
            store_url=self._place.store.url,
            data=str(self._place.data),
            folder=str(self._built),
            model=self.model.name,
            dimensions=self.model.dimensions,
            average=average,
            graph_above=self.graph_above,
            priority=priority,
        )
        return BuilderProcess(order, reason, self._place.root / "build.log")

    def built(self) -> Generation:
        return generations.open_generation(self._built)

    def empty(self, position: int) -> Generation:
        folder = generations.next_folder(self._place.root)
        generations.create(folder, Manifest(self.model, built_at=position))
        return generations.open_generation(folder)

    def adopt(self, generation: Generation) -> None:
        generations.point_to(self._folder(generation))

    def discard_others(self, kept: Generation | None) -> None:
        folder = self._folder(kept) if kept else None
        generations.discard_others(self._place.root, folder)

    def bytes(self) -> int:
        return files.total_bytes(self._place.root)

    def holding(self, markers: list[str]) -> list[str]:
        root = self._place.root
        return [text for text in markers if files.files_with(root, text.encode())]

    def _folder(self, generation: Generation) -> Path:
        return self._place.root / generation.name


def _prepare(root: Path) -> None:
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"the index folder {root} cannot be made: {error.strerror}") from error
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        raise Unusable(f"the index folder {root} cannot be written; let its owner write there")
