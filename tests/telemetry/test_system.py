"""The machine is looked at, and what it shows is in the cells."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwatch.domain import metrics
from groundwatch.errors import Unavailable
from groundwatch.store.events import Entry
from groundwatch.telemetry.system import MACHINE, Machine, Sample, Sampler, lag
from tests.store.events.samples import ONE, QUALITY

NOW = datetime(2026, 3, 2, 9, 30, 50, tzinfo=UTC)


def test_a_real_machine_says_something_plausible(tmp_path):
    machine = Machine(tmp_path, time.monotonic)
    first = machine.look()
    deadline = time.monotonic() + 0.05
    while time.monotonic() < deadline:
        pass
    second = machine.look()
    assert first.network is None
    assert second.network is None or second.network >= 0
    for share in (second.cpu, second.memory, second.disk):
        assert share is not None
        assert 0 <= share <= 1
    assert second.memory > 0
    connections = machine.connections()
    assert connections is None or connections >= 0


def test_a_folder_that_is_gone_leaves_the_rest():
    sample = Machine(Path("/nowhere/at/all"), time.monotonic).look()
    assert sample.disk is None
    assert metrics.DISK.name not in {point.metric for point in sample.points()}


class Written:
    def __init__(self):
        self.calls = []
        self.is_away = False

    def __call__(self, at, application, points):
        if self.is_away:
            raise Unavailable("the store is away")
        self.calls.append((at, application, list(points)))


class Time:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def written():
    return Written()


@pytest.fixture
def time_():
    return Time()


@pytest.fixture
def sampler(written, time_):
    look = Sample(0.5, 0.4, 0.3, network=100.0, connections=7)

    def complete(sample):
        return replace(sample, queues={"scoring": 3})

    return Sampler(lambda: look, complete, written, time_, batch=5)


def test_looks_are_written_in_groups_into_their_minute(sampler, written, time_):
    for second in range(10):
        time_.now = NOW + timedelta(seconds=second)
        sampler.sample()
    assert [call[0] for call in written.calls] == [NOW.replace(second=0)] * 2
    assert {call[1] for call in written.calls} == {MACHINE}
    points = written.calls[0][2]
    assert sum(point.metric == metrics.CPU.name for point in points) == 5
    assert [p.value for p in points if p.metric == metrics.QUEUE.name and p.label == "scoring"] == [
        3.0
    ]


def test_a_new_minute_does_not_take_the_old_ones_looks(sampler, written, time_):
    time_.now = NOW.replace(second=59)
    sampler.sample()
    time_.now = NOW + timedelta(minutes=1)
    sampler.sample()
    assert [call[0] for call in written.calls] == [NOW.replace(second=0)]


def test_what_is_not_taken_comes_with_the_next_and_stays_bounded(sampler, written, time_):
    written.is_away = True
    for _ in range(1000):
        try:
            sampler.sample()
        except Unavailable:
            continue
    written.is_away = False
    for _ in range(5):
        sampler.sample()
    sampled = sum(point.metric == metrics.CPU.name for point in written.calls[0][2])
    assert 5 <= sampled <= 70


def test_what_waits_for_scores_is_a_number_and_an_age():
    sample = Sample(0.1, 0.2, queues={"scoring": 3, "indexing": 1}, lag=12.5)
    values = {point.metric: point.value for point in sample.points() if not point.dimension}
    assert values[metrics.BACKLOG.name] == 3
    assert values[metrics.LAG.name] == 12.5
    assert metrics.LAG.name not in {point.metric for point in Sample(0.1, 0.2).points()}


def test_the_oldest_that_waits_is_found_over_days(events):
    assert events.oldest_waiting() is None
    assert lag(None, NOW) == 0
    older = replace(ONE, id="older", started_at=ONE.started_at - timedelta(days=2))
    events.record([Entry(ONE), Entry(older)])
    assert events.oldest_waiting() == older.started_at
    assert lag(older.started_at, older.started_at + timedelta(seconds=9)) == 9
    events.put_scores([("older", QUALITY)])
    assert events.oldest_waiting() == ONE.started_at
