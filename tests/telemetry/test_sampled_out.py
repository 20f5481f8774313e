"""Our own interactions are sampled too, and one that a person rates is kept after all."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import Feedback
from groundwatch.errors import NotFound
from groundwatch.telemetry.feedback import FeedbackBook
from groundwatch.telemetry.sampled_out import SampledOut, sampled_writer
from groundwatch.telemetry.sampling import Sampling
from tests.store.events.samples import NOW
from tests.telemetry.test_recorder import interaction

ANNA = Identity("anna", frozenset(), frozenset(), "key")
GIVEN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def asked(number):
    return replace(interaction(number), started_at=NOW, user="anna", query="why?")


def thumb_down(number):
    return Feedback(str(number), "anna", GIVEN_AT, thumb=-1)


def test_what_is_rated_is_kept_after_all(events):
    out = SampledOut(events)
    sampled_writer(events, Sampling(0.0), out)([asked(1), asked(2)])
    assert events.get("1") is None
    FeedbackBook(events, lambda: None, out).give(ANNA, thumb_down(1))
    found = events.get("1")
    assert (found.interaction.query, found.weight) == ("why?", 1.0)
    assert [given.thumb for given in found.feedback] == [-1]
    assert events.get("2") is None


def test_nobody_rates_what_is_somebody_elses(events):
    out = SampledOut(events)
    sampled_writer(events, Sampling(0.0), out)([replace(asked(1), user="ben")])
    with pytest.raises(NotFound):
        FeedbackBook(events, lambda: None, out).give(ANNA, thumb_down(1))
    assert events.get("1") is None


def test_the_oldest_is_forgotten(events):
    out = SampledOut(events, most=2)
    for number in range(3):
        out.note(asked(number))
    assert [out.find(str(number)) is not None for number in range(3)] == [False, True, True]


def test_what_is_sampled_weighs_what_it_stands_for(events):
    out = SampledOut(events)
    write = sampled_writer(events, Sampling(0.5), out)
    write([asked(number) for number in range(200)])
    kept = [found for number in range(200) if (found := events.get(str(number)))]
    assert 60 < len(kept) < 140
    assert {found.weight for found in kept} == {2.0}
