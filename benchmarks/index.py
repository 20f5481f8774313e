"""Documents a second on two cores, from files to searchable.

5,000 short documents through the real engine and worker, from the moment their folder is named in
the configuration; beside Haystack, and beside embedding alone, of the very same chunks: by our own
graph, and by the model as torch exports it and onnxruntime quantises it.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from benchmarks.corpora import Corpus, read_corpus, write_files
from benchmarks.figures import Figure, middle, plain, ratio_to, show
from benchmarks.harness import (
    CACHE,
    WITHOUT_CACHE,
    cpu_seconds,
    install,
    load_average,
    options,
    processes,
    say,
    searching,
    wait_for,
)
from benchmarks.peers.environment import exported_graph, run_peer
from groundwatch.app.ground import Ground
from groundwatch.models.embedder import Urgency
from groundwatch.store import ledger
from groundwatch.store.database import Database
from groundwatch.store.ledger import Tracked
from groundwatch.store.rows import chunk_of
from groundwatch.store.schema import chunks, documents

STAGES = ("read", "parse", "chunk", "embed", "store", "index")


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    corpus = read_corpus(given.data / "retrieval" / "dbpedia_entity")
    if given.quick:
        corpus = Corpus(corpus.name, corpus.documents[:300], {}, {})
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        figures += _beside(corpus, Path(folder) / "index")
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


def _beside(corpus: Corpus, root: Path) -> list[Figure]:
    installation = install(root, {**WITHOUT_CACHE, "sources": []})
    paths = write_files(corpus.documents, installation.documents)
    with processes(installation) as ours, searching(installation) as (_, ground):
        _warm_up(ground)
        say(f"indexing {len(paths)} documents")
        cpu, began = cpu_seconds(ours), time.perf_counter()
        installation.configure(settings=WITHOUT_CACHE)
        wait_for(lambda: _done(ground.database) == len(paths), 900.0)
        seconds, cpu = time.perf_counter() - began, cpu_seconds(ours) - cpu
        texts, runs = _chunks(ground.database), _runs(ground.database)
    done = len(paths)
    say(f"embedding the same {len(texts)} chunks without anything else")
    bare = _bare(texts)
    exported = exported_graph()
    standard = None if exported is None else _told("benchmarks.plain_onnx", exported, texts)
    haystack = run_peer("Haystack", corpus, 1)
    rate, bare_rate = done / seconds, done / bare["seconds"]
    figures = [
        plain("documents indexed", done, "documents"),
        plain("chunks embedded", len(texts), "chunks"),
        plain("indexing, files to searchable", rate, "docs/s"),
        plain("CPU of a document", cpu / done * 1e3, "ms"),
        plain("our own graph alone, same chunks", bare_rate, "docs/s"),
        plain("CPU of a document, our own graph alone", bare["cpu_seconds"] / done * 1e3, "ms"),
        plain("indexing, times our own graph alone", rate / bare_rate, "x"),
    ]
    if standard is not None:
        alone = done / standard["seconds"]
        peer = "bare onnxruntime int8"
        figures += [
            ratio_to(f"indexing against {peer}", rate / alone, peer, 0.85, rate, "docs/s"),
            plain(f"{peer}, same chunks", alone, "docs/s"),
            plain(f"CPU of a document, {peer}", standard["cpu_seconds"] / done * 1e3, "ms"),
        ]
    if haystack is not None:
        theirs = haystack.documents_per_second
        figures += [
            ratio_to("indexing against Haystack", rate / theirs, "Haystack", 2.0, rate, "docs/s"),
            plain("Haystack, same documents", theirs, "docs/s"),
            plain("CPU of a document, Haystack", haystack.index_cpu_seconds / done * 1e3, "ms"),
        ]
    return figures + _stages(runs)


def _warm_up(ground: Ground) -> None:
    """The model is loaded; its first runs are slower."""
    assert ground.embedder is not None
    for number in range(20):
        ground.embedder.embed([f"warm up {number}"], Urgency.BULK)


def _chunks(database: Database) -> list[str]:
    """The texts that were embedded."""
    statement = select(chunks, documents.c.title).join(
        documents, documents.c.id == chunks.c.document_id
    )
    with database.read() as connection:
        return [chunk_of(row).embedding_text(row.title) for row in connection.execute(statement)]


def _runs(database: Database) -> list[Tracked]:
    with database.read() as connection:
        return ledger.recent(connection, limit=1_000_000)


def _done(database: Database) -> int:
    with database.read() as connection:
        return ledger.counts(connection).done


def _stages(runs: Sequence[Tracked]) -> list[Figure]:
    """Where the time goes; a batch shares its embedding, transaction and round trip."""
    return [
        plain(
            f"stage {stage}, median of a batch or document",
            middle([run.timings.get(stage, 0.0) for run in runs]) * 1e3,
            "ms",
        )
        for stage in STAGES
    ]


def _bare(texts: Sequence[str]) -> dict[str, float]:
    return _told("benchmarks.bare", CACHE / "models", texts)


def _told(module: str, argument: Path, texts: Sequence[str]) -> dict[str, float]:
    """What a program says of embedding the texts, in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, argument],
        input=json.dumps(texts),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(run.stdout)
    return told


if __name__ == "__main__":
    main()
