"""Measures how often consistency is right and writes that; there are no weights to fit.

    python -m tools.fit_consistency --data ../shared/data

Made answers over `xquad_en`, `cranfield` and the sample company: as they are; with one of their own
sentences said again, reworded and with another number, name, date or sign; and beside an earlier
answer that says the same or the opposite.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groundwatch.scoring.consistency import MODEL, consistent
from groundwatch.scoring.contradictions import clashes, statements, within
from groundwatch.scoring.text import read
from tools import fitting
from tools.fit_faithfulness import HELD_CORPORA
from tools.made_answers.passages import Corpus, corpus, made_corpus
from tools.made_answers.spoiling import SMALL, Material
from tools.made_answers.wording import reword

KINDS = ("number", "date", "negation", "opposite", "moved_name")
_ANSWERS = 500


@dataclass(frozen=True)
class Pair:
    """An answer and what was said before (empty: nothing); `kind` is empty when both agree."""

    answer: str
    before: str
    kind: str
    group: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    pairs = contradicting(parser.parse_args().data)
    values = [consistency(each) for each in pairs]
    labels = [float(not each.kind) for each in pairs]
    print(f"AUROC {fitting.auroc(labels, values):.3f} (n={len(pairs)})")
    for kind in KINDS:
        some = [at for at, each in enumerate(pairs) if each.kind in {"", kind}]
        value = fitting.auroc([labels[at] for at in some], [values[at] for at in some])
        print(f"  {kind} {value:.3f} (n={sum(pairs[at].kind == kind for at in some)})")
    right = [(value >= 0.75) == bool(label) for value, label in zip(values, labels, strict=True)]
    fitting.ship(MODEL, {"reliability": fitting.two_sided(values, right, 0.75)})


def consistency(pair: Pair) -> float:
    own = statements(read(pair.answer))
    found = list(within(own))
    if pair.before:
        found += clashes(own, statements(read(pair.before)))
    return consistent(found)


def contradicting(data: Path) -> list[Pair]:
    rng = random.Random(4)  # noqa: S311
    texts = [path.read_text()[:900] for path in sorted(Path("examples/harbor").rglob("*.md"))]
    corpora = [*(corpus(name, data) for name in HELD_CORPORA), made_corpus("harbor", texts)]
    return [pair for each in corpora for pair in _pairs(each, rng)]


def _pairs(source: Corpus, rng: random.Random) -> list[Pair]:
    found = []
    for _ in range(_ANSWERS):
        at = rng.randrange(len(source.passages))
        sentences = list(source.sentences[at])
        chosen = rng.sample(sentences, min(len(sentences), rng.randint(2, 6)))
        answer = " ".join(reword(each, 0.3, rng) for each in chosen)
        inside = rng.random() < 0.5
        if rng.random() < 0.5:
            before = "" if inside else " ".join(reword(each, 0.3, rng) for each in chosen)
            found.append(Pair(answer, before, "", f"{source.name}:{at}"))
            continue
        spoilt = _spoilt(chosen, source.passages[at], rng)
        if spoilt is None:
            continue
        kind, text = spoilt
        again = reword(text, 0.3, rng)
        before = "" if inside else again
        found.append(
            Pair(f"{answer} {again}" if inside else answer, before, kind, f"{source.name}:{at}")
        )
    return found


def _spoilt(sentences: Sequence[str], passage: str, rng: random.Random) -> tuple[str, str] | None:
    material = Material([passage], [], [])
    kinds = list(KINDS)
    rng.shuffle(kinds)
    for kind in kinds:
        for sentence in sentences:
            changed = SMALL[kind](sentence, material, rng)
            if changed and changed != sentence:
                return kind, changed
    return None


if __name__ == "__main__":
    main()
