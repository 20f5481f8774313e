"""Counts how common words are, for `scoring/models/word_weights.json`.

    python -m tools.fit_word_weights --data ../shared/data

A word that stands in many answers of models (HaluEval general, MIT; HaluQuestQA, Apache-2.0) or in
many passages (the retrieval corpora but `xquad_en` and `cranfield`, which are kept to measure) says
little about any one of them. Only how often stems occur is kept.
"""

import argparse
import json
import math
from collections import Counter
from pathlib import Path

from groundwatch.scoring.text import read
from tools.made_answers.passages import CORPORA

TARGET = Path("src/groundwatch/scoring/models/word_weights.json")
MEASURED = {"xquad_en", "cranfield"}
_LEAST = 12
_FLOOR = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    answers = [
        json.loads(line)["response"]
        for name in ("halueval_general", "incomplete_ans")
        for line in (data / "quality" / f"{name}.jsonl").read_text().splitlines()
    ]
    passages = [
        json.loads(line)["text"]
        for name in CORPORA
        if name not in MEASURED
        for line in (data / "retrieval" / name / "corpus.jsonl").read_text().splitlines()
    ]
    first, second = _weights(answers), _weights(passages)
    joint = {s: min(first.get(s, 1.0), second.get(s, 1.0)) for s in {*first, *second}}
    kept = {s: round(w, 2) for s, w in sorted(joint.items()) if w < 0.98 and s.isalpha()}
    TARGET.write_text(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(kept)} words from {len(answers)} answers and {len(passages)} passages")


def _weights(texts: list[str]) -> dict[str, float]:
    held = Counter(stem for text in texts for stem in set(read(text).words.stems))
    whole = math.log(len(texts) / _LEAST)
    return {
        stem: max(_FLOOR, math.log(len(texts) / count) / whole)
        for stem, count in held.items()
        if count >= _LEAST
    }


if __name__ == "__main__":
    main()
