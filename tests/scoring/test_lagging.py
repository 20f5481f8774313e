"""A sample is scored while too much waits, and stands for all of it without bias."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import mul
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.given import NOW, interaction
from tests.store.events.opened import opened

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.scores import Dimension, Score
from groundwatch.scoring.lagging import LEAST_SHARE, Lag
from groundwatch.scoring.running import Runner
from groundwatch.scoring.waiting import Beside, score_waiting
from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, Entry, EventStore, Recorded, State
from groundwatch.telemetry.sampling import Sampling

SLOW = 5.0


@dataclass
class Queue:
    """What waits, without a database."""

    new: int = 0
    deferred: list[str] = field(default_factory=list)

    def backlog_of_new(self) -> int:
        return self.new

    def defer(self, ids) -> int:
        self.deferred += ids
        return len(self.deferred)


def recorded(id_: str, **changes) -> Recorded:
    one = replace(interaction("It opened in 1962."), id=id_, **changes)
    return Recorded(one, State.PENDING)


def lagging(waiting: int, most: int = 100) -> Lag:
    lag = Lag(Queue(waiting), most, SLOW)
    lag.look(20)
    return lag


@pytest.mark.parametrize(
    ("waiting", "share", "taken"),
    [(0, 1.0, 20), (100, 1.0, 20), (101, 0.5, 40), (800, 0.125, 160), (10**7, LEAST_SHARE, 640)],
)
def test_the_share_follows_what_waits(waiting, share, taken):
    lag = Lag(Queue(waiting), 100, SLOW)
    assert (lag.look(20), lag.share) == (taken, share)


def test_the_share_stays_until_half_of_the_bound_waits():
    queue = Queue(400)
    lag = Lag(queue, 100, SLOW)
    for queue.new, share in ((400, 0.25), (90, 0.25), (51, 0.25), (50, 1.0), (90, 1.0)):
        lag.look(20)
        assert lag.share == share


def test_what_waits_is_not_counted_while_nothing_new_comes():
    queue = Queue(800)
    lag = Lag(queue, 100, SLOW)
    lag.choose([])
    assert (lag.look(20), lag.share) == (20, 1.0)
    lag.choose([replace(recorded("a"), deferred=True)])
    assert lag.look(20) == 20
    lag.choose([recorded("b")])
    assert lag.look(20) == 160


def test_the_same_ids_are_taken_everywhere_and_the_rest_is_left():
    found = [recorded(f"{number:032x}") for number in range(2000)]
    queue = Queue(800)
    lag = Lag(queue, 100, SLOW)
    lag.look(20)
    chosen = lag.choose(found)
    ids = [one.id for one, _ in chosen]
    assert len(ids) == pytest.approx(250, rel=0.15)
    assert {weight for _, weight in chosen} == {8.0}
    assert sorted([*ids, *queue.deferred]) == [each.interaction.id for each in found]
    assert ids == [one.id for one, _ in lagging(800).choose(found[::-1])][::-1]


@pytest.mark.parametrize(
    "bad",
    [
        recorded("a", outcome=Outcome.FAILED),
        recorded("a", duration=SLOW),
        recorded("a", flags=("injection",)),
        replace(recorded("a"), feedback=(Feedback("a", "anna", NOW, rating=1),)),
        replace(recorded("a"), deferred=True),
    ],
)
def test_what_went_wrong_is_always_scored_and_stands_for_itself(bad):
    lag = lagging(10**7)
    assert lag.choose([recorded("a")]) == [], "an id that is not in the sample"
    assert lag.choose([bad]) == [(bad.interaction, 1.0)]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.5, 0.25, 0.125]), st.sampled_from([1.0, 0.4]))
def test_the_weighted_mean_of_the_sample_is_that_of_all(seed, share, rate):
    """Failed answers are worse and always taken; unweighted they would pull the mean down."""
    random = Random(seed)  # noqa: S311  not for secrets
    everything = [answered(random) for _ in range(3000)]
    decided = [(one, Sampling(rate).decide(one)) for one in everything]
    kept = {one.id: decision.weight for one, decision in decided if decision.keep}
    lag = lagging(round(100 / share))
    assert lag.share == share
    chosen = lag.choose(
        [Recorded(one, State.PENDING, weight=kept[one.id]) for one in everything if one.id in kept]
    )
    weights = [kept[one.id] * weight for one, weight in chosen]
    values = [one.confidence or 0.0 for one, _ in chosen]
    mean = sum(map(mul, values, weights)) / sum(weights)
    assert sum(weights) == pytest.approx(len(everything), rel=0.5)
    assert mean == pytest.approx(sum(one.confidence or 0.0 for one in everything) / 3000, abs=0.07)
    assert sum(values) / len(values) < mean


def answered(random: Random) -> Interaction:
    """An answer whose quality is its confidence."""
    failed = random.random() < 0.1
    return replace(
        interaction("It opened in 1962."),
        id=f"{random.getrandbits(128):032x}",
        started_at=NOW - timedelta(seconds=random.uniform(0, 5)),
        outcome=Outcome.FAILED if failed else Outcome.ANSWERED,
        confidence=random.uniform(0, 0.3) if failed else random.uniform(0.6, 1),
    )


class Confidence:
    dimension = Dimension.ACCURACY
    version = "confidence/1"

    def score(self, interaction):
        return Score(self.dimension, interaction.confidence, scorer=self.version)


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


def test_a_sample_comes_first_and_in_the_end_everything_counts_once(events: EventStore) -> None:
    random = Random(7)  # noqa: S311  not for secrets
    everything = [answered(random) for _ in range(400)]
    events.record([Entry(one) for one in everything])
    mean = sum(one.confidence or 0 for one in everything) / 400
    lag = Lag(events, 50, SLOW)

    def score() -> int:
        beside = Beside(choose=lag.choose)
        runner = Runner([Confidence()])
        return score_waiting(events, runner, lag.look(20), lambda: NOW, beside=beside)

    def measured() -> tuple[int, float, float]:
        since, until = NOW - timedelta(hours=1), NOW + timedelta(minutes=1)
        (cell,) = events.cells(CellQuery("quality.accuracy", since, until, "day"))
        return cell.count, cell.weight, cell.mean or 0.0

    while events.backlog_of_new() > 0:
        score()
    count, weight, estimate = measured()
    assert 80 < count < 250
    assert weight == pytest.approx(400, rel=0.35)
    assert estimate == pytest.approx(mean, abs=0.07)
    assert 0 < events.backlog() <= 400 - count
    while score():
        assert measured()[2] == pytest.approx(mean, abs=0.07)
    assert events.backlog() == 0
    assert measured()[:2] == (400, 400.0)
    assert measured()[2] == pytest.approx(mean)
    assert [events.recount(day) for day in events.days()] == [0]
