"""Passages of corpora, and which of them are about the same."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundwatch.domain.sentences import sentences
from groundwatch.scoring.text import read

_MOST_CHARS = 900
_FEWEST_SENTENCES = 3
_NEIGHBOURS = 8
_LINKS = re.compile(r"@en <http.*|<http\S+>\s*\.?|\[\d+\]")
_GAPS = re.compile(r"\s+")
_LEAST_WORDS, _MOST_WORDS = 6, 45
CORPORA = ("dbpedia_entity", "rgb_fact", "xquad_en", "cranfield", "financebench_pages")


@dataclass(frozen=True)
class Corpus:
    """Passages, their usable sentences, and the nearest other passages of each."""

    name: str
    passages: Sequence[str]
    sentences: Sequence[Sequence[str]]
    neighbours: Sequence[Sequence[int]]


def corpus(name: str, folder: Path, limit: int = 2_500) -> Corpus:
    """Read a retrieval corpus (`corpus.jsonl`)."""
    texts = []
    for line in (folder / "retrieval" / name / "corpus.jsonl").read_text().splitlines():
        one = json.loads(line)
        title = one.get("title", "").replace("_", " ")
        text = _clip(one["text"])
        if name == "cranfield":
            text = re.sub(r" \.\s+([a-z])", lambda found: f". {found[1].upper()}", text)
        if name == "xquad_en" and title:
            text = f"{title}. {text}"
        texts.append(text)
    if name == "rgb_fact":  # snippets of a sentence or two: three make a passage
        texts = [" ".join(texts[at : at + 3]) for at in range(0, len(texts), 3)]
    return made_corpus(name, texts[:limit])


def made_corpus(name: str, texts: Sequence[str]) -> Corpus:
    """Make a corpus of texts; those with too few whole sentences are left out."""
    kept, usable = [], []
    for text in texts:
        found = whole_sentences(text)
        if len(found) >= _FEWEST_SENTENCES:
            kept.append(text)
            usable.append(found)
    return Corpus(name, kept, usable, _nearest(kept))


def whole_sentences(text: str) -> list[str]:
    """Sentences that can stand alone in an answer."""
    found = []
    for start, end in sentences(text):
        part = _GAPS.sub(" ", text[start:end]).strip()
        size = len(part.split())
        if _LEAST_WORDS <= size <= _MOST_WORDS and part[-1] in ".!?" and part.count("...") == 0:
            found.append(part)
    return found


def _clip(text: str) -> str:
    text = _LINKS.sub("", text)
    text = re.sub(r"(?<=[a-z)])\.(?=[A-Z])", ". ", text)
    if len(text) <= _MOST_CHARS:
        return text
    end = text.rfind(". ", 0, _MOST_CHARS)
    return text[: end + 1] if end > 0 else text[:_MOST_CHARS]


def _nearest(texts: Sequence[str]) -> list[list[int]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        analyzer=lambda text: [
            stem
            for stem, keep in zip(read(text).words.stems, read(text).words.content, strict=True)
            if keep
        ]
    ).fit_transform(texts)
    found = []
    for begin in range(0, len(texts), 500):
        block = (vectors[begin : begin + 500] @ vectors.T).toarray()
        for row, alike in enumerate(block):
            alike[begin + row] = -1.0
            found.append([int(each) for each in np.argsort(-alike)[:_NEIGHBOURS]])
    return found
