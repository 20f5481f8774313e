"""Scores in words, for those who may read what they are about."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.dashboard.watched import LEAVE, RESPONSE

from groundwatch.dashboard.score_words import said, verdict, why
from groundwatch.dashboard.visitor import zone_of
from groundwatch.dashboard.withheld import Readable
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.status import Status

ALL = Readable(texts=True, answer=True, passages={1: True, 2: False})
NOTHING = Readable(texts=False, answer=False, passages={1: False, 2: False})
START = RESPONSE.index("It can")
LOOSE = Evidence("response", "new_word", START, len(RESPONSE), "neighbours")


def score(*evidence: Evidence) -> Score:
    return Score(Dimension.ACCURACY, 0.4, 0.88, evidence=evidence, scorer="accuracy/test-1")


def quality(*scores: Score) -> Quality:
    return Quality(scores, 0.4, 0.4, 1.0, Status.DEGRADED, datetime(2026, 3, 4, tzinfo=UTC))


def test_a_reason_names_what_it_is_about():
    (one,) = said(LEAVE, score(LOOSE), ALL).against
    assert one.words == "in no passage: neighbours"
    assert one.quote == RESPONSE[START:]


def test_who_may_not_read_the_answer_learns_the_kind_of_reason_alone():
    (one,) = said(LEAVE, score(LOOSE), NOTHING).against
    assert one.words == "in no passage"
    assert not one.quote


def test_a_passage_is_quoted_only_for_its_readers():
    ones = [Evidence(f"passage:{rank}", "injection", 0, 12, "hidden") for rank in (1, 2)]
    first, second = said(LEAVE, score(*ones), ALL).against
    assert first.quote == LEAVE.passages[0].text[:12]
    assert second.words == "tries to give instructions (passage 2)"
    assert not second.quote


def test_how_far_a_score_is_trusted_and_by_whom_it_was_given():
    found = said(LEAVE, replace(score(), facts={"used_share": 0.25}), ALL)
    assert found.basis.replace("\u202f", " ") == "right in 88 % of such cases · accuracy/test-1"
    assert found.facts == (("used share", "0.25"),)


def test_many_reasons_are_counted():
    found = said(LEAVE, score(*[LOOSE] * 7), ALL)
    assert (len(found.against), found.more) == (4, 3)


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence("response", "earlier_new_number"), "an earlier answer differs: a number that is"),
        (Evidence("response", "some-own_reason", detail="x"), "some own reason: x"),
    ],
)
def test_every_reason_reads_as_words(evidence, words):
    assert why(evidence).startswith(words)


def test_the_verdict_counts_sentences():
    assert verdict(RESPONSE, quality(score(LOOSE))) == (
        "warn", "Checked: 1 of 2 sentences unsupported",
    )  # fmt: skip
    assert verdict(RESPONSE, quality(score()))[0] == "good"
    assert verdict(RESPONSE, quality()) == ("", "")


@pytest.mark.parametrize(
    "name", ["", "No/Where", "../../etc/passwd", "Europe%2FOslo%00", "x" * 999]
)
def test_a_zone_that_is_none_is_utc(name):
    assert zone_of(name) is UTC


def test_a_zone_by_name():
    assert str(zone_of("Europe%2FOslo")) == "Europe/Oslo"
