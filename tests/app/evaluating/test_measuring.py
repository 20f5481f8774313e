"""Numbers of answers, and of differences between configurations."""

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.scoring.given import interaction

from groundwatch.app.evaluating.asking import Asked
from groundwatch.app.evaluating.comparing import (
    LEAST_CLUSTERS,
    differences,
    means,
    verdict,
)
from groundwatch.app.evaluating.measuring import Measured, measure, retrieved, shared
from groundwatch.app.evaluating.sets import Gold, Task
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.errors import InvalidInput
from groundwatch.scoring.nearness import Nearness
from groundwatch.scoring.settings import QualitySettings

if TYPE_CHECKING:
    from numpy.typing import NDArray


def found(*documents: str) -> Interaction:
    passages = tuple(
        RetrievedPassage(rank, "text", document_id=each) for rank, each in enumerate(documents, 1)
    )
    return replace(interaction("answer"), passages=passages)


def test_retrieval_is_measured_by_document():
    one = found("x", "a", "a", "b")
    values = retrieved(one, [frozenset({"a"}), frozenset({"b"}), frozenset({"c"})])
    assert values["recall_at_k"] == pytest.approx(2 / 3)
    assert values["recall_at_3"] == pytest.approx(1 / 3)
    assert values["mrr"] == pytest.approx(1 / 2)
    gained = 1 / math.log2(3) + 1 / math.log2(4)
    assert values["ndcg"] == pytest.approx(gained / (1 + 1 / math.log2(3) + 1 / math.log2(4)))


def test_any_of_equally_right_documents_is_enough():
    values = retrieved(found("copy", "original"), [frozenset({"original", "copy"})])
    assert values == {"recall_at_k": 1.0, "recall_at_3": 1.0, "mrr": 1.0, "ndcg": 1.0}


def test_nothing_found_is_zero_and_not_an_error():
    assert set(retrieved(found(), [frozenset({"a"})]).values()) == {0.0}


@pytest.mark.parametrize(
    ("answer", "gold", "precision", "recall"),
    [
        ("Leave lasts 480 days.", "480 days", 2 / 4, 1.0),
        ("480 days", "480 days of leave", 1.0, 2 / 3),
        ("The harbour opened in 1962.", "480 days", 0.0, 0.0),
        ("", "480 days", 0.0, 0.0),
    ],
)
def test_answers_share_words_with_gold(answer: str, gold: str, precision: float, recall: float):
    assert shared(answer, gold) == pytest.approx((precision, recall))


def measured(one: Interaction, gold: Gold, relevant: tuple[frozenset[str], ...] = ()) -> Measured:
    task = Task("t", "ada", one.query, gold)
    (done,) = measure([Asked(task, one, relevant)], QualitySettings())
    return done


def test_an_answer_is_measured_by_scores_and_by_gold():
    one = interaction("The harbour of Lindholm opened in 1962.", "When did the harbour open?")
    gold = Gold(sentence="opened in  1962.", answer="in 1962", sources=(frozenset({"h.md"}),))
    values = measured(one, gold, (frozenset({"d"}),)).values
    assert (values["outcome_right"], values["sentence_found"], values["failed"]) == (1.0, 1.0, 0.0)
    assert values["answer_recall"] == 1.0
    assert values["recall_at_k"] == 0.0
    assert (values["accuracy"] or 0) > 0.5
    assert (values["overall"] or 0) > 0.5
    assert values["seconds"] == one.duration


def test_a_question_without_an_answer_is_right_when_it_is_declined():
    declined = replace(interaction("I do not know."), outcome=Outcome.DECLINED)
    assert measured(declined, Gold("unanswerable")).values["outcome_right"] == 1.0
    assert measured(declined, Gold("answerable")).values["outcome_right"] == 0.0
    assert measured(interaction("480 days"), Gold("forbidden")).values["outcome_right"] == 0.0
    assert "recall_at_k" not in measured(declined, Gold("unanswerable")).values


def test_what_failed_has_no_scores():
    failed = replace(interaction(""), outcome=Outcome.FAILED)
    done = measured(failed, Gold(sentence="480", answer="480"))
    assert done.scores == ()
    assert (done.values["failed"], done.values["outcome_right"], done.values["answer_f1"]) == (
        1.0,
        0,
        0,
    )


def side(values: list[float], name: str = "overall", per_cluster: int = 1) -> list[Measured]:
    made = []
    for number, value in enumerate(values):
        task = Task(str(number), "ada", "why?", Gold())
        asked = Asked(task, interaction("answer"), ())
        made.append(Measured(asked, (), {name: value}, f"d{number // per_cluster}"))
    return made


def test_an_interval_holds_the_mean_and_narrows_with_more_answers():
    random = Random(4)  # noqa: S311
    values = [random.gauss(0.7, 0.1) for _ in range(400)]
    few, many = means(side(values[:40]))["overall"], means(side(values))["overall"]
    for each in (few, many):
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.mean < each.high
    assert many.high - many.low < (few.high - few.low) / 2  # type: ignore[operator]


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.86, 1.0), (0.0, 0.0, 0.14)])
def test_answers_that_are_all_alike_prove_no_certainty(value: float, low: float, high: float):
    found = means(side([value] * 24))["overall"]
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.005)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    random, covered = Random(11), 0  # noqa: S311
    for _ in range(120):
        found = means(side([random.random() for _ in range(60)]))["overall"]
        covered += found.low <= 0.5 <= found.high  # type: ignore[operator]
    assert 0.88 <= covered / 120 <= 0.99


def test_questions_about_one_document_are_not_counted_as_independent():
    random = Random(5)  # noqa: S311
    values = [value for _ in range(20) for value in [random.random()] * 10]
    apart, together = means(side(values)), means(side(values, per_cluster=10))
    wide = together["overall"].high - together["overall"].low  # type: ignore[operator]
    assert wide > 2 * (apart["overall"].high - apart["overall"].low)  # type: ignore[operator]


def test_the_same_answers_show_no_difference():
    random = Random(6)  # noqa: S311
    values = [random.random() for _ in range(50)]
    same = differences(side(values), side(values))
    assert same["overall"].difference == 0.0
    assert verdict(same) == "no difference shown"


@pytest.mark.parametrize(
    ("name", "shift", "said"),
    [
        ("overall", 0.1, "better: overall"),
        ("overall", -0.1, "worse: overall"),
        ("seconds", 0.1, "worse: seconds"),
        ("cost", -0.1, "better: cost"),
    ],
)
def test_a_clear_difference_is_shown_in_the_right_direction(name: str, shift: float, said: str):
    random = Random(7)  # noqa: S311
    before = [random.random() for _ in range(60)]
    after = [value + shift + random.gauss(0, 0.05) for value in before]
    compared = differences(side(before, name), side(after, name))
    assert verdict(compared) == said
    assert compared[name].difference == pytest.approx(shift, abs=0.03)


def test_noise_is_hardly_ever_called_a_difference():
    random, wrong = Random(8), 0  # noqa: S311
    for _ in range(100):
        before = [random.random() for _ in range(40)]
        after = [random.random() for _ in range(40)]
        wrong += verdict(differences(side(before), side(after))) != "no difference shown"
    assert wrong <= 10


def test_with_few_questions_nothing_is_claimed():
    few = [0.1] * (LEAST_CLUSTERS - 1)
    compared = differences(side(few), side([0.9] * len(few)))
    assert compared["overall"].verdict == "too few questions"
    assert verdict(compared) == "no difference shown: too few questions"


def test_different_questions_are_not_compared():
    with pytest.raises(InvalidInput, match="same questions"):
        differences(side([0.1, 0.2]), side([0.1]))


def test_vectors_are_asked_for_together_and_move_relevance():
    asked_for: list[int] = []

    def embed(texts: Sequence[str]) -> "NDArray[np.float32]":
        asked_for.append(len(texts))
        return np.eye(1, 8, dtype=np.float32).repeat(len(texts), axis=0)

    ones = [
        interaction(f"The harbour opened in {year}.", "When was the port founded?")
        for year in range(1900, 1930)
    ]
    task = Task("t", "ada", "When was the port founded?", Gold())
    asked = [Asked(task, one, ()) for one in ones]
    plain = measure(asked, QualitySettings())
    near = measure(asked, QualitySettings(), None, Nearness(embed, lambda: 0.0))
    assert asked_for == [21, 11]
    assert all(
        (after.values["relevance"] or 0) > (before.values["relevance"] or 0)
        for before, after in zip(plain, near, strict=True)
    )
    assert plain[0].values["accuracy"] == near[0].values["accuracy"]
