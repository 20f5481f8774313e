"""From values to episodes: what opens one, what keeps it open, and what comes after."""

import json
from math import nan

import pytest
from numpy.random import default_rng
from tests.anomaly.made_series import daily

from groundwatch.anomaly.episodes import Change, Episodes, Sighting
from groundwatch.anomaly.evidence import Evidence
from groundwatch.anomaly.pool import Pool
from groundwatch.anomaly.refractory import Refractory
from groundwatch.anomaly.series import WatchedSeries, restore
from groundwatch.errors import InvalidInput


def seen(minute, rarity, score=0.0):
    return Sighting(60.0 * minute, rarity, score or rarity, rarity, {})


def follow(episodes, rarities, first=0):
    """The minutes at which something changed, and what."""
    changes = []
    for minute, rarity in enumerate(rarities, first):
        change, _ = episodes.take(seen(minute, rarity))
        if change is not Change.NONE:
            changes.append((minute, change))
    return changes


def test_one_rare_value_opens_nothing_and_a_run_of_them_does():
    assert follow(Episodes(), [0.4] * 20 + [5.0] + [0.4] * 20) == []
    assert follow(Episodes(), [0.4] * 20 + [5.0, 5.0]) == [(21, Change.OPENED)]


def test_one_value_that_every_layer_finds_as_rare_as_can_be_is_enough():
    assert follow(Episodes(), [0.4] * 20 + [6.0]) == [(20, Change.OPENED)]


def test_what_is_slight_opens_one_when_it_lasts():
    changes = follow(Episodes(), [0.4] * 20 + [1.4] * 60)
    assert changes[:1] == [(42, Change.OPENED)]


def test_ordinary_rarities_open_nothing():
    chance = default_rng(3)
    rarities = chance.exponential(0.434, 20_000).tolist()
    assert follow(Episodes(), rarities) == []


def test_an_episode_ends_once_and_knows_when_it_began_and_was_worst():
    episodes, told = Episodes(), []
    rarities = [0.3] * 10 + [4.0, 4.0, 6.0, 4.0, 4.0] + [0.3] * 40
    for minute, rarity in enumerate(rarities):
        change, _episode = episodes.take(seen(minute, rarity))
        if change is not Change.NONE:
            told.append(change)
    assert told == [Change.OPENED, Change.ROSE, Change.ENDED]
    assert episodes.current is None
    assert (episode_of(rarities)) == (600.0, 720.0, 840.0)


def test_what_is_plain_began_with_the_first_plain_value():
    """Not with the slight ones that came before it and were never enough."""
    rarities = [0.4] * 10 + [1.2] * 20 + [5.0, 5.0, 5.0]
    assert episode_of(rarities)[0] == 60.0 * 30


def in_range(minute, rarity, value):
    return Sighting(60.0 * minute, value, rarity, rarity, {}, (0.0, 1.0))


def test_values_back_in_their_range_end_it_before_the_evidence_has_worn_off():
    ends = []
    for value in (0.5, 1.5):  # as usual; rare by no layer, and yet out of the range
        episodes = Episodes()
        for minute in range(20):
            episodes.take(in_range(minute, 5.0, 3.0))
        changes = [episodes.take(in_range(20 + n, 0.9, value))[0] for n in range(30)]
        ends.append(changes.index(Change.ENDED) if Change.ENDED in changes else None)
        assert changes.count(Change.OPENED) == 0
    assert ends == [4, None]


def test_a_silence_of_hours_ends_it_and_one_of_minutes_does_not():
    episodes = Episodes()
    follow(episodes, [5.0] * 4)
    for hours, change in ((1, Change.NONE), (4, Change.ENDED), (5, Change.NONE)):
        assert episodes.silent(3600.0 * hours)[0] is change
    assert episodes.current is None


def episode_of(rarities):
    episodes, last = Episodes(), None
    for minute, rarity in enumerate(rarities):
        _, episode = episodes.take(seen(minute, rarity))
        last = episode or last
    assert last is not None
    return last.start, last.peak.at, last.end


def test_a_rise_within_an_episode_is_told():
    changes = follow(Episodes(), [4.0, 4.0, 4.0, 5.0, 3.0, 6.0])
    assert changes == [(1, Change.OPENED), (3, Change.ROSE), (5, Change.ROSE)]


def test_a_lull_between_the_limits_does_not_end_it():
    changes = follow(Episodes(), [5.0] * 4 + [1.2] * 5 + [5.0] * 4)
    assert [change for _, change in changes] == [Change.OPENED]


def test_the_echo_of_an_episode_opens_no_other_unless_it_is_worse():
    first = [0.3] * 5 + [5.0] * 4 + [0.3] * 40
    echo = [4.9] * 4 + [0.3] * 30
    worse = [5.5] * 4
    count = [change for _, change in follow(Episodes(), first + echo)].count(Change.OPENED)
    assert count == 1
    count = [change for _, change in follow(Episodes(), first + worse)].count(Change.OPENED)
    assert count == 2
    later = [change for _, change in follow(Episodes(), first + [0.3] * 60 + echo)]
    assert later.count(Change.OPENED) == 2


def test_a_clock_that_jumps_back_does_not_silence_a_series():
    episodes = Episodes()
    follow(episodes, [0.3] * 5 + [5.0] * 4 + [0.3] * 40, first=100_000)
    assert Change.OPENED in [change for _, change in follow(episodes, [5.0] * 4)]


def test_refractory_lets_only_new_heights_through():
    scores = [1.0, 3.0, 2.0, 3.0, 4.0, 0.5, 0.5, 0.5, 0.6, 2.0]
    assert Refractory(length=3).take_all(scores) == [1, 3, 0, 0, 4, 0, 0, 0, 0.6, 2.0]
    assert Refractory().take_all([-1.0, 0.0]) == [0.0, 0.0]


def test_evidence_wears_off_at_a_known_pace():
    evidence = Evidence(drift=1.0, height=4.0)
    for _ in range(50):
        evidence.take(6.0)
    assert evidence.share == pytest.approx(1.2)
    for _ in range(5):
        evidence.take(0.0)
    assert evidence.amount == 0.0


def test_a_pool_rests_each_mean_on_enough():
    pool = Pool(enough=10.0, longest=3)
    assert pool.take(1.0, 10.0) == 1.0
    assert pool.take(0.0, 5.0) == pytest.approx(10.0 / 15.0)
    assert pool.take(0.0, 5.0) == 0.0
    assert pool.take(1.0, 1.0) == pytest.approx(1.0 / 11.0)
    assert pool.take(7.0, 100.0) == 7.0


def opened(watched, rows):
    found = []
    for row in rows:
        taken = watched.take(*row)
        if taken.change is Change.OPENED:
            found.append(taken.episode.opened)
    return found


def test_a_step_in_a_watched_series_opens_one_episode_within_minutes():
    quiet = daily(days=5, step=60.0)
    watched = WatchedSeries()
    assert opened(watched, quiet[:-600]) == []
    step = [(at, value + 15.0) for at, value in quiet[-600:]]
    found = opened(watched, step)
    assert len(found) == 1
    assert found[0] - step[0][0] <= 240.0


def test_the_first_day_is_for_learning():
    rows = daily(days=1, step=60.0)
    rows[900:920] = [(at, 900.0) for at, _ in rows[900:920]]
    watched = WatchedSeries()
    taken = [watched.take(at, value) for at, value in rows]
    assert all(each.assessment.learning for each in taken[1:])
    assert all(each.change is Change.NONE for each in taken)


def test_minutes_without_answers_are_gaps():
    watched, twin = WatchedSeries(), WatchedSeries()
    for at, value in daily(days=2, step=60.0):
        assert watched.take(at, 0.0, 0.0).assessment.missing
        assert watched.take(at, nan).assessment.missing
        assert watched.take(at, value) == twin.take(at, value)


def test_a_watched_series_goes_on_where_it_was():
    rows = daily(days=4, step=60.0)
    rows[-50:] = [(at, value + 30.0) for at, value in rows[-50:]]
    straight, half = WatchedSeries(), WatchedSeries()
    expected = [straight.take(at, value) for at, value in rows]
    got = [half.take(at, value) for at, value in rows[:-45]]
    again = restore(json.loads(json.dumps(half.state())))
    assert again is not None
    assert expected == got + [again.take(at, value) for at, value in rows[-45:]]
    assert any(each.change is Change.OPENED for each in expected)


def test_a_state_of_another_version_is_learned_anew_and_a_damaged_one_refused():
    state = WatchedSeries().state()
    assert restore({**state, "version": 0}) is None
    with pytest.raises(InvalidInput, match="learns anew"):
        restore({**state, "series": {"ensemble": 3}})


def test_seldom_values_are_followed_as_well():
    watched = WatchedSeries()
    assert len(opened(watched, daily(days=60, step=3600.0))) <= 1
    at = daily(days=60, step=3600.0)[-1][0]
    found = opened(watched, [(at + 3600.0 * (n + 1), 300.0) for n in range(4)])
    assert len(found) == 1
