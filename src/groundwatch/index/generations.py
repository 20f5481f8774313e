"""Generations: the embedded index is replaced as a whole, never reorganised in place.

`gen-000007/` holds `manifest.json` (what it was built for), `shard/` (the engine's files) and
`applied.json` (how far it follows the store, and the sizes of its files when that was written).
The file `current` names the generation in use.
"""

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundwatch.errors import Unusable
from groundwatch.index import edge_shard, files
from groundwatch.index.edge import EdgeEngine
from groundwatch.index.engine import IndexEngine
from groundwatch.index.follower import Step, follow
from groundwatch.index.lexical import DEFAULT_AVERAGE, Lexical
from groundwatch.index.points import IndexModel
from groundwatch.store.database import Database

FORMAT = 2
"""Of the points and files; an index of another format is built anew."""

SHARD = "shard"
_MANIFEST, _APPLIED, _OPENING, _CURRENT = "manifest.json", "applied.json", "opening", "current"
_NAME = re.compile(r"gen-(\d{6,})")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built for.

    Attributes:
        average: the BM25 constant, words of an average chunk.
        built_at: the store's change it was built at.
        graph_points: points in the graph; 0 when every vector is compared.
    """

    model: IndexModel
    average: float = DEFAULT_AVERAGE
    built_at: int = 0
    graph_points: int = 0


class Generation:
    """An open generation and how far it follows the store.

    Attributes:
        position: the last change of the store that it holds.
        loose: points written since it was built: they are compared one by one.
    """

    def __init__(self, folder: Path, manifest: Manifest, position: int, loose: int) -> None:
        self.name = folder.name
        self.folder = folder
        self.manifest = manifest
        self.position = position
        self.loose = loose
        self.dirty = False
        self.engine: IndexEngine = EdgeEngine(
            edge_shard.load(folder / SHARD),
            manifest.model,
            Lexical(manifest.average),
            folder.name,
        )

    def advance(self, database: Database) -> Step:
        """Apply the next changes of the store.

        Raises:
            Unusable: the store's log does not fit; see `follower.follow`.
        """
        step = follow(database, self.engine, self.position)
        self.loose += step.points
        self.dirty = self.dirty or step.position != self.position
        self.position = step.position
        return step

    def checkpoint(self) -> None:
        """Make what was applied durable, then note how far it got."""
        self.engine.flush()
        seal(self.folder, self.position, self.loose)
        self.dirty = False

    def close(self) -> None:
        self.engine.close()


def create(folder: Path, manifest: Manifest) -> None:
    """Lay out an empty generation."""
    edge_shard.create(folder / SHARD, manifest.model).close()
    finish(folder, manifest)


def finish(folder: Path, manifest: Manifest) -> None:
    """Write what makes a folder with a closed shard a generation."""
    content = {
        "format": FORMAT,
        "model": manifest.model.name,
        "dimensions": manifest.model.dimensions,
        "average": manifest.average,
        "built_at": manifest.built_at,
        "graph_points": manifest.graph_points,
    }
    seal(folder, manifest.built_at, 0)
    files.write_json(folder / _MANIFEST, content)


def seal(folder: Path, position: int, loose: int) -> None:
    """Note how far a flushed shard got and how long its files are."""
    state = {"position": position, "loose": loose, "sizes": files.sizes(folder / SHARD)}
    files.write_json(folder / _APPLIED, state)


def open_generation(folder: Path) -> Generation:
    """Open a generation as it was left, also by a killed process.

    Raises:
        Unusable: something of it is missing or damaged, it is of another format, or a former
            attempt to open it ended the process.
    """
    manifest = read_manifest(folder)
    applied = files.read_json(folder / _APPLIED)
    opening = folder / _OPENING
    if opening.exists():
        raise Unusable(f"opening {folder} ended the process before")
    files.check_sizes(folder / SHARD, applied["sizes"])
    opening.touch()
    generation = Generation(folder, manifest, applied["position"], applied["loose"])
    generation.engine.count()
    opening.unlink()
    return generation


def current(root: Path) -> Path | None:
    """The folder of the generation in use; None when there has never been one.

    Raises:
        Unusable: the pointer is damaged.
    """
    try:
        name = (root / _CURRENT).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    if not _NAME.fullmatch(name):
        raise Unusable(f"{root / _CURRENT} does not name a generation")
    return root / name


def point_to(generation: Path) -> None:
    """Make a generation the one in use, atomically and durably."""
    root = generation.parent
    partial = root / f"{_CURRENT}.partial"
    partial.write_text(f"{generation.name}\n", encoding="utf-8")
    partial.replace(root / _CURRENT)
    files.sync_folder(root)


def next_folder(root: Path) -> Path:
    """A name that no generation here has had."""
    numbers = [int(match[1]) for path in root.iterdir() if (match := _NAME.match(path.name))]
    with contextlib.suppress(Unusable):
        used = current(root)
        numbers.append(int(used.name[4:]) if used else 0)
    return root / f"gen-{max(numbers, default=0) + 1:06d}"


def discard_others(root: Path, kept: Path | None) -> None:
    """Remove generations, finished or not, that are not in use."""
    for path in _folders(root):
        if path != kept:
            shutil.rmtree(path, ignore_errors=True)


def _folders(root: Path) -> Iterator[Path]:
    return (path for path in root.iterdir() if path.is_dir() and _NAME.match(path.name))


def read_manifest(folder: Path) -> Manifest:
    """What a generation was built for.

    Raises:
        Unusable: missing, damaged, or of another format.
    """
    content = files.read_json(folder / _MANIFEST)
    if content.get("format") != FORMAT:
        raise Unusable(f"{folder} has format {content.get('format')}, this version reads {FORMAT}")
    return Manifest(
        IndexModel(content["model"], content["dimensions"]),
        content["average"],
        content["built_at"],
        content["graph_points"],
    )
