"""Which interactions are kept."""

from dataclasses import replace
from uuid import UUID

import pytest

from groundwatch.domain.answers import DOUBTFUL, Outcome
from groundwatch.telemetry.sampling import Reason, Sampling, share_of
from tests.telemetry.test_recorder import interaction

MANY = [UUID(int=number * 7919, version=4).hex for number in range(20_000)]


def with_id(id_):
    return replace(interaction(1), id=id_)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_about_the_rate_is_kept_and_weighs_what_it_stands_for(rate):
    decisions = [Sampling(rate).decide(with_id(each)) for each in MANY]
    kept = [each for each in decisions if each.keep]
    assert len(kept) / len(MANY) == pytest.approx(rate, rel=0.15)
    assert {each.weight for each in kept} == {1 / rate}
    assert {each.reason for each in kept} == {Reason.SAMPLED}
    assert sum(each.weight for each in kept) == pytest.approx(len(MANY), rel=0.15)


def test_doubt_is_nothing_wrong():
    doubtful = replace(interaction(1), flags=(DOUBTFUL,))
    assert Sampling(0.0).decide(doubtful).reason is Reason.SAMPLED_OUT


def test_the_same_id_is_decided_alike_everywhere_and_more_at_a_higher_rate():
    # The share of an id is part of the format: other versions must decide alike.
    assert share_of("0af7651916cd43dd8448eb211c80319c") == pytest.approx(0.5604325062551866)
    some = {each for each in MANY if Sampling(0.1).decide(with_id(each)).keep}
    more = {each for each in MANY if Sampling(0.2).decide(with_id(each)).keep}
    assert some < more


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcome": Outcome.FAILED}, Reason.ERROR),
        ({"outcome": Outcome.TIMED_OUT}, Reason.ERROR),
        ({"duration": 5.0}, Reason.SLOW),
        ({"flags": ("injection",)}, Reason.FLAGGED),
    ],
)
def test_what_went_wrong_is_always_kept_and_stands_for_itself(changes, reason):
    decision = Sampling(0.0).decide(replace(interaction(1), **changes))
    assert (decision.keep, decision.weight, decision.reason) == (True, 1.0, reason)


def test_what_was_badly_rated_is_always_kept():
    assert Sampling(0.0).decide(interaction(1), badly_rated=True).reason is Reason.RATED


def test_how_something_was_measured_is_no_reason():
    one = replace(interaction(1), flags=("remote-parent", "cost-partial"))
    assert not Sampling(0.0).decide(one).keep


def test_each_application_has_its_rate():
    sampling = Sampling(0.0, {"test": 1.0})
    assert sampling.decide(interaction(1)).reason is Reason.ALL
    other = replace(interaction(1), application="other")
    assert sampling.decide(other).reason is Reason.SAMPLED_OUT
