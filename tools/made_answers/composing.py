"""Long answers made of passages, clean or with one or two sentences spoilt."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from groundwatch.scoring.text import read
from groundwatch.scoring.weights import weight
from tools.made_answers.inventing import headed, invented, pronoun, summing
from tools.made_answers.passages import Corpus
from tools.made_answers.spoiling import SMALL, Material
from tools.made_answers.wording import GLUE, REFUSALS, merged, reword

_SPOILT_SHARE = 0.5
_WHOLE_SHARE = 0.45
_SAMPLED = 250


@dataclass(frozen=True)
class Made:
    """One made answer.

    Attributes:
        spoilt: start, end, kind in the response; empty for a faithful one.
        group: passages that answers share; never split between fitting and measuring.
    """

    contexts: tuple[str, ...]
    response: str
    group: str
    corpus: str
    spoilt: tuple[tuple[int, int, str], ...] = ()


@dataclass
class _Part:
    text: str
    kind: str = ""
    window: tuple[int, int] = field(default=(0, 0))


def compose(corpus: Corpus, loose: Sequence[str], count: int, seed: int) -> list[Made]:
    """Make answers over one corpus; `loose` are sentences of models' answers about anything."""
    rng = random.Random(seed)  # noqa: S311  a sample, not a secret
    return [made for _ in range(count) if (made := _one(corpus, loose, rng)) is not None]


def _one(corpus: Corpus, loose: Sequence[str], rng: random.Random) -> Made | None:
    seed = rng.randrange(len(corpus.passages))
    near = list(corpus.neighbours[seed])
    chosen = [seed, *rng.sample(near, min(len(near), rng.randint(2, 4)))]
    others = [each for each in near if each not in chosen] or [rng.randrange(len(corpus.passages))]
    contexts = [corpus.passages[each] for each in chosen]
    rng.shuffle(contexts)
    usable = [s for each in chosen[: rng.choice((1, 2, 3))] for s in corpus.sentences[each]]
    size = min(len(usable), rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 10)))
    strength = rng.choice((0.0, 0.3, 0.6, 0.9))
    first = rng.sample(range(len(usable)), size)
    parts = [_Part(reword(usable[at], strength, rng)) for at in sorted(first)]
    foreign = [s for each in others for s in corpus.sentences[each]]
    foreign = [each for each in foreign if each not in "\n".join(contexts)]
    material = Material(contexts, foreign, near_to(contexts, loose, rng))
    if rng.random() < _SPOILT_SHARE and not _spoil(parts, material, strength, rng):
        return None
    return _joined(parts, contexts, f"{corpus.name}:{seed}", corpus.name, rng)


def near_to(contexts: Sequence[str], loose: Sequence[str], rng: random.Random) -> list[str]:
    """Loose sentences that share most with the passages, of a sample."""
    known = {stem for each in contexts for stem in read(each).words.stems}

    def shared(sentence: str) -> float:
        mine = _content(sentence)
        return sum(weight(s) for s in mine & known) / (sum(map(weight, mine)) + 2)

    sample = rng.sample(list(loose), min(_SAMPLED, len(loose)))
    return sorted(sample, key=shared, reverse=True)[:10]


@cache
def _content(sentence: str) -> frozenset[str]:
    words = read(sentence).words
    return frozenset(s for s, keep in zip(words.stems, words.content, strict=True) if keep)


def _spoil(parts: list[_Part], material: Material, strength: float, rng: random.Random) -> bool:
    done = 0
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if rng.random() < _WHOLE_SHARE:
            done += _add_whole(parts, material, strength, rng)
        else:
            done += _change(parts, material, rng)
    return done > 0


def _add_whole(parts: list[_Part], material: Material, strength: float, rng: random.Random) -> bool:
    kind = rng.choice(("loose", "foreign", "invented"))
    pool = {"loose": material.loose, "foreign": material.foreign}.get(kind) or [invented(rng)]
    text = reword(rng.choice(list(pool)), strength * 0.5, rng)
    parts.insert(rng.randint(min(1, len(parts)), len(parts)), _Part(text, kind, (0, len(text))))
    return True


def _change(parts: list[_Part], material: Material, rng: random.Random) -> bool:
    kinds = list(SMALL)
    rng.shuffle(kinds)
    clean = [part for part in parts if not part.kind]
    rng.shuffle(clean)
    for kind in kinds:
        for part in clean:
            changed = SMALL[kind](part.text, material, rng)
            if changed and changed != part.text:
                part.window = _window(part.text, changed)
                part.text, part.kind = changed, kind
                return True
    return False


def _window(before: str, after: str) -> tuple[int, int]:
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < min(len(before), len(after)) - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    begin = after.rfind(" ", 0, start + 1) + 1
    end = after.find(" ", len(after) - tail)
    return begin, len(after) if end < 0 else end


def _natural(parts: list[_Part], rng: random.Random) -> None:
    """What models do to true sentences: pronouns, sentences from afar as one, bold, a summary."""
    clean = [part for part in parts if not part.kind]
    for part in clean:
        draw = rng.random()
        if draw < 0.12:
            part.text = pronoun(part.text, rng)
        elif draw < 0.2:
            part.text = headed(part.text)
    if len(clean) > 3 and rng.random() < 0.25:
        one, other = rng.sample(clean, 2)
        one.text = merged(one.text, other.text, rng)
        parts.remove(other)
    if len(parts) > 2 and rng.random() < 0.25:
        said = summing([part.text for part in clean], rng)
        if said:
            parts.insert(rng.choice((0, len(parts))), _Part(said))


def _joined(
    parts: list[_Part], contexts: Sequence[str], group: str, corpus: str, rng: random.Random
) -> Made:
    if not any(part.kind for part in parts) and rng.random() < 0.04:
        return Made(tuple(contexts), rng.choice(REFUSALS), group, corpus)
    if len(parts) > 2 and rng.random() < 0.3 and not parts[0].kind and not parts[1].kind:
        parts[:2] = [_Part(merged(parts[0].text, parts[1].text, rng))]
    _natural(parts, rng)
    if rng.random() < 0.3:
        parts.insert(rng.choice((0, len(parts))), _Part(rng.choice(GLUE)))
    list_style = rng.random() < 0.15 and len(parts) > 2
    response, spoilt = "", []
    for number, part in enumerate(parts, 1):
        response += (f"\n{number}. " if list_style else " ") if response else ""
        if part.kind:
            start, end = part.window
            spoilt.append((len(response) + start, len(response) + end, part.kind))
        response += part.text
    return Made(tuple(contexts), response, group, corpus, tuple(spoilt))
