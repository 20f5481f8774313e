"""Quality: nDCG@10 through the whole product, beside its two halves alone and beside peers.

Each corpus is written to files, indexed by the real engine and worker, and asked through the
retriever. A document's place is that of its best passage. Intervals are 95 % bootstrap over
queries. What Haystack and LlamaIndex reach is what `ask` noted of them.
"""

import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.corpora import Corpus, ndcg_at_10, read_corpus, write_files
from benchmarks.figures import Figure, plain, show
from benchmarks.harness import (
    PRINCIPALS,
    Installation,
    Options,
    index_everything,
    install,
    options,
    processes,
    say,
    searching,
)
from benchmarks.peers.environment import kept_ndcg
from groundwatch.domain.documents import document_id
from groundwatch.domain.queries import EVERYTHING
from groundwatch.retrieval.retriever import Retriever

CORPORA = ("cranfield", "xquad_en", "rgb_fact", "dbpedia_entity", "financebench_pages")
QUICK = ("rgb_fact",)
WEIGHTS: Mapping[str, float | None] = {"hybrid": None, "BM25 alone": 0.0, "dense alone": 1.0}
PASSAGES = 50
_RESAMPLES = 2_000
_SEED = 7


def main() -> None:
    given = options(__doc__)
    figures: list[Figure] = []
    for name in QUICK if given.quick else CORPORA:
        figures += _measured(given, name)
    show(figures)


def _measured(given: Options, name: str) -> list[Figure]:
    corpus = read_corpus(given.data / "retrieval" / name)
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        installation = install(Path(folder) / name)
        paths = write_files(corpus.documents, installation.documents)
        ids = {document_id("documents", path): known for path, known in paths.items()}
        with processes(installation):
            say(f"{name}: indexing {len(paths)} documents")
            index_everything(installation)
            scores = {
                how: _scores(installation, corpus, ids, weight) for how, weight in WEIGHTS.items()
            }
    figures = [figure for how, found in scores.items() for figure in _figures(name, how, found)]
    figures += [
        plain(f"{name} nDCG@10, {peer}", value, "")
        for peer, value in kept_ndcg().get(name, {}).items()
    ]
    best = max(("BM25 alone", "dense alone"), key=lambda how: _mean(scores[how]))
    gains = [ours - theirs for ours, theirs in zip(scores["hybrid"], scores[best], strict=True)]
    low, high = _interval(gains)
    return [
        *figures,
        plain(f"{name} hybrid over {best}", _mean(gains), ""),
        plain(f"{name} hybrid over {best}, low", low, ""),
        plain(f"{name} hybrid over {best}, high", high, ""),
    ]


def _scores(
    installation: Installation, corpus: Corpus, ids: Mapping[str, str], weight: float | None
) -> list[float]:
    with searching(installation, weight) as (retriever, _):
        return [
            ndcg_at_10(_ranked(retriever, text, ids), corpus.relevant[query])
            for query, text in corpus.queries.items()
        ]


def _ranked(retriever: Retriever, text: str, ids: Mapping[str, str]) -> list[str]:
    found = retriever.search(text, PRINCIPALS, EVERYTHING, PASSAGES).result.passages
    return list(dict.fromkeys(ids[passage.document.id] for passage in found))


def _figures(name: str, how: str, scores: Sequence[float]) -> list[Figure]:
    low, high = _interval(scores)
    return [
        plain(f"{name} nDCG@10, {how} (n={len(scores)})", _mean(scores), ""),
        plain(f"{name} nDCG@10, {how}, low", low, ""),
        plain(f"{name} nDCG@10, {how}, high", high, ""),
    ]


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % of resampled means lie between these."""
    chance = random.Random(_SEED)  # noqa: S311  a sample, not a secret
    means = sorted(_mean(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
