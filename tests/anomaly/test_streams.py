"""Single answers judged as they come: values, shares, doubt and what a false alarm costs."""

from math import log
from random import Random

from groundwatch.anomaly.doubt import Batch, Doubt
from groundwatch.anomaly.episodes import Change, Episode
from groundwatch.anomaly.memory import recall, remember
from groundwatch.anomaly.shares import ShareStream
from groundwatch.anomaly.stream import Side
from groundwatch.anomaly.values import ValueStream
from groundwatch.domain.metrics import Spread
from groundwatch.store.events.histogram import bucket

MINUTE, DAY = 60.0, 86_400.0
EVERY = 3 * MINUTE


def drawn(seed: int) -> Random:
    return Random(seed)  # noqa: S311


def seconds(random: Random, times: float = 1.0) -> dict[int, float]:
    value = 30.0 if random.random() < 0.005 else times * 1.4 * random.lognormvariate(0.0, 0.4)
    return {bucket(value, Spread.LOG): 1.0}


def learned_values(random: Random, days: int = 4) -> tuple[ValueStream, float]:
    stream, at = ValueStream(Spread.LOG), 0.0
    while at < days * DAY:
        assert stream.take(at, seconds(random))[0] is Change.NONE
        at += EVERY
    return stream, at


def learned_shares(random: Random, share: float, days: int = 4) -> tuple[ShareStream, float]:
    stream, at = ShareStream(), 0.0
    while at < days * DAY:
        stream.take(at, {"": (float(random.random() < share), 1.0)})
        at += EVERY
    return stream, at


def until(
    stream: ShareStream, at: float, random: Random, share: float, wanted: Change
) -> tuple[int, Episode]:
    """How many answers it takes until something happens."""
    for number in range(1, 400):
        change, episode = stream.take(at + number * EVERY, {"": (random.random() < share, 1.0)})
        if change is wanted:
            assert episode is not None
            return number, episode
    raise AssertionError("nothing happened")


def test_a_model_four_times_as_slow_needs_few_answers_and_ends_soon_after():
    needed = []
    for seed in range(6):
        random = drawn(seed)
        stream, at = learned_values(random)
        taken = [stream.take(at + n * EVERY, seconds(random, 4.0)) for n in range(1, 20)]
        opened = [change for change, _ in taken].index(Change.OPENED)
        needed.append(opened + 1)
        episode = taken[opened][1]
        assert episode is not None
        assert at < episode.start <= episode.opened
        low, high = episode.peak.expected or (0.0, 0.0)
        assert 0.5 < low < 1.5 < high < 3.0 < episode.peak.value
        ended = [stream.take(at + (20 + n) * EVERY, seconds(random)) for n in range(12)]
        assert Change.ENDED in [each[0] for each in ended]
    assert sorted(needed)[3] <= 5, "the median of six"


def test_a_change_of_a_fifth_is_found_by_many_answers():
    random = drawn(3)
    stream, at = learned_values(random)
    changes = [stream.take(at + n * EVERY, seconds(random, 1.3))[0] for n in range(1, 400)]
    assert Change.OPENED in changes


def test_ordinary_answers_raise_no_alarm_for_weeks():
    alarms = 0
    for seed in range(2):
        random = drawn(100 + seed)
        stream, at = ValueStream(Spread.LOG), 0.0
        while at < 21 * DAY:
            alarms += stream.take(at, seconds(random))[0] is Change.OPENED
            at += EVERY
    assert alarms == 0, "six weeks"


def test_what_is_usual_at_night_is_usual_at_night():
    random, stream, at, alarms = drawn(5), ValueStream(Spread.LOG), 0.0, 0
    while at < 14 * DAY:
        is_night = at % DAY < 4 * 3600.0
        alarms += stream.take(at, seconds(random, 3.0 if is_night else 1.0))[0] is Change.OPENED
        at += EVERY
    assert alarms <= 1, "the first nights are learned"
    taken = [stream.take(at + 12 * 3600.0 + n * EVERY, seconds(random, 3.0)) for n in range(12)]
    assert Change.OPENED in [each[0] for each in taken], "at noon it is unusual"


def test_a_source_that_always_answered_and_now_never_does():
    random = drawn(7)
    stream, at = learned_shares(random, 0.8)
    number, episode = until(stream, at, random, 0.0, Change.OPENED)
    assert number <= 12
    assert stream.stream.side is Side.DOWN
    low, _ = episode.peak.expected or (0.0, 0.0)
    assert episode.peak.value == 0.0 < low
    assert stream.shortfall()[0] == 0.0
    assert stream.shortfall()[1] > 0.6 * number
    back, ended = until(stream, at + number * EVERY, random, 0.8, Change.ENDED)
    assert back <= 8
    assert ended.end == ended.last


def test_what_never_was_is_told_at_the_third_time_and_not_before():
    random = drawn(8)
    stream, at = learned_shares(random, 0.0)
    taken = [stream.take(at + n * EVERY, {"": (1.0, 2.0)})[0] for n in range(1, 4)]
    assert taken == [Change.NONE, Change.NONE, Change.OPENED]


def test_evidence_of_strata_adds_up():
    random, stream, at = drawn(9), ShareStream(), 0.0
    usual = {"a": 0.02, "b": 0.03, "never answered": 0.9}
    while at < 6 * DAY:
        name = random.choice([*usual])
        stream.take(at, {name: (float(random.random() < usual[name]), 1.0)})
        at += EVERY
    alone = [stream.take(at + n * EVERY, {"never answered": (1.0, 1.0)})[0] for n in range(20)]
    assert set(alone) == {Change.NONE}, "there it is as ever"
    both = [stream.take(at + DAY + n * EVERY, {"ab"[n % 2]: (1.0, 1.0)})[0] for n in range(6)]
    assert both.index(Change.OPENED) <= 4


def test_an_episode_teaches_little_and_silence_ends_it():
    random = drawn(10)
    stream, at = learned_shares(random, 0.8)
    number, _ = until(stream, at, random, 0.0, Change.OPENED)
    before = stream.strata[""].share(at, 1)[0]
    for n in range(40):
        stream.take(at + (number + n) * EVERY, {"": (0.0, 1.0)})
    assert stream.strata[""].share(at, 1)[0] > 0.97 * before
    last = stream.stream.last
    assert stream.stream.silent(last + 3600.0) is None
    over = stream.stream.silent(last + 4 * 3600.0)
    assert over is not None
    assert over.end == over.last


def test_state_goes_on_bit_for_bit():
    random = drawn(11)
    stream, at = learned_values(random, 2)
    again = recall(ValueStream, remember(stream))
    assert again == stream
    more = [seconds(random, 4.0) for _ in range(6)]
    taken = [
        [each.take(at + n * EVERY, counts) for n, counts in enumerate(more)]
        for each in (stream, again)
    ]
    assert taken[0] == taken[1]
    assert any(change is Change.OPENED for change, _ in taken[0])


def test_doubt_that_wears_off_begins_anew():
    doubt = Doubt()
    doubt.take(0.0, Batch((log(8.0), log(2.0)), 1.0, 1.0, 0.1, 5.0))
    assert doubt.amount == log(8.0) - log(2.0)
    doubt.take(60.0, Batch((log(0.1), log(0.4)), 1.0, 0.0, 0.1, 1.0))
    assert (doubt.lead.began, doubt.lead.seen) == (None, 0.0)


def test_a_change_begins_where_doubt_leaves_what_comes_and_goes():
    doubt = Doubt()
    for minute in range(30):  # a little more, a little less
        factor = 0.3 if minute % 2 else -0.3
        doubt.take(60.0 * minute, Batch((factor if minute else 0.5,), 1.0, 0.0, 0.1, 1.0))
    for minute in range(30, 33):
        doubt.take(60.0 * minute, Batch((4.0,), 1.0, 1.0, 0.1, 9.0))
    assert doubt.lead.began == 60.0 * 30
    assert (doubt.lead.seen, doubt.lead.hits, doubt.lead.total) == (3.0, 3.0, 27.0)
