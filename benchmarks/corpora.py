"""Retrieval corpora with relevance judgments, read from a folder outside the project."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, queries and judgments of one set.

    Attributes:
        documents: text by id, the title before the text unless the text begins with it.
        queries: text by id, those that have a judgment.
        relevant: grade by document id, for each query id.
    """

    name: str
    documents: Mapping[str, str]
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
    documents = {row["id"]: _text(row) for row in _rows(folder / "corpus.jsonl")}
    queries = {row["id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    judged = {key: text for key, text in queries.items() if key in relevant}
    return Corpus(folder.name, documents, judged, relevant)


def ndcg_at_10(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002)."""
    gains = [relevant.get(document, 0) for document in ranked[:10]]
    ideal = sorted(relevant.values(), reverse=True)[:10]
    return _discounted(gains) / _discounted(ideal) if any(ideal) else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().splitlines() if line]


def _text(row: Mapping[str, str]) -> str:
    title, text = row.get("title", ""), row["text"]
    return f"{title}. {text}" if title and not text.startswith(title) else text
