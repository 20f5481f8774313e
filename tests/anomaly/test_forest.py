"""Combinations of metrics."""

import json
import subprocess
import sys
from math import nan

import pytest
from numpy.random import default_rng

from groundwatch.anomaly.forest import Forest
from groundwatch.anomaly.memory import recall, remember
from groundwatch.errors import Unusable


def vectors(seed, number):
    """Latency grows with tokens, cost with both; quality is apart."""
    chance = default_rng(seed)
    tokens = chance.lognormal(6.0, 0.4, number)
    latency = tokens / 300.0 + chance.normal(0.0, 0.1, number)
    cost = tokens * 1e-5 + chance.normal(0.0, 2e-4, number)
    quality = chance.beta(8, 2, number)
    return [list(map(float, row)) for row in zip(latency, cost, tokens, quality, strict=True)]


def taught(rows, batch=100):
    forest, scores = Forest(width=4, trees=30), []
    for start in range(0, len(rows), batch):
        scores += forest.score(rows[start : start + batch])
        forest.learn(rows[start : start + batch])
    return forest, scores


def test_nothing_is_said_before_the_first_forest():
    pytest.importorskip("sklearn")
    _, scores = taught(vectors(0, 500))
    assert not any(scores)


def test_an_unusual_combination_is_rarer_than_all_usual_ones():
    pytest.importorskip("sklearn")
    forest, scores = taught(vectors(0, 1500))
    usual = sorted(scores[1000:])
    assert sum(score >= 2.0 for score in usual) / len(usual) < 0.04
    # far too slow, dear and bad for its few tokens
    assert forest.score([[6.0, 0.02, 300.0, 0.2]])[0] > usual[-5]


def test_a_missing_metric_counts_as_the_median():
    pytest.importorskip("sklearn")
    forest, _ = taught(
        [[*row[:3], nan] if n % 3 == 0 else row for n, row in enumerate(vectors(1, 800))]
    )
    [score] = forest.score([[nan, nan, nan, nan]])
    assert score < 2.0


def test_the_size_of_a_batch_changes_no_score():
    pytest.importorskip("sklearn")
    forest, _ = taught(vectors(2, 700))
    rows = vectors(3, 40)
    assert forest.score(rows) == [forest.score([row])[0] for row in rows]


def test_it_goes_on_where_it_was():
    pytest.importorskip("sklearn")
    rows = vectors(4, 1400)
    straight, _ = taught(rows[:900])
    again = recall(Forest, json.loads(json.dumps(remember(straight))))
    for forest in (straight, again):
        forest.learn(rows[900:1200])
    assert straight.score(rows[1200:]) == again.score(rows[1200:])


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    forest = Forest(width=4)
    forest.learn(vectors(5, 500))
    with pytest.raises(Unusable, match=r"groundwatch\[anomaly\]"):
        forest.score(vectors(6, 1))


def test_importing_the_module_imports_no_scikit_learn():
    code = "import groundwatch.anomaly.forest, sys; print('sklearn' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
