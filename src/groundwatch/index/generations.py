"""Generations on disk: the embedded index is replaced as a whole, never reorganised in place.

`gen-000007/` holds `manifest.json` (what it was built for), `shard/` (the engine's files) and
`applied.json` (how far it follows the store, and the sizes of its files when that was written).
The file `current` names the generation in use.
"""

import contextlib
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from groundwatch.errors import Unusable
from groundwatch.index import edge_shard, files
from groundwatch.index.edge import EdgeEngine
from groundwatch.index.generation import FORMAT, Generation, Manifest
from groundwatch.index.lexical import Lexical
from groundwatch.index.points import IndexModel

SHARD = "shard"
_MANIFEST, _APPLIED, _OPENING, _CURRENT = "manifest.json", "applied.json", "opening", "current"
_NAME = re.compile(r"gen-(\d{6,})")


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
    lexical = Lexical(manifest.average)
    engine = EdgeEngine(edge_shard.load(folder / SHARD), manifest.model, lexical, folder.name)
    opening.unlink()
    return Generation(
        folder.name,
        manifest,
        engine,
        partial(seal, folder),
        position=applied["position"],
        loose=applied["loose"],
    )


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
    written = root / f"{_CURRENT}.partial"
    written.write_text(f"{generation.name}\n", encoding="utf-8")
    written.replace(root / _CURRENT)
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
