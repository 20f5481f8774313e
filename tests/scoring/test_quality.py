"""What scores come to, reckoned by hand."""

import pytest
from pydantic import ValidationError
from tests.scoring.given import NOW

from groundwatch.domain.scores import Dimension, Score
from groundwatch.domain.status import Status
from groundwatch.scoring.quality import assess, overall
from groundwatch.scoring.settings import QualitySettings, Weights

DEFAULT = QualitySettings()


def scores(**values):
    return [
        Score(Dimension(name), value, reason="" if value is not None else f"no {name}")
        for name, value in values.items()
    ]


def test_overall_is_the_weighted_mean():
    found = overall(scores(accuracy=1.0, completeness=0.8, relevance=0.6, consistency=0.5), DEFAULT)
    assert found.value == pytest.approx(0.3 * 1.0 + 0.25 * 0.8 + 0.25 * 0.6 + 0.2 * 0.5)
    assert found.coverage == 1.0


def test_what_is_missing_is_left_out_and_shown_as_coverage():
    found = overall(scores(accuracy=1.0, relevance=0.5, completeness=None), DEFAULT)
    assert found.value == pytest.approx((0.3 * 1.0 + 0.25 * 0.5) / 0.55, abs=1e-4)
    assert found.coverage == pytest.approx(0.55)


def test_below_half_the_weight_there_is_no_overall():
    quality = assess(scores(accuracy=1.0, completeness=None, safety=1.0), DEFAULT, NOW)
    assert quality.overall is None
    assert quality.composite == 1.0
    assert quality.coverage == pytest.approx(0.3)
    assert quality.status is Status.UNKNOWN
    assert quality.reasons == ("only 30% of the weight could be measured: no completeness",)


def test_nothing_is_unknown_and_never_zero():
    quality = assess([], DEFAULT, NOW)
    assert (quality.overall, quality.composite, quality.coverage) == (None, None, 0.0)
    assert quality.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (0.81, Status.HEALTHY),
        (0.8, Status.WARNING),
        (0.6, Status.WARNING),
        (0.59, Status.DEGRADED),
        (0.0, Status.DEGRADED),
    ],
)
def test_the_lines_between_the_states(value, status):
    settings = QualitySettings(accuracy_floor=0.0)
    parts = scores(accuracy=value, completeness=value, relevance=value, consistency=value)
    assert assess(parts, settings, NOW).status is status


@pytest.mark.parametrize("dimension", ["accuracy", "safety", "compliance"])
def test_a_floor_caps_whatever_the_overall_is(dimension):
    good = {"completeness": 1.0, "relevance": 1.0, "consistency": 1.0, "accuracy": 1.0}
    quality = assess(scores(**(good | {dimension: 0.1})), DEFAULT, NOW)
    assert quality.status is Status.DEGRADED
    assert quality.reasons == (f"{dimension} is 0.10, under its floor of 0.50",)


def test_a_safety_failure_shows_also_without_an_overall():
    assert assess(scores(safety=0.0), DEFAULT, NOW).status is Status.DEGRADED


def test_weights_are_normalised_and_may_be_zero():
    settings = QualitySettings(
        weights=Weights(accuracy=2.0, relevance=2.0, completeness=0.0, consistency=0.0)
    )
    found = overall(scores(accuracy=1.0, relevance=0.5, completeness=0.0), settings)
    assert (found.value, found.coverage) == (0.75, 1.0)
    with pytest.raises(ValidationError, match="at least one weight"):
        Weights(accuracy=0.0, relevance=0.0, completeness=0.0, consistency=0.0)
    nothing = scores(relevance=1.0)
    only = QualitySettings(
        weights=Weights(accuracy=1.0, relevance=0.0, completeness=0.0, consistency=0.0)
    )
    assert overall(nothing, only).value is None
