"""Real chunks for the big benchmarks: windows of sentences of public corpora, embedded once.

Embedding 100,000 of them takes some twenty minutes of both cores, so vectors are cached in
`.cache/bench/` and a run that was stopped goes on where it ended:
`python -m benchmarks.windows --count 100000`.
"""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CORPORA = ("dbpedia_entity", "cranfield", "xquad_en", "rgb_fact", "financebench_pages")
CACHE = Path(".cache/bench")
DIMENSIONS = 384

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")
_SHORTEST, _CHARACTERS = 20, 600
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Window:
    """One to three sentences in a row of one document."""

    document: str
    title: str
    text: str


def windows(data: Path, count: int) -> list[Window]:
    """The first `count` windows: all of three sentences, then of two, then of one.

    Each begins one sentence after the former, so neighbours overlap as the chunks of a
    sliding window do.

    Raises:
        SystemExit: the corpora are not there, or too small.
    """
    if not (data / "retrieval").is_dir():
        raise SystemExit(f"{data / 'retrieval'} is missing: give the folder of corpora by --data")
    found = []
    for window in _all(data):
        found.append(window)
        if len(found) == count:
            return found
    raise SystemExit(f"{data} holds {len(found)} windows, fewer than {count}")


def queries(data: Path) -> list[str]:
    """Questions people asked of these corpora."""
    found = []
    for corpus in CORPORA:
        found += [line["text"] for line in _lines(data / "retrieval" / corpus / "queries.jsonl")]
    return found


def vectors(data: Path, count: int) -> NDArray[np.float32]:
    """Embeddings of the windows, from the cache as far as it goes."""
    return _embedded([window.text for window in windows(data, count)], f"windows-{count}")


def query_vectors(data: Path) -> NDArray[np.float32]:
    return _embedded(queries(data), "queries")


def cached(count: int) -> bool:
    """Whether the embeddings of so many windows are there already."""
    path = CACHE / f"windows-{count}.f32"
    return path.exists() and path.stat().st_size == count * DIMENSIONS * 4


def _all(data: Path) -> Iterator[Window]:
    documents = [
        (f"{corpus}/{number}", document.get("title", ""), _sentences(document["text"]))
        for corpus in CORPORA
        for number, document in enumerate(_lines(data / "retrieval" / corpus / "corpus.jsonl"))
    ]
    for size in (3, 2, 1):
        for name, title, sentences in documents:
            for first in range(len(sentences) - size + 1):
                text = " ".join(sentences[first : first + size])
                yield Window(name, title, text[:_CHARACTERS])


def _sentences(text: str) -> list[str]:
    parts = (part.strip() for part in _SENTENCE.split(text))
    return [part for part in parts if len(part) > _SHORTEST]


def _lines(path: Path) -> Iterator[dict[str, str]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _embedded(texts: list[str], name: str) -> NDArray[np.float32]:
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{name}.f32"
    done = path.stat().st_size // (DIMENSIONS * 4) if path.exists() else 0
    if done < len(texts):
        _embed(texts, path, done)
    return np.fromfile(path, dtype=np.float32).reshape(-1, DIMENSIONS)[: len(texts)]


def _embed(texts: list[str], path: Path, done: int) -> None:
    from groundwatch.models.embedder import Urgency
    from groundwatch.models.select import open_embedder
    from groundwatch.models.settings import CacheSettings, MiniLMSettings

    embedder = open_embedder(MiniLMSettings(cache=CacheSettings(max_bytes=0)), CACHE / "models")
    assert embedder is not None
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(done * DIMENSIONS * 4)
        file.seek(0, 2)
        for first in range(done, len(texts), _BATCH):
            file.write(embedder.embed(texts[first : first + _BATCH], Urgency.BULK).tobytes())
            file.flush()
            print(f"\r{first}/{len(texts)} embedded", end="", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=100_000)
    options = parser.parse_args()
    query_vectors(options.data)
    vectors(options.data, options.count)


if __name__ == "__main__":
    main()
