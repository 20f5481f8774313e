"""Scores of others, read back from what an interaction keeps; anybody may write attributes."""

from dataclasses import replace

import pytest

from groundwatch.telemetry.otlp.scores_in import ExternalScore, external_scores
from tests.scoring.given import interaction


def read(**attributes: str) -> list[ExternalScore]:
    named = {f"score:{name}": text for name, text in attributes.items()}
    return external_scores(replace(interaction("yes"), attributes=named))


def test_what_was_kept_comes_back():
    kept = ExternalScore("helpful", 4.5, "good", "to the point", "HUMAN", "judy")
    assert read(helpful=kept.text()) == [kept]


@pytest.mark.parametrize(
    ("text", "score", "label"),
    [
        ("0.5", 0.5, ""),
        ("0", 0.0, ""),
        ('"0.5"', 0.5, ""),
        ('"good"', None, "good"),
        ("good", None, "good"),
        ('{"score": 1, "surprise": [1]}', 1.0, ""),
        ('{"label": "bad", "score": "NaN"}', None, "bad"),
    ],
)
def test_attributes_so_named_are_read_as_far_as_they_say_something(
    text: str, score: float | None, label: str
):
    (found,) = read(one=text)
    assert (found.score, found.label) == (score, label)


@pytest.mark.parametrize(
    "text", ["", "{}", "null", "[]", '{"score": null}', "NaN", '{"score": {}}']
)
def test_what_says_nothing_is_no_score(text: str):
    assert read(one=text) == []
