"""A probe that is not answered is 0, and nobody is asked who should not be there."""

import pytest

from groundwatch.domain.metrics import PROBES, Point
from groundwatch.errors import Unavailable
from groundwatch.telemetry.probing import Prober
from tests.store.events.samples import NOW


@pytest.fixture
def kept():
    return []


def prober(kept, *questions, expected=True):
    named = [(f"q{place}", question) for place, question in enumerate(questions)]
    return Prober(named, lambda: expected, lambda *call: kept.append(call), lambda: NOW)


def answered():
    pass


def away():
    raise ConnectionRefusedError("nobody listens")


def slow():
    raise Unavailable("no answer within 5 s")


@pytest.mark.parametrize(
    ("questions", "value"),
    [
        ((answered, answered), 1.0),
        ((answered, slow), 0.0),
        ((away, answered), 0.0),
        ((away, slow), 0.0),
    ],
)
def test_all_must_be_answered(kept, questions, value):
    prober(kept, *questions).probe()
    assert kept == [(NOW, "", [Point(PROBES.name, value)])]


def test_every_question_is_asked_though_the_first_fails(kept):
    asked = []
    prober(kept, away, lambda: asked.append(1)).probe()
    assert asked == [1]


def test_nobody_is_asked_where_no_server_says_it_runs(kept):
    asked = []
    prober(kept, lambda: asked.append(1), expected=False).probe()
    assert (asked, kept) == ([], [])
