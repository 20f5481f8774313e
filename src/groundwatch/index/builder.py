"""Makes a new generation from the store; runs as a process of its own.

`python -m groundwatch.index.builder` reads one JSON object (`BuildOrder`) from its standard input
and ends when that input closes: it never outlives the index process.
Progress goes to standard output, one JSON object a line: `{"points": n}`.
"""

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from groundwatch.domain.clock import system_clock
from groundwatch.index import edge_shard, generations
from groundwatch.index.backend import Priority
from groundwatch.index.edge import EdgeEngine
from groundwatch.index.generation import Manifest
from groundwatch.index.lexical import Lexical, settle_average
from groundwatch.index.pages import measure, pages
from groundwatch.index.points import IndexModel
from groundwatch.store import changes
from groundwatch.store.database import Database, open_database
from groundwatch.store.settings import StoreSettings

_NICEST = 19


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """What to build.

    Attributes:
        store_url, data: where the store is.
        folder: the generation to make; must not exist.
        model, dimensions: whose vectors it holds.
        average: the former generation's BM25 constant, 0 when there is none.
        graph_above: points from which a graph is built.
        priority: how much of the processor it may take from searches.
    """

    store_url: str
    data: str
    folder: str
    model: str
    dimensions: int
    average: float = 0.0
    graph_above: int = edge_shard.EXACT_POINTS
    priority: Priority = Priority.NORMAL

    def text(self) -> str:
        return json.dumps(asdict(self))


def build(database: Database, order: BuildOrder) -> Manifest:
    """Make the generation: all live documents at or after the change it is said to be built at."""
    folder, model = Path(order.folder), IndexModel(order.model, order.dimensions)
    with database.read() as c:
        position = changes.latest(c)
    average = settle_average(measure(database, model), order.average or None)
    shard = edge_shard.create(folder / generations.SHARD, model)
    engine = EdgeEngine(shard, model, Lexical(average), folder.name)
    points = 0
    for page in pages(database, model):
        engine.put(page)
        points += sum(len(document.points) for document in page)
        _report(points)
    engine.flush()
    engine.close()
    graph = points > order.graph_above and model.dimensions > 0
    if graph:
        edge_shard.optimise(folder / generations.SHARD, model)
    manifest = Manifest(model, average, position, points if graph else 0)
    generations.finish(folder, manifest)
    return manifest


def main() -> None:
    """Read the order, build, and end; a traceback on standard error when it fails."""
    order = BuildOrder(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _step_back(order.priority)
    database = open_database(StoreSettings(url=order.store_url), Path(order.data), system_clock)
    try:
        build(database, order)
    finally:
        database.close()


def _step_back(priority: Priority) -> None:
    """Idle tasks give way to others at once, merely nice ones after some milliseconds."""
    if priority == Priority.NORMAL:
        return
    os.nice(_NICEST)
    if priority == Priority.IDLE and hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _report(points: int) -> None:
    sys.stdout.write(f'{{"points": {points}}}\n')
    sys.stdout.flush()


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
