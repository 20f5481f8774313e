"""What holds for every scorer: discovered, so that a new one is tested for nothing."""

import re

import pytest
from tests.scoring.given import HARBOUR, interaction

from groundwatch.domain.scores import Dimension
from groundwatch.scoring.scorers import scorers

ALL = scorers()
IDS = [scorer.dimension.value for scorer in ALL]
ODD = {
    "empty": ("", "", ()),
    "spaces": (" \n", "\t", (" ",)),
    "symbols": ("?!", "… — !!", ("***", "%%%")),
    "emoji": ("🙂", "🙂🙂 👍", ("🎉",)),
    "nul": ("a\x00b", "c\x00d\ud800", ("e\x00f",)),
    "hebrew": ("מה השעה?", "השעה שלוש.", ("השעה עכשיו שלוש.",)),
    "chinese": ("为什么下雨", "因为下雨。所以不去。", ("今天下雨。所以不去。",)),
    "digits": ("1", "1 2 3 4 5 6 7 8 9", ("9 8 7",)),
    "one word": ("when", "Tomorrow", ("Tomorrow",)),
    "long word": ("x" * 10_000, "y" * 10_000, ("z" * 10_000,)),
    "no end": ("What is it?", "It is a thing that", HARBOUR),
    "markup": ("<b>?</b>", "<script>alert(1)</script>\n| a | b |\n|---|---|", ("```\ncode\n```",)),
    "refusal": ("What?", "I cannot answer this from the documents.", HARBOUR),
    "regex": ("(((", "[[[ \\ {{{ +++ ***", ("^$.*",)),
    "many": ("What is said?", "The harbour has 240 berths. " * 300, HARBOUR * 30),
}


def test_every_dimension_has_one_scorer():
    assert sorted(IDS) == sorted(Dimension)


@pytest.mark.parametrize("scorer", ALL, ids=IDS)
@pytest.mark.parametrize("name", ODD)
def test_odd_input_gives_a_value_or_a_reason(scorer, name):
    query, response, passages = ODD[name]
    one = interaction(response, query, passages)
    score = scorer.score(one)
    assert score.dimension is scorer.dimension
    assert score.scorer == scorer.version
    if score.value is None:
        assert score.reason
        assert score.confidence is None
    else:
        assert 0.0 <= score.value <= 1.0
        assert score.confidence is not None
        assert 0.0 < score.confidence <= 1.0
    for evidence in score.evidence:
        text = {"response": response, "query": query}.get(evidence.where)
        if text is None:
            rank = int(evidence.where.removeprefix("passage:"))
            text = passages[rank - 1]
        if evidence.start is not None:
            assert evidence.end is not None
            assert 0 <= evidence.start < evidence.end <= len(text)


@pytest.mark.parametrize("scorer", ALL, ids=IDS)
def test_the_same_interaction_gets_the_same_score(scorer):
    one = interaction("The harbour opened in 1972. Guests pay EUR 25 a night.")
    assert scorer.score(one) == scorer.score(one)


@pytest.mark.parametrize("scorer", ALL, ids=IDS)
def test_a_scorer_names_its_version(scorer):
    assert re.fullmatch(r"[a-z]+/[a-z]+-\d+", scorer.version)
