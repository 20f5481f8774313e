"""Recall@10 against exact search, under permissions that keep 100 to .1 % of the chunks.

10,000 and 100,000 windows of sentences of public corpora with their real embeddings, in the store
of an installation; the engine process builds its index from it as a server does, and is asked
through its socket. Also: how much slower searches are while a generation is built.
"""

import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
from numpy.typing import NDArray

from benchmarks import stored, windows
from benchmarks.figures import Figure, at_least, at_most, middle, percentile, plain, show
from benchmarks.harness import (
    Installation,
    Options,
    install,
    load_average,
    options,
    say,
    wait_for,
)
from groundwatch.app.ground import open_ground, running
from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.domain.clock import system_clock
from groundwatch.domain.queries import SearchFilters
from groundwatch.index.points import SearchRequest
from groundwatch.index.remote import RemoteIndex
from groundwatch.store import changes
from groundwatch.store.database import Database

QUERIES = 300
K = 10
_TIE = 1e-5
_BUILD_SECONDS = 900.0

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Truth:
    """Every chunk of the store: ids (n), vectors (n, dimensions) and the list each carries."""

    ids: NDArray[np.int64]
    vectors: Vectors
    access: list[AccessList]

    def readable(self, principals: frozenset[str]) -> NDArray[np.bool_]:
        decided = {access: access.decide(principals) for access in set(self.access)}
        return np.array([decided[access] is AccessReason.ALLOWED for access in self.access])


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine process of an installation, and its store."""

    index: RemoteIndex
    process: psutil.Process
    database: Database

    def processor_seconds(self) -> float:
        return float(sum(self.process.cpu_times()[:2]))


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: texts and their vectors."""

    texts: list[str]
    vectors: Vectors


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    questions = _questions(given)
    for count in (2_000,) if given.quick else (10_000, 100_000):
        with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
            figures += measure(given, Path(folder) / "i", count, questions)
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


def measure(given: Options, root: Path, count: int, questions: Questions) -> list[Figure]:
    """All figures of one size."""
    installation = install(root)
    stored.fill(installation, given.data, count)
    with _engine(installation) as engine:
        _await_index(engine.index, count)
        truth = _truth(engine.database, engine.index.status().model.name)
        size = f"{count // 1000}k chunks"
        figures: list[Figure] = []
        for name, principals in stored.PRINCIPALS.items():
            figures += _ranked(engine, questions, truth, principals, f"{name} of {size}")
        figures += _while_building(engine.index, questions, size)
        memory = engine.process.memory_info().rss / 1e6
        figures.append(plain(f"engine memory, {size}", memory, "MB"))
    return figures


def _ranked(
    engine: Engine,
    questions: Questions,
    truth: Truth,
    principals: frozenset[str],
    name: str,
) -> list[Figure]:
    say(f"asking for {name}")
    readable = truth.readable(principals)
    found = [_dense(engine.index, vector, principals) for vector in questions.vectors]
    recall = _recall(questions.vectors, truth, readable, found)
    before = engine.processor_seconds()
    taken = _latencies(engine.index, questions, principals)
    cpu = (engine.processor_seconds() - before) / len(taken)
    return [
        plain(f"readable, {name}", 100 * float(readable.mean()), "%"),
        at_least(f"recall@10, {name}", recall, "", 0.99),
        at_most(f"both rankings p50, {name}", middle(taken) * 1e3, "ms", 5.0),
        plain(f"both rankings p95, {name}", percentile(taken, 0.95) * 1e3, "ms"),
        plain(f"engine processor time, {name}", cpu * 1e3, "ms"),
    ]


def _while_building(index: RemoteIndex, questions: Questions, size: str) -> list[Figure]:
    """Searches of everything, before and while a builder process works."""
    say("asking while a generation is built")
    principals = stored.PRINCIPALS["100 %"]
    idle = _latencies(index, questions, principals) + _latencies(index, questions, principals)
    generation, began = index.status().generation, time.perf_counter()
    index.rebuild()
    building: list[float] = []
    while index.status().generation == generation:
        building += _latencies(
            index, Questions(questions.texts[:50], questions.vectors[:50]), principals
        )
    seconds = time.perf_counter() - began
    ratio = percentile(building, 0.95) / percentile(idle, 0.95)
    return [
        plain(f"search p95 idle, {size}", percentile(idle, 0.95) * 1e3, "ms"),
        plain(f"search p95 while building, {size}", percentile(building, 0.95) * 1e3, "ms"),
        at_most(f"p95 while building through idle, {size}", ratio, "", 2.0),
        plain(f"slowest search while building, {size}", max(building) * 1e3, "ms"),
        plain(f"building a generation beside searches, {size}", seconds, "s"),
    ]


def _recall(
    queries: Vectors,
    truth: Truth,
    readable: NDArray[np.bool_],
    found: Sequence[list[int]],
) -> float:
    """Share of the exact ten found; one as good as the tenth counts, for equal texts are many."""
    vectors = truth.vectors[readable]
    row_of = {int(id_): row for row, id_ in enumerate(truth.ids[readable])}
    hits = wanted = 0
    for query, ids in zip(queries, found, strict=True):
        scores = vectors @ query
        k = min(K, len(scores))
        if not k:
            continue
        tenth = np.partition(scores, -k)[-k]
        hits += sum(scores[row_of[id_]] >= tenth - _TIE for id_ in ids[:k])
        wanted += k
    return float(hits / wanted)


def _dense(index: RemoteIndex, vector: Vectors, principals: frozenset[str]) -> list[int]:
    request = SearchRequest(principals, vector, "", SearchFilters(), 100)
    return [chunk_id for chunk_id, _ in index.search(request).dense]


def _latencies(index: RemoteIndex, questions: Questions, principals: frozenset[str]) -> list[float]:
    taken = []
    for text, vector in zip(questions.texts, questions.vectors, strict=True):
        began = time.perf_counter()
        index.search(SearchRequest(principals, vector, text, SearchFilters(), 100))
        taken.append(time.perf_counter() - began)
    return taken


def _truth(database: Database, model: str) -> Truth:
    ids: list[int] = []
    vectors: list[bytes] = []
    access: list[AccessList] = []
    after = ""
    while True:
        with database.read() as c:
            page = changes.document_ids(c, after, 200)
            for document in changes.indexed(c, page, model):
                for chunk in document.chunks:
                    assert chunk.vector is not None
                    ids.append(chunk.id)
                    vectors.append(chunk.vector)
                    access.append(document.access)
        if not page:
            break
        after = page[-1]
    rows = np.frombuffer(b"".join(vectors), np.float32).reshape(len(ids), -1)
    return Truth(np.array(ids), rows, access)


def _questions(given: Options) -> Questions:
    texts, vectors = windows.queries(given.data), windows.query_vectors(given.data)
    chosen = np.random.default_rng(7).permutation(len(texts))[:QUERIES]
    return Questions([texts[number] for number in chosen], vectors[chosen])


@contextmanager
def _engine(installation: Installation) -> Generator[Engine]:
    before = {child.pid for child in psutil.Process().children()}
    with (
        running(installation.folder, "engine", installation.config_path),
        open_ground(installation.config(), system_clock) as ground,
    ):
        [process] = [c for c in psutil.Process().children() if c.pid not in before]
        yield Engine(RemoteIndex(ground.engine), process, ground.database)


def _await_index(index: RemoteIndex, count: int) -> None:
    say("building the index")

    def there() -> bool:
        status = index.status()
        return status.points == count and status.building is None

    wait_for(there, _BUILD_SECONDS)


if __name__ == "__main__":
    main()
