"""Search: text in, permitted passages out.

Beside Haystack and LlamaIndex on 5,000 documents; on 100,000 chunks under permissions that keep
100 to .1 % of them; and while documents are being indexed. Ours runs as the server runs it: the
question crosses the socket to the engine process, is embedded and ranked there, and every passage
is checked against the live permissions in the store. The embedding cache is off.
"""

import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from benchmarks import stored, windows
from benchmarks.corpora import Corpus, read_corpus, write_files
from benchmarks.figures import Figure, at_most, middle, percentile, plain, ratio_to, show
from benchmarks.harness import (
    READER,
    Installation,
    Options,
    cpu_seconds,
    index_everything,
    install,
    latencies,
    load_average,
    options,
    processes,
    say,
    searching,
    serving,
    wait_for,
)
from benchmarks.peers.environment import PEERS, Peer, keep_ndcg, run_peer
from groundwatch.app.ground import Ground
from groundwatch.errors import Unavailable
from groundwatch.index.remote import RemoteIndex
from groundwatch.retrieval.retriever import Retriever
from groundwatch.store import ledger

ROUNDS = 5
_SEED = 7


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        figures += beside_peers(given, Path(folder) / "small")
        figures += at_size(given, Path(folder) / "big")
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


def beside_peers(given: Options, root: Path) -> list[Figure]:
    """The same documents and queries, one system after the other, ours first and last."""
    corpus = read_corpus(given.data / "retrieval" / "dbpedia_entity")
    if given.quick:
        corpus = Corpus(corpus.name, corpus.documents[:200], corpus.queries, corpus.relevant)
    installation = install(root)
    write_files(corpus.documents, installation.documents)
    queries = list(corpus.queries.values())
    with serving(installation) as server, searching(installation) as (retriever, _):
        say(f"indexing {len(corpus.documents)} documents")
        index_everything(installation)
        latencies(retriever, queries)
        ours, http = (
            latencies(retriever, queries * ROUNDS),
            _http(installation, server.url, queries),
        )
        peers = [run_peer(name, corpus, 1 if given.quick else ROUNDS) for name in PEERS]
        ours += latencies(retriever, queries * ROUNDS)
        http += _http(installation, server.url, queries)
    p50 = middle(ours) * 1e3
    size = len(corpus.documents)
    figures = [
        plain(f"search p50, {size} documents", p50, "ms"),
        plain(f"search p95, {size} documents", percentile(ours, 0.95) * 1e3, "ms"),
        plain(f"searches measured, {size} documents", len(ours), "searches"),
        plain(f"POST /v1/search p50, {size} documents", middle(http) * 1e3, "ms"),
    ]
    for peer in peers:
        if peer is not None:
            if not given.quick:
                keep_ndcg(corpus, peer)
            figures += _against(peer, p50)
    return figures


def _against(peer: Peer, p50: float) -> list[Figure]:
    theirs = middle(peer.latencies) * 1e3
    name = f"search p50 against {peer.name}"
    return [
        ratio_to(name, theirs / p50, peer.name, 10.0, p50, "ms"),
        plain(f"{peer.name} search p50 (n={len(peer.latencies)})", theirs, "ms"),
    ]


def _http(installation: Installation, url: str, queries: Sequence[str]) -> list[float]:
    headers = {"Authorization": f"Bearer {installation.key(READER)}"}
    taken = []
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        for query in queries:
            began = time.perf_counter()
            client.post("/v1/search", json={"query": query, "k": 10}).raise_for_status()
            taken.append(time.perf_counter() - began)
    return taken


def at_size(given: Options, root: Path) -> list[Figure]:
    """Many chunks under permissions, idle and while documents are indexed."""
    count = 2_000 if given.quick else stored.WHOLE
    installation = install(root)
    stored.fill(installation, given.data, count)
    queries = windows.queries(given.data)
    random.Random(_SEED).shuffle(queries)  # noqa: S311  a sample, not a secret
    queries = queries[: 20 if given.quick else 200]
    with processes(installation) as ours, searching(installation) as (retriever, ground):
        say("building the index")
        wait_for(lambda: _is_settled(ground.index), 900.0)
        latencies(retriever, queries[:20], stored.PRINCIPALS["100 %"])
        cpu, began = cpu_seconds(ours), time.perf_counter()
        idle = _by_selectivity(retriever, queries)
        cpu = cpu_seconds(ours) - cpu
        searches = sum(map(len, idle.values()))
        figures = [
            at_most(f"search p50, {count} chunks, {share}", middle(taken) * 1e3, "ms", 10.0)
            for share, taken in idle.items()
        ]
        figures += [
            plain("searches measured, each selectivity", len(queries), "searches"),
            plain("CPU of engine and worker a search", cpu / searches * 1e3, "ms"),
            plain(
                "searches a second, one after the other",
                searches / (time.perf_counter() - began),
                "/s",
            ),
        ]
        all_idle = [each for taken in idle.values() for each in taken]
        say("indexing meanwhile")
        corpus = read_corpus(given.data / "retrieval" / "financebench_pages")
        write_files(corpus.documents[: 100 if given.quick else 1_400], installation.documents)
        figures += _while_indexing(retriever, ground, queries, all_idle)
    return figures


def _by_selectivity(retriever: Retriever, queries: Sequence[str]) -> dict[str, list[float]]:
    """Interleaved, so that what disturbs the machine disturbs all."""
    taken: dict[str, list[float]] = {share: [] for share in stored.PRINCIPALS}
    for query in queries:
        for share, principals in stored.PRINCIPALS.items():
            taken[share] += latencies(retriever, [query], principals)
    return taken


def _while_indexing(
    retriever: Retriever, ground: Ground, queries: Sequence[str], idle: Sequence[float]
) -> list[Figure]:
    """The worker indexes fresh documents meanwhile, as many as it can."""
    wait_for(lambda: _done(ground) >= 3)
    before, began = _done(ground), time.perf_counter()
    busy: list[float] = []
    for query in queries:
        for principals in stored.PRINCIPALS.values():
            busy += latencies(retriever, [query], principals)
        if not _waiting(ground):
            say("indexing ended before the searches did")
            break
    rate = (_done(ground) - before) / (time.perf_counter() - began)
    p95, still = percentile(busy, 0.95), percentile(idle, 0.95)
    return [
        plain("search p95 idle, all selectivities", still * 1e3, "ms"),
        plain("search p95 while indexing", p95 * 1e3, "ms"),
        at_most("search p95 while indexing, times idle", p95 / still, "x", 2.0),
        plain("search p50 while indexing", middle(busy) * 1e3, "ms"),
        plain("searches measured while indexing", len(busy), "searches"),
        plain("documents indexed a second meanwhile", rate, "/s"),
    ]


def _is_settled(index: RemoteIndex) -> bool:
    try:
        status = index.status()
    except Unavailable:
        return False
    held = status.points > 0 and status.position == status.latest
    return held and status.building is None and not status.problem


def _done(ground: Ground) -> int:
    with ground.database.read() as connection:
        return ledger.counts(connection).done


def _waiting(ground: Ground) -> int:
    with ground.database.read() as connection:
        return ledger.waiting(connection)


if __name__ == "__main__":
    main()
