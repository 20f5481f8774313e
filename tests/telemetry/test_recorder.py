"""The recorder never blocks, commits in groups and counts what it drops."""

import threading
from datetime import UTC, datetime

import pytest

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.status import Severity
from groundwatch.errors import Unavailable
from groundwatch.telemetry.recorder import Recorder, RecorderCounts


def interaction(number):
    return Interaction(
        id=str(number),
        application="test",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        duration=0.1,
        outcome=Outcome.ANSWERED,
        severity=Severity.INFO,
        query="?",
    )


class Written:
    """Collects groups; refuses while `down`."""

    def __init__(self):
        self.groups = []
        self.down = False
        self.arrived = threading.Event()

    def __call__(self, group):
        if self.down:
            raise Unavailable("the store is down")
        self.groups.append([item.id for item in group])
        self.arrived.set()


@pytest.fixture
def written():
    return Written()


def test_interactions_are_written_in_a_group_within_the_flush_interval(written):
    recorder = Recorder(written, flush_seconds=0.05)
    for number in range(3):
        recorder.record(interaction(number))
    assert written.arrived.wait(60)
    recorder.close()
    assert [name for group in written.groups for name in group] == ["0", "1", "2"]
    assert recorder.counts() == RecorderCounts(recorded=3, written=3, dropped=0, waiting=0)


def test_a_store_that_is_down_loses_nothing_until_the_queue_is_full(written):
    written.down = True
    recorder = Recorder(written, limit=2, flush_seconds=60)
    for number in range(3):
        recorder.record(interaction(number))
    assert not recorder.flush()
    assert recorder.counts() == RecorderCounts(recorded=3, written=0, dropped=1, waiting=2)
    written.down = False
    assert recorder.flush()
    assert written.groups == [["0", "1"]]
    recorder.close()


def test_closing_writes_what_waits(written):
    recorder = Recorder(written, flush_seconds=60)
    recorder.record(interaction(1))
    recorder.close()
    assert written.groups == [["1"]]


def test_what_comes_after_closing_or_cannot_be_written_at_the_end_is_counted(written):
    written.down = True
    recorder = Recorder(written, flush_seconds=60)
    recorder.record(interaction(1))
    recorder.close()
    recorder.record(interaction(2))
    assert recorder.counts() == RecorderCounts(recorded=2, written=0, dropped=2, waiting=0)


def test_an_interaction_that_cannot_be_written_costs_no_other(written):
    def write(group):
        if any(each.id == "1" for each in group):
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        written(group)

    recorder = Recorder(write, flush_seconds=60)
    for number in range(3):
        recorder.record(interaction(number))
    assert recorder.flush()
    recorder.close()
    assert written.groups == [["0"], ["2"]]
    assert recorder.counts() == RecorderCounts(recorded=3, written=2, dropped=1, waiting=0)


def test_flushing_from_several_threads_writes_each_once():
    seen: list[str] = []
    recorder = Recorder(lambda group: seen.extend(each.id for each in group), flush_seconds=0.001)

    def fill(first):
        for number in range(first, first + 200):
            recorder.record(interaction(number))
            assert recorder.flush()

    threads = [threading.Thread(target=fill, args=(first,)) for first in (0, 200, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    assert sorted(seen, key=int) == [str(number) for number in range(600)]
    assert recorder.counts() == RecorderCounts(recorded=600, written=600, dropped=0, waiting=0)
