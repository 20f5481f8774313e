"""From scores to how rare they are."""

import json

import pytest
from numpy.random import default_rng
from tests.anomaly.made_series import DAY, START

from groundwatch.anomaly.board import Board, SeriesKey
from groundwatch.anomaly.calibration import Heights, Peaks, Tail
from groundwatch.anomaly.episodes import Change
from groundwatch.anomaly.memory import recall, remember


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_of_exponential_scores_few_exceed_a_rarity_and_never_more_than_it_says(scale):
    raw = (scale * default_rng(1).exponential(1.0, 40_000)).tolist()
    tail, found = Tail(rate=0.002), []
    for each in raw:
        found.append(tail.score(each))
        tail.learn(each)
    settled = found[5000:]
    for rarity in (1.5, 2.0, 3.0):
        share = sum(each >= rarity for each in settled) / len(settled)
        assert 0.3 < share * 10.0**rarity < 1.2
    assert tail.score(tail.raw_at(2.0)) == pytest.approx(2.0)
    assert tail.score(tail.raw_at(1.0)) == pytest.approx(1.0)


def test_a_flat_score_is_never_rare_and_a_first_change_not_endlessly():
    tail = Tail()
    for _ in range(500):
        assert tail.score(0.0) == 0.0
        tail.learn(0.0)
    assert tail.score(1.0) == 60.0
    assert Tail().score(5.0) == 0.0


def test_peaks_compare_with_what_a_series_usually_reaches():
    calm, wild = Peaks(), Peaks()
    for number in range(5000):
        calm.learn(1.5 if number % 100 == 7 else 0.2)
        wild.learn(4.5 if number % 100 == 7 else 0.2)
    assert calm.score(4.0) > 2.0 > wild.score(4.0)
    assert wild.mean > calm.mean
    assert Peaks().score(2.5) == 0.0


def test_what_came_often_is_not_rare():
    heights = Heights()
    assert heights.most(5.0) == 60.0
    for number in range(10_000):
        heights.learn(600.0 if number % 100 == 0 else 0.5)
    assert heights.most(600.0) == pytest.approx(2.0, abs=0.1)
    assert heights.most(6000.0) == 60.0
    assert heights.most(0.4) == pytest.approx(0.0, abs=1e-9)
    again = recall(Heights, json.loads(json.dumps(remember(heights))))
    assert again == heights


def test_what_came_long_ago_fades():
    heights = Heights(memory=200.0)
    for _ in range(50):
        heights.learn(100.0)
    for _ in range(8000):
        heights.learn(1.0)
    assert heights.most(100.0) == 60.0


def test_rare_events_are_not_each_an_alarm():
    chance = default_rng(4)
    board, key, opened = Board(), SeriesKey("flagged", label="empty", dimension="flag"), []
    for minute, count in enumerate(chance.poisson(0.02, 14 * 1440).tolist()):
        taken = board.take(key, START + 60.0 * minute, float(count))
        if taken.change is Change.OPENED:
            opened.append(minute)
    assert len(opened) <= 6
    assert [minute for minute in opened if minute > 7 * 1440] == []
    burst = [board.take(key, START + 14 * DAY + 60.0 * minute, 5.0).change for minute in range(10)]
    assert Change.OPENED in burst
