"""What kind of question was asked, and how much it asks for."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.scoring.given import interaction

from groundwatch.domain import metrics
from groundwatch.domain.metrics import Point
from groundwatch.domain.scores import Quality, complexity_band
from groundwatch.domain.status import Status
from groundwatch.scoring.questions import Category, described, kind_of

CASES = json.loads((Path(__file__).parent / "questions.json").read_text())
HARD = (
    "If I move from Rotterdam to Gdynia before my probation ends and also change teams, what "
    "happens to my notice period, how is my pay adjusted, and when does the new contract begin?"
)


@pytest.mark.parametrize(("category", "query"), CASES)
def test_the_category_of_a_question(category: str, query: str):
    assert kind_of(query).category == category


def test_every_category_has_a_case():
    assert {category for category, _ in CASES} == set(Category)


def test_what_asks_for_more_is_more_complex():
    plain = kind_of("Where is the ferry?")
    longer = kind_of("Where is the ferry to Gdynia, and when does it leave?")
    hard = kind_of(HARD)
    assert plain.complexity < longer.complexity < hard.complexity
    bands = [complexity_band(each.complexity) for each in (plain, longer, hard)]
    assert bands == ["simple", "moderate", "complex"]


@pytest.mark.parametrize("query", [HARD * 500, "?" * 100_000, "and " * 50_000, "\x00\ud800"])
def test_complexity_stays_within_its_bounds_and_takes_no_time(query: str):
    assert 0.0 <= kind_of(query).complexity <= 1.0


def test_quality_says_what_was_asked_and_counts_it():
    bare = Quality((), None, None, 0.0, Status.UNKNOWN, datetime(2026, 1, 2, tzinfo=UTC))
    asked = interaction("It depends.", HARD)
    quality = described(bare, asked.query)
    assert (quality.category, quality.complexity) == ("fact", kind_of(HARD).complexity)
    points = metrics.of_quality(asked, quality, 2.0)
    assert Point("requests", 1.0, "category", quality.category, 2.0) in points
    assert Point("requests", 1.0, "complexity", "complex", 2.0) in points
    assert described(bare, "  ") == bare
