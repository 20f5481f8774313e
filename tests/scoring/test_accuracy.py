"""Accuracy finds what passages do not bear out, and nothing else."""

import json
from pathlib import Path

import pytest
from tests.scoring.given import HARBOUR, interaction

from groundwatch.scoring.accuracy import Accuracy
from groundwatch.scoring.calibration import Calibration
from groundwatch.scoring.faithfulness import examine

CASES = json.loads(Path(__file__).with_name("accuracy.json").read_text())
ACCURACY = Accuracy()


@pytest.mark.parametrize("case", CASES, ids=[case["response"][:40] for case in CASES])
def test_an_answer_is_judged_and_the_doubtful_words_are_named(case):
    score = ACCURACY.score(interaction(case["response"]))
    assert score.value is not None
    if case["faithful"]:
        assert score.value > 0.5
        assert score.evidence == ()
        assert score.flags == ()
        return
    assert score.value < 0.5
    assert score.flags == ("unsupported",)
    worst = score.evidence[0]
    assert worst.reason == case["reason"]
    assert case["response"][worst.start : worst.end] == case["words"]


def test_a_faithful_answer_stays_faithful_however_long_it_is():
    sentences = [part.strip() + "." for text in HARBOUR for part in text.split(". ")]
    for count in range(1, len(sentences) + 1):
        score = ACCURACY.score(interaction(" ".join(sentences[:count]).replace("..", ".")))
        assert score.value is not None
        assert score.value > 0.8, count


@pytest.mark.parametrize("position", range(4))
def test_one_invented_sentence_is_found_wherever_it_stands(position):
    parts = ["The harbour opened in 1962.", "It has 240 berths.", "Guests pay EUR 25 a night."]
    parts.insert(position, "Visitors praise the medieval cathedral and its golden altar.")
    score = ACCURACY.score(interaction(" ".join(parts)))
    assert score.value is not None
    assert score.value < 0.5
    start, end = score.evidence[0].start, score.evidence[0].end
    assert " ".join(parts)[start:end].startswith("Visitors praise")


def test_the_order_of_passages_does_not_matter():
    response = "The harbour of Lindholm opened in 1972 and dogs are welcome."
    one = examine("", HARBOUR, response)
    other = examine("", HARBOUR[::-1], response)
    assert one.logit == pytest.approx(other.logit, abs=1e-9)


def test_a_number_that_stands_elsewhere_in_the_passages_is_suspicious():
    right = examine("", HARBOUR, "It has 240 berths for yachts.").logit
    moved = examine("", HARBOUR, "It has 40 berths for yachts.").logit
    assert moved > right + 0.5


def test_a_denial_that_is_dropped_or_added_is_suspicious():
    for right, wrong in (
        ("Dogs are not allowed on the northern pier.", "Dogs are allowed on the northern pier."),
        ("Payment is due before noon.", "Payment is not due before noon."),
    ):
        before, after = (examine("", HARBOUR, text) for text in (right, wrong))
        assert after.logit > before.logit + 1.5
        assert after.claims[0].doubts[0].reason == "negation"


def test_numbers_are_compared_as_values():
    passages = ("Revenue was $2.5 million in 2020 and 1,200 people work there.",)
    same = "Revenue was $2,500,000 in 2020 and 1200 people work there."
    assert examine("", passages, same).claims[0].signal("new_number") == 0


@pytest.mark.parametrize(
    ("response", "passages", "reason"),
    [
        ("", HARBOUR, "there is no answer"),
        ("  \n", HARBOUR, "there is no answer"),
        ("It opened in 1962.", (), "there are no passages to compare with"),
        ("It opened in 1962.", ("", " "), "there are no passages to compare with"),
        ("Unable to answer based on given passages.", HARBOUR, "the question was declined"),
        ("I cannot find the answer in the documents.", HARBOUR, "the question was declined"),
    ],
)
def test_what_cannot_be_measured_has_a_reason_and_no_value(response, passages, reason):
    score = ACCURACY.score(interaction(response, passages=passages))
    assert (score.value, score.confidence, score.reason) == (None, None, reason)


def test_a_claim_after_a_refusal_is_judged():
    response = "The passages do not mention the price. However, the sauna opens at seven o'clock."
    score = ACCURACY.score(interaction(response))
    assert score.value is not None
    assert score.value < 0.5


def test_an_application_has_its_own_line():
    response = "The harbour of Lindholm opened in 1972."
    strict = Accuracy(lambda _: Calibration(-20.0, 500)).score(interaction(response))
    loose = Accuracy(lambda name: Calibration(20.0 if name == "app" else 0.0, 500))
    relaxed = loose.score(interaction(response))
    assert strict.value is not None
    assert relaxed.value is not None
    assert strict.value < 0.01 < 0.99 < relaxed.value
    assert relaxed.flags == ()
    assert relaxed.facts["calibrated"] == 1.0
    assert strict.facts["doubt"] == relaxed.facts["doubt"]
