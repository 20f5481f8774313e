"""Fits coherence and writes it with its reliability.

    python -m tools.fit_coherence --data ../shared/data

Models' long answers (HaluEval general, MIT; HaluQuestQA, Apache-2.0), as they are and spoilt: their
sentences shuffled, their end cut off, a sentence or phrase repeated.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundwatch.domain.sentences import sentences
from groundwatch.scoring.coherence import MODEL, SIGNALS, opener, signals
from groundwatch.scoring.text import read
from tools import fitting

_FEWEST = 4
_MOST = 3_000


@dataclass(frozen=True)
class Text:
    """An answer; `spoilt` names what was done to it, empty for nothing."""

    text: str
    spoilt: str
    group: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    texts = coherence_texts(parser.parse_args().data)
    places = _places(texts)
    fitting.add(MODEL, places)
    rows = np.array([coherence_signals(each.text) for each in texts])
    labels = np.array([float(bool(each.spoilt)) for each in texts])
    groups = [each.group for each in texts]
    logits = fitting.held_out(rows, labels, groups)
    good = [float(1 / (1 + np.exp(each))) for each in logits]
    right = [(value < 0.5) == bool(label) for value, label in zip(good, labels, strict=True)]
    fitted = fitting.fit(rows, labels, np.ones(len(rows)))
    unseen = [at for at, each in enumerate(texts) if _number(each) % 2]  # not in the counted half
    truth, found = [labels[at] for at in unseen], [logits[at] for at in unseen]
    print(f"out of fold {fitting.auroc(truth, found):.3f} (n={len(unseen)})")
    for kind in ("shuffled", "cut", "repeated"):
        some = [at for at in unseen if texts[at].spoilt in {"", kind}]
        value = fitting.auroc([labels[at] for at in some], [logits[at] for at in some])
        print(f"  {kind} {value:.3f}")
    print(dict(zip(SIGNALS, fitted.weight.round(2), strict=True)))
    fitting.ship(
        MODEL,
        {
            "answer": fitted.packed(SIGNALS),
            "reliability": fitting.reliability(good, right),
            **places,
        },
    )


def _places(texts: Sequence[Text]) -> dict[str, object]:
    """Log odds of how sentences begin, at the first and at the last place of a clean text."""
    counts: dict[str, Counter[str]] = {"first": Counter(), "last": Counter(), "any": Counter()}
    for text in texts:
        if text.spoilt or _number(text) % 2:  # one half is counted, both are fitted on
            continue
        reading = read(text.text)
        last = len(reading.spans) - 1
        for which in range(last + 1):
            both = opener(reading, which)
            for key in {both, both.split(" ")[0]}:
                counts["any"][key] += 1
                counts["first"][key] += which == 0
                counts["last"][key] += which == last
    share = {place: counts[place].total() / counts["any"].total() for place in ("first", "last")}
    return {
        f"{place}_words": {
            key: round(
                math.log((counts[place][key] + 5 * share[place]) / (total + 5) / share[place]), 2
            )
            for key, total in counts["any"].items()
            if total >= 8
        }
        for place in ("first", "last")
    }


def _number(text: Text) -> int:
    return int(text.group.split(":")[1])


def coherence_texts(data: Path) -> list[Text]:
    """Clean and spoilt texts."""
    rng = random.Random(11)  # noqa: S311
    found = []
    for name in ("incomplete_ans", "halueval_general"):
        for at, line in enumerate((data / "quality" / f"{name}.jsonl").read_text().splitlines()):
            text = json.loads(line)["response"].strip()
            parts = [text[start:end] for start, end in sentences(text)]
            if len(parts) < _FEWEST or len(text) > _MOST or text[-1] not in ".!?":
                continue
            kind = rng.choice(("shuffled", "cut", "repeated"))
            found.append(Text(text, "", f"{name}:{at}"))
            found.append(Text(spoil(parts, kind, rng), kind, f"{name}:{at}"))
    return found


def spoil(parts: Sequence[str], kind: str, rng: random.Random) -> str:
    """Shuffle, cut or repeat."""
    mine = list(parts)
    if kind == "shuffled":
        while mine == list(parts):
            rng.shuffle(mine)
        return " ".join(mine)
    if kind == "repeated":
        at = rng.randrange(len(mine))
        mine.insert(rng.randint(at + 1, len(mine)), mine[at])
        return " ".join(mine)
    words = mine[-1].split()
    mine[-1] = " ".join(words[: max(1, rng.randint(len(words) // 3, max(1, len(words) - 2)))])
    return " ".join(mine).rstrip(".!?")


def coherence_signals(text: str) -> list[float]:
    found = signals(read(text))
    return [found[name] for name in SIGNALS]


if __name__ == "__main__":
    main()
