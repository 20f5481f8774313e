"""The pieces of the benchmark, on made-up files; nothing is timed."""

import csv
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from benchmarks import anomaly, metric_series, nab

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def corpus(tmp_path):
    """Two files of 100 rows; the first has a window from row 40 to row 49."""
    labels = {}
    for name, windows in (("a/one.csv", [(40, 49)]), ("b/two.csv", [])):
        stamps = [f"{BEGIN + timedelta(hours=n):%Y-%m-%d %H:%M:%S}" for n in range(100)]
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True)
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([("timestamp", "value"), *((each, 1.5) for each in stamps)])
        labels[name] = [[stamps[left], stamps[right]] for left, right in windows]
    (tmp_path / "labels.json").write_text(json.dumps(labels))
    return nab.read(tmp_path)


def gain(series, rows, profile="standard"):
    scores = np.zeros(len(series.at))
    scores[rows] = 1.0
    return float(nab.gains(series, scores, np.array([1.0]), nab.PROFILES[profile])[0])


def test_files_are_read_with_windows_and_probation(corpus):
    one, two = corpus
    assert (one.windows, one.countable, one.probation) == (1, 1, 15)
    assert (two.windows, two.countable) == (0, 0)
    assert list(np.nonzero(one.window >= 0)[0]) == list(range(40, 50))


def test_the_score_is_the_published_one(corpus):
    one, two = corpus
    assert gain(one, []) == 0.0
    assert gain(one, [40]) == pytest.approx(2.0)
    # the middle of a window: y = -.5
    half = (2 / (1 + np.exp(-2.5)) - 1) / (2 / (1 + np.exp(-5.0)) - 1)
    assert gain(one, [45]) == pytest.approx(1.0 + half)
    assert gain(one, [45, 40, 48]) == pytest.approx(2.0), "the earliest counts"
    assert gain(one, [20]) == pytest.approx(-0.11), "before any window"
    assert gain(two, [20, 21], "low-FP") == pytest.approx(-0.44)
    assert gain(one, [49 + 9]) == pytest.approx(0.11 * (2 / (1 + np.exp(5.0)) - 1))
    assert gain(one, [90]) == pytest.approx(-0.11)
    assert gain(one, [40], "low-FN") == pytest.approx(3.0)
    assert gain(one, [3]) == 0.0, "probation"


def test_silence_is_nothing_and_the_left_edge_is_everything(corpus):
    scores = {each.name: np.zeros(100) for each in corpus}
    scores["a/one.csv"][40] = 2.0
    scores["b/two.csv"][60] = 1.0
    result = nab.evaluate(corpus, scores, nab.PROFILES["standard"], range(3), folds=2)
    assert result.tuned == pytest.approx(100.0)
    # the threshold for the first file comes from the second, which knows only to stay silent
    assert all(value < 100.0 for value in result.held_out)
    counted = nab.found(corpus, scores, 1.0)
    assert (counted.windows, counted.found, counted.runs, counted.right) == (1, 1, 2, 1)


def test_metrics_are_the_same_for_the_same_seed_and_faults_only_change_their_time():
    for fault in metric_series.FAULTS:
        make = metric_series.METRICS[fault.metric]
        world = metric_series.world(3, 1)
        values = make(world)
        assert np.array_equal(values, make(metric_series.world(3, 1)))
        assert np.isfinite(values).all()
        start = metric_series.START + 2 * metric_series.DAY
        changed = metric_series.inject(values, world.at, fault, start)
        inside = (world.at >= start) & (world.at < start + fault.lasts)
        assert np.array_equal(changed[~inside], values[~inside])
        assert abs(changed[inside] - values[inside]).max() > 0.0


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["latency", "cost"])
def test_faults_are_found_within_minutes_and_ordinary_weeks_are_quiet(metric):
    watched = anomaly.watch(metric, seed=11, weeks=4)
    assert sum(watched.false) <= 4
    for delays in watched.delays.values():
        assert len(delays) == 3
        assert all(delay is not None and delay <= 5.0 for delay in delays)
