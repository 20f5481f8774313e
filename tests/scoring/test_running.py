"""A scorer that fails or is slow harms nobody else."""

from dataclasses import dataclass
from itertools import count

from tests.scoring.given import interaction

from groundwatch.domain.scores import Dimension, Score
from groundwatch.scoring.running import FAILED, SLOW, Runner, shortened
from groundwatch.scoring.scorers import scorers

ONE = interaction("The harbour opened in 1962.")


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self):
        return self.now


@dataclass
class Fixed:
    """Says 1 after some CPU seconds."""

    clock: Clock
    seconds: float = 0.0
    dimension: Dimension = Dimension.RELEVANCE
    version: str = "fixed/a-1"
    asked: int = 0

    def score(self, interaction):
        self.asked += 1
        self.clock.now += self.seconds
        return Score(self.dimension, 1.0, 0.9, scorer=self.version)


@dataclass
class Broken:
    dimension: Dimension = Dimension.SAFETY
    version: str = "broken/a-1"

    def score(self, interaction):
        raise ZeroDivisionError(interaction.response)


def test_a_scorer_that_raises_is_named_and_the_others_go_on():
    clock = Clock()
    first, last = Fixed(clock), Fixed(clock, version="fixed/b-1")
    found = Runner([first, Broken(), last], cpu=clock).score(ONE)
    assert [each.value for each in found] == [1.0, None, 1.0]
    assert found[1].reason == "the scorer failed: ZeroDivisionError"
    assert found[1].flags == (FAILED,)
    assert "harbour" not in found[1].reason


def test_each_score_says_what_it_cost():
    clock = Clock()
    scorers_ = [Fixed(clock, 0.003), Fixed(clock, 0.001, version="fixed/b-1")]
    assert [each.cost for each in Runner(scorers_, cpu=clock).score(ONE)] == [0.003, 0.001]


def test_a_slow_scorer_rests_and_comes_back():
    clock = Clock()
    slow, other = Fixed(clock, 1.0), Fixed(clock, version="fixed/b-1")
    runner = Runner([slow, other], slow_seconds=0.25, cpu=clock)
    assert runner.score(ONE)[0].flags == ()  # the first time it reads its model
    assert runner.score(ONE)[0].flags == (SLOW,)
    resting = 0
    for _ in count():
        first, second = runner.score(ONE)
        assert second.value == 1.0
        if first.value is not None:
            break
        assert first.reason == "the scorer was too slow and rests"
        resting += 1
    assert resting == 100
    assert slow.asked == 3


def test_the_real_scorers_measure_their_cost():
    found = Runner(scorers()).score(ONE)
    assert all(each.cost >= 0 for each in found)
    assert sum(each.cost for each in found) > 0
    assert not any(FAILED in each.flags for each in found)


def test_very_long_texts_are_scored_in_part_and_in_time():
    words = [
        "berths",
        "quay",
        "harbour",
        "pier",
        "ferry",
        "night",
        "guest",
        "crane",
        "boat",
        "dock",
    ]
    sentence = " ".join(words).capitalize() + ". "
    long = interaction(sentence * 20_000, passages=(sentence * 20_000,) * 200)
    found = Runner(scorers()).score(long)
    assert sum(each.cost for each in found) < 5.0
    assert not any(FAILED in each.flags for each in found)


def test_a_cut_keeps_the_beginning():
    one = interaction("ab" * 20_000, passages=("x",) * 300)
    short = shortened(one)
    assert short.response == one.response[:20_000]
    assert short.passages == one.passages[:100]
    assert shortened(ONE) == ONE
