"""What waits is scored, in the real event store on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scoring.given import NOW, interaction
from tests.store.events.opened import opened

from groundwatch.domain.scores import Dimension
from groundwatch.domain.status import Status
from groundwatch.scoring.calibration import ENOUGH, Doubtful, default_calibration, from_traffic
from groundwatch.scoring.running import Runner
from groundwatch.scoring.scorers import scorers
from groundwatch.scoring.traffic import RecentTraffic
from groundwatch.scoring.waiting import score_waiting
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


def ask(events, number, response="The harbour of Lindholm opened in 1962."):
    one = replace(
        interaction(response, "When did the harbour of Lindholm open?"),
        id=f"i{number}",
        started_at=NOW - timedelta(minutes=number),
    )
    events.record([Entry(one)])


class Broken:
    dimension = Dimension.SAFETY
    version = "broken/a-1"

    def score(self, interaction):
        raise RuntimeError


def test_the_newest_are_scored_first_and_stored(events):
    for number in (3, 1, 2):
        ask(events, number)
    taken = score_waiting(events, Runner(scorers()), 2, lambda: NOW)
    assert taken == 2
    assert events.backlog() == 1
    newest, oldest = events.get("i1"), events.get("i3")
    assert newest is not None
    assert oldest is not None
    assert (newest.state, oldest.state) == ("scored", "pending")
    assert newest.quality is not None
    assert newest.quality.status is Status.HEALTHY
    accuracy = newest.quality.score(Dimension.ACCURACY)
    assert accuracy is not None
    assert accuracy.value is not None
    assert accuracy.value > 0.8
    assert score_waiting(events, Runner(scorers()), 2, lambda: NOW) == 1
    assert score_waiting(events, Runner(scorers()), 2, lambda: NOW) == 0


def test_an_interaction_no_scorer_can_read_waits_no_longer(events):
    ask(events, 1)
    assert score_waiting(events, Runner([Broken()]), 5, lambda: NOW) == 1
    found = events.get("i1")
    assert found is not None
    assert (found.state, found.quality) == ("failed", None)
    assert events.backlog() == 0


def test_traffic_places_an_applications_own_line():
    traffic, runner = RecentTraffic(), Runner(scorers())
    one = interaction("The harbour of Lindholm opened in 1972.")
    scores = runner.score(one)
    for _ in range(ENOUGH - 1):
        traffic.observe(one, scores)
    assert traffic.calibration("app") == default_calibration()
    traffic.observe(one, scores)
    placed = traffic.calibration("app")
    assert placed.answers == ENOUGH
    assert placed.cut > default_calibration().cut
    assert traffic.calibration("other") == default_calibration()


def test_the_line_keeps_its_distance_from_the_default():
    usual = default_calibration().cut
    faultless = from_traffic([Doubtful(-5.0, 3)] * 500)
    assert faultless.cut == usual - 1.0
    hopeless = from_traffic([Doubtful(50.0, 1)] * 500)
    assert hopeless.cut == usual + 1.0
    longer = from_traffic([Doubtful(50.0, 7)] * 500)
    assert longer.cut > hopeless.cut
    assert from_traffic([Doubtful(50.0, 1)] * (ENOUGH - 1)).answers == 0


def test_about_the_usual_share_lies_above_the_line():
    answers = [Doubtful(at / 250 - 1, 5) for at in range(1000)]
    line = from_traffic(answers, share=0.25)
    assert sum(each.logit >= line.cut for each in answers) == 250
