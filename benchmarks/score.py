"""Scores: what they cost, and how often they are right on answers that fitting never saw.

    python -m benchmarks.score --data ../shared/data

Faithfulness on BEGIN CMU (human labels, another domain than the fitted one) and on made answers
over documents that fitting never saw, beside ROUGE-L precision and the length of the answer on the
same rows, with 95 % intervals that draw whole contexts. Thresholds come from fitting, never from
these rows. The other dimensions on their own corruptions; CPU of all dimensions an interaction.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.fit_consistency import consistency, contradicting
from tools.fit_faithfulness import held_answers
from tools.fitting import auroc, best_f1, f1_at, interval
from tools.made_answers.labelled import rows
from tools.made_answers.natural import natural_answers

from benchmarks.figures import Figure, at_least, at_most, middle, percentile, plain, show
from benchmarks.harness import load_average, options
from groundwatch.domain.answers import Outcome
from groundwatch.domain.clock import system_clock
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.status import Severity
from groundwatch.scoring.calibration import Doubtful, default_calibration, from_traffic
from groundwatch.scoring.faithfulness import examine
from groundwatch.scoring.flagged import unsupported
from groundwatch.scoring.running import Runner
from groundwatch.scoring.scorers import scorers
from groundwatch.scoring.text import read

_PASSAGES, _PASSAGE_CHARS, _ANSWER_SENTENCES = 8, 800, 7


@dataclass(frozen=True)
class Labelled:
    """One answer of a set; `spoilt` are the spans known to be wrong."""

    query: str
    contexts: tuple[str, ...]
    response: str
    label: int
    group: str
    spoilt: tuple[tuple[int, int, str], ...] = ()


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    sets = human_sets(given.data) | made_sets(given.data) | natural_set(given.data)
    targets = {"begin_cmu_dev": 0.97, "made": 0.85}
    for name, labelled in sets.items():
        figures += faithfulness(name, labelled, targets.get(name), quick=given.quick)
    figures += kinds(sets["made"])
    pairs = contradicting(given.data)
    agree = [float(not each.kind) for each in pairs]
    figures.append(
        at_least("contradictions AUROC", auroc(agree, [consistency(p) for p in pairs]), "", 0.95)
    )
    figures += cost(given.data, 40 if given.quick else 300)
    show(figures)


def human_sets(data: Path) -> dict[str, list[Labelled]]:
    """Human labels; HaluEval is here for its length baseline only and has no target."""
    return {
        name: [
            Labelled(row.query, row.contexts, row.response, row.label, row.group)
            for row in rows(name, data)
        ]
        for name in ("begin_cmu_dev", "halueval_qa_sample")
    }


def made_sets(data: Path) -> dict[str, list[Labelled]]:
    """Made answers by corpus, and together."""
    found = {
        f"made {name}": [
            Labelled("", m.contexts, m.response, int(bool(m.spoilt)), m.group, m.spoilt)
            for m in made
        ]
        for name, made in held_answers(data).items()
    }
    return found | {"made": [each for part in found.values() for each in part]}


def natural_set(data: Path) -> dict[str, list[Labelled]]:
    """Answers as models word them; they guided development, so there is no target."""
    return {
        "natural wording": [
            Labelled(query, m.contexts, m.response, int(bool(m.spoilt)), m.group, m.spoilt)
            for query, m in natural_answers(data)
        ]
    }


def faithfulness(
    name: str, labelled: Sequence[Labelled], target: float | None, *, quick: bool
) -> list[Figure]:
    labels = [each.label for each in labelled]
    examined = [examine(each.query, each.contexts, each.response) for each in labelled]
    logits = [-4.0 if each.declines else each.logit for each in examined]
    rouge = [1.0 - rouge_l(each) for each in labelled]
    length = [float(len(each.response)) for each in labelled]
    groups = [each.group for each in labelled]
    value = auroc(labels, logits)
    low, high = interval(groups, _over(labels, logits), 50 if quick else 300)
    cut = default_calibration().cut
    fifth = one_in_five(labels)
    own = from_traffic([Doubtful(logits[at], len(examined[at].claims)) for at in fifth]).cut
    figures = [
        at_least(f"{name} AUROC", value, "", target)
        if target
        else plain(f"{name} AUROC", value, ""),
        plain(f"{name} AUROC interval low", low, ""),
        plain(f"{name} AUROC interval high", high, ""),
        plain(f"{name} ROUGE-L AUROC", auroc(labels, rouge), ""),
        plain(f"{name} length AUROC", auroc(labels, length), ""),
        plain(f"{name} F1 at the default line", f1_at(labels, [x >= cut for x in logits]), ""),
        *_at_a_fifth(name, [labels[at] for at in fifth], [logits[at] for at in fifth], cut, own),
        plain(f"{name} F1 flag all", f1_at(labels, [True] * len(labels)), ""),
        plain(f"{name} answers", len(labels), ""),
        plain(f"{name} unfaithful share", sum(labels) / len(labels), ""),
    ]
    if any(each.spoilt for each in labelled):
        flagged = [x >= cut for x in logits]
        found = [
            [(e.start or 0, e.end or 0) for e in unsupported(each, at_least_one=True)]
            if flag
            else []
            for each, flag in zip(examined, flagged, strict=True)
        ]
        figures.append(plain(f"{name} span F1 (characters)", span_f1(labelled, found), ""))
    return figures


def one_in_five(labels: Sequence[int]) -> list[int]:
    """Rows of which a fifth are unfaithful, as is typical of answers over passages."""
    bad = [at for at, label in enumerate(labels) if label]
    good = [at for at, label in enumerate(labels) if not label]
    kept = min(len(bad), len(good) // 4)
    return sorted([*bad[:: max(1, len(bad) // max(1, kept))][:kept], *good[: kept * 4]])


def _at_a_fifth(
    name: str, labels: Sequence[int], logits: Sequence[float], cut: float, own: float
) -> list[Figure]:
    share = "where a fifth are unfaithful"
    return [
        plain(f"{name} F1 {share}, default line", f1_at(labels, [x >= cut for x in logits]), ""),
        plain(f"{name} F1 {share}, own line", f1_at(labels, [x >= own for x in logits]), ""),
        plain(f"{name} F1 {share}, best line", best_f1(labels, logits)[0], ""),
    ]


def _over(labels: Sequence[int], scores: Sequence[float]) -> Callable[[Sequence[int]], float]:
    return lambda drawn: auroc([labels[at] for at in drawn], [scores[at] for at in drawn])


def rouge_l(one: Labelled) -> float:
    """Share of the answer's words in the longest common subsequence with the contexts."""
    said = one.response.lower().split()
    masks: dict[str, int] = {}
    for at, word in enumerate(said):
        masks[word] = masks.get(word, 0) | (1 << at)
    whole = row = (1 << len(said)) - 1
    for word in " ".join(one.contexts).lower().split():
        kept = row & masks.get(word, 0)
        row = ((row + kept) | (row - kept)) & whole
    return (len(said) - row.bit_count()) / max(1, len(said))


def span_f1(labelled: Sequence[Labelled], found: Sequence[Sequence[tuple[int, int]]]) -> float:
    """F1 over characters of all answers together; a changed word stands for itself."""
    hit = said = true = 0
    for each, spans in zip(labelled, found, strict=True):
        marked = {at for start, end in spans for at in range(start, end)}
        wrong = {at for start, end, _ in each.spoilt for at in range(start, end)}
        hit, said, true = hit + len(marked & wrong), said + len(marked), true + len(wrong)
    return 2 * hit / (said + true) if said + true else 0.0


def kinds(labelled: Sequence[Labelled]) -> list[Figure]:
    """Answers with one kind of lie beside clean ones."""
    logits = [examine("", each.contexts, each.response).logit for each in labelled]
    found = []
    for kind in sorted({each.spoilt[0][2] for each in labelled if len(each.spoilt) == 1}):
        some = [
            at
            for at, each in enumerate(labelled)
            if not each.spoilt or (len(each.spoilt) == 1 and each.spoilt[0][2] == kind)
        ]
        labels = [labelled[at].label for at in some]
        value = auroc(labels, [logits[at] for at in some])
        found.append(plain(f"made AUROC, {kind} alone (n={sum(labels)})", value, ""))
    return found


def cost(data: Path, count: int) -> list[Figure]:
    """CPU of all dimensions on long answers over eight passages, each read for the first time."""
    texts = [each for made in held_answers(data).values() for each in made]
    runner = Runner(scorers())
    totals: list[float] = []
    by: dict[str, list[float]] = {}
    for at in range(count):
        interaction = _long(at, [texts[(at * 3 + k) % len(texts)] for k in range(6)])
        read.cache_clear()
        began = time.thread_time()
        scores = runner.score(interaction)
        totals.append((time.thread_time() - began) * 1e3)
        for score in scores:
            by.setdefault(score.dimension, []).append(score.cost * 1e3)
    warm = totals[5:]
    figures = [at_most("CPU of all dimensions, median", middle(warm), "ms", 20.0)]
    figures.append(plain("CPU of all dimensions, p95", percentile(warm, 0.95), "ms"))
    figures += [plain(f"CPU of {name}, median", middle(v[5:]), "ms") for name, v in by.items()]
    return figures


def _long(number: int, made: Sequence[object]) -> Interaction:
    contexts = [text for each in made for text in each.contexts]  # type: ignore[attr-defined]
    joined = " ".join(dict.fromkeys(contexts))
    size = _PASSAGE_CHARS
    passages = [joined[at * size : (at + 1) * size] for at in range(_PASSAGES)]
    response = " ".join(each.response for each in made)  # type: ignore[attr-defined]
    answer = read(response)
    end = answer.spans[min(_ANSWER_SENTENCES, len(answer.spans)) - 1][1]
    return Interaction(
        str(number), "bench", system_clock(), 1.0, Outcome.ANSWERED, Severity.INFO,
        "What do the passages say about the history and the numbers of this?", response[:end],
        passages=tuple(RetrievedPassage(at, text) for at, text in enumerate(passages, 1)),
    )  # fmt: skip


if __name__ == "__main__":
    main()
