"""Changes of a mix and of a distribution, and how often chance alone looks like one."""

import json

import pytest
from numpy.random import default_rng

from groundwatch.anomaly.memory import recall, remember
from groundwatch.anomaly.shift import (
    DistributionShift,
    MixShift,
    kolmogorov_smirnov,
    mix_rarity,
    population_stability,
)

TOPICS = ("billing", "travel", "security", "leave", "hardware")
USUAL = (0.4, 0.3, 0.15, 0.1, 0.05)


def counts(chance, number, shares=USUAL):
    drawn = chance.multinomial(number, shares)
    return {topic: float(each) for topic, each in zip(TOPICS, drawn, strict=True) if each}


def test_the_index_is_that_of_the_textbook():
    before, now = {"a": 4999.5, "b": 4999.5}, {"a": 7499.5, "b": 2499.5}
    # shares .5 and .5 against .75 and .25 once smoothed: .25 ln 1.5 + .25 ln 2
    assert population_stability(before, now) == pytest.approx(0.27465, abs=1e-4)
    assert population_stability(before, before) == 0.0


def test_a_kind_that_was_never_seen_is_rare_but_not_impossible():
    assert 0.0 < population_stability({"a": 100.0}, {"a": 100.0, "new": 1.0}) < 0.05
    assert mix_rarity({"a": 500.0}, {"a": 60.0, "new": 40.0}) > 10.0


@pytest.mark.parametrize("number", [100, 1000])
def test_chance_alone_rarely_looks_like_a_changed_mix(number):
    chance = default_rng(5)
    found = [mix_rarity(counts(chance, 5000), counts(chance, number)) >= 2.0 for _ in range(2000)]
    assert sum(found) / len(found) < 0.02


def test_nothing_to_compare_is_nothing():
    assert mix_rarity({}, {"a": 5.0}) == 0.0
    assert mix_rarity({"a": 9.0}, {"a": 5.0}) == 0.0
    assert kolmogorov_smirnov([], [1.0]) == (0.0, 0.0)


def test_the_distance_and_its_probability_are_those_of_the_tables():
    before = [n / 1000 for n in range(1000)]
    distance, rarity = kolmogorov_smirnov(before, [0.25 + 0.75 * n / 1000 for n in range(1000)])
    assert distance == pytest.approx(0.25, abs=0.002)
    assert rarity > 20.0
    # at 1.358 / sqrt(n m / (n + m)) the two-sided probability is .05
    size = 10_000
    wanted = 1.358 / (size / 2) ** 0.5
    moved = [n / size + wanted for n in range(size)]
    assert kolmogorov_smirnov([n / size for n in range(size)], moved)[1] == pytest.approx(
        1.301, abs=0.03
    )


def test_ties_count_once():
    assert kolmogorov_smirnov([0.0] * 50 + [1.0] * 50, [0.0] * 50 + [1.0] * 50)[0] == 0.0
    assert kolmogorov_smirnov([0.0] * 100, [1.0] * 100)[0] == 1.0


def test_chance_alone_rarely_looks_like_a_changed_distribution():
    chance = default_rng(7)
    found = [
        kolmogorov_smirnov(chance.beta(8, 2, 500).tolist(), chance.beta(8, 2, 50).tolist())[1]
        >= 2.0
        for _ in range(1000)
    ]
    assert sum(found) / len(found) < 0.02


def test_a_mix_that_changes_is_seen_within_a_hundred_questions():
    chance = default_rng(1)
    watch, quiet = MixShift(), []
    for _ in range(300):
        now = counts(chance, 20)
        quiet.append(watch.score(now))
        watch.learn(now)
    assert max(quiet) < 4.0
    changed = []
    for _ in range(6):
        now = counts(chance, 20, (0.1, 0.3, 0.15, 0.1, 0.35))
        changed.append(watch.score(now))
        watch.learn(now)
    assert max(changed[:5]) > 4.0


def test_a_mix_that_stays_becomes_the_baseline():
    chance = default_rng(2)
    watch = MixShift(memory=500.0, window=100.0)
    for shares in (USUAL, USUAL[::-1]):
        for _ in range(100):
            watch.learn(counts(chance, 20, shares))
    assert watch.score(counts(chance, 20, USUAL[::-1])) < 3.0
    again = recall(MixShift, json.loads(json.dumps(remember(watch))))
    assert again == watch


def test_scoring_a_mix_teaches_nothing():
    watch = MixShift()
    watch.learn({"a": 400.0, "b": 200.0})
    before = remember(watch)
    watch.score({"b": 900.0})
    assert remember(watch) == before


def test_lower_quality_scores_are_seen_as_another_distribution():
    chance = default_rng(3)
    watch = DistributionShift()
    for value in chance.beta(8, 2, 800):
        watch.learn(0.0, float(value))
    assert watch.score(0.0, 0.8) < 3.0
    for value in chance.beta(5, 3, 50):
        watch.learn(0.0, float(value))
    assert watch.score(0.0, 0.6) > 3.0
