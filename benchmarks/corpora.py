"""Retrieval corpora with relevance judgments, read from a folder outside the project."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """A document; its text does not begin with its title."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text as one text, for those that know no titles."""
        return f"{self.title}. {self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, queries and judgments of one set.

    Attributes:
        queries: text by id, those that have a judgment.
        relevant: grade by document id, for each query id.
    """

    name: str
    documents: Sequence[Document]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


def read_corpus(folder: Path) -> Corpus:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`; say plainly what is missing."""
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        if not (folder / name).exists():
            raise SystemExit(f"{folder / name} is missing; give the folder of corpora with --data")
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, grade = line.split("\t")
        relevant.setdefault(query, {})[document] = int(grade)
    documents = [_document(row) for row in _rows(folder / "corpus.jsonl")]
    queries = {row["id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    judged = {key: text for key, text in queries.items() if key in relevant}
    return Corpus(folder.name, documents, judged, relevant)


def write_files(documents: Sequence[Document], folder: Path) -> dict[str, str]:
    """Write each document as a text file named after its title; returns ids by path.

    Documents of the same title lie in folders of their own; those without text are left out.
    """
    times: Counter[str] = Counter()
    paths = {}
    for document in documents:
        name = re.sub(r"[^\w .,()&+-]", " ", document.title).strip(" .")[:100] or "note"
        path = f"{times[name.lower()]}/{name}.txt"
        times[name.lower()] += 1
        if document.text.strip():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(document.text)
            paths[path] = document.id
    return paths


def ndcg_at_10(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002)."""
    gains = [relevant.get(document, 0) for document in ranked[:10]]
    ideal = sorted(relevant.values(), reverse=True)[:10]
    return _discounted(gains) / _discounted(ideal) if any(ideal) else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().split("\n") if line]


def _document(row: Mapping[str, str]) -> Document:
    title = row.get("title", "").strip().replace("_", " ")
    text = row["text"].strip()
    if title and text.startswith(row["title"]) and len(text) > len(row["title"]):
        text = text.removeprefix(row["title"]).strip()
    return Document(row["id"], title, text)
