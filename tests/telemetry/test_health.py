"""Every part is looked at; one that hangs, raises or is full is named, and costs no other."""

import threading
import time
from datetime import UTC, datetime

import pytest

from groundwatch.domain.status import Status
from groundwatch.errors import Unavailable
from groundwatch.telemetry.health import Checkup, Finding, Part, Probe, filled, graded, judged
from tests.waiting import until

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def fine():
    return Finding(Status.HEALTHY, "fine")


def broken():
    raise Unavailable("the disk is gone")


def mistaken():
    raise KeyError("secret value")


@pytest.fixture
def checkup():
    made = []

    def make(*probes, **options):
        made.append(Checkup(probes, lambda: NOW, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_all_is_well(checkup):
    health = checkup(Probe("store", fine, vital=True), Probe("index", fine))()
    assert (health.status, health.score, health.critical) == (Status.HEALTHY, 100.0, ())
    assert [part.name for part in health.parts] == ["store", "index"]
    assert all(part.seconds < 1 for part in health.parts)


def test_a_probe_that_raises_is_critical_and_tells_no_secret(checkup):
    health = checkup(Probe("store", broken, vital=True), Probe("x", mistaken), Probe("y", fine))()
    assert health.status is Status.CRITICAL
    assert health.score == pytest.approx(33.3)
    assert health.critical == (
        "store: Unavailable: the disk is gone",
        "x: the probe failed: KeyError",
    )


def test_what_is_not_vital_degrades_at_most(checkup):
    health = checkup(Probe("store", fine, vital=True), Probe("x", broken))()
    assert health.status is Status.DEGRADED
    assert health.parts[1].critical


def test_a_probe_that_hangs_is_given_up_and_not_begun_again(checkup):
    release, calls = threading.Event(), []

    def hang():
        calls.append(1)
        release.wait(60)
        return fine()

    look = checkup(Probe("llm", hang), Probe("store", fine), longest=1.0, fresh=0.0)
    began = time.monotonic()
    health = look()
    assert time.monotonic() - began < 30
    assert health.critical == ("llm: no answer within 1 s",)
    assert health.parts[1].status is Status.HEALTHY
    look()
    assert len(calls) == 1
    release.set()
    until(lambda: not look().parts[0].detail.startswith("no answer"))


def test_a_probe_that_was_too_slow_is_critical_though_it_succeeded(checkup):
    def slow():
        time.sleep(0.12)
        return fine()

    look = checkup(Probe("index", slow), longest=0.1, fresh=0.0)
    look()
    until(lambda: "took 0.1 s: fine" in look().parts[0].detail)


def test_many_who_ask_at_once_cost_one_look(checkup):
    calls = []

    def counted():
        calls.append(1)
        return fine()

    look = checkup(Probe("store", counted), fresh=60.0)
    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_unknown_parts_do_not_count():
    parts = [
        Part("a", Status.UNKNOWN, "", 0.0, critical=False),
        Part("b", Status.WARNING, "", 0.0, critical=False),
    ]
    assert judged(NOW, parts, frozenset()).score == 70.0
    assert judged(NOW, parts[:1], frozenset()).status is Status.UNKNOWN
    assert judged(NOW, [], frozenset()).score == 0.0


@pytest.mark.parametrize(
    ("seconds", "word", "status"),
    [
        (0.0999, "excellent", Status.HEALTHY),
        (0.1, "good", Status.HEALTHY),
        (0.5, "fair", Status.WARNING),
        (1.0, "poor", Status.DEGRADED),
    ],
)
def test_searches_are_graded(seconds, word, status):
    assert graded(seconds) == (status, word)


@pytest.mark.parametrize(
    ("share", "status"),
    [
        (0.5, Status.HEALTHY),
        (0.85, Status.WARNING),
        (0.92, Status.DEGRADED),
        (0.96, Status.CRITICAL),
    ],
)
def test_a_resource_has_its_own_limit(share, status):
    assert filled(share, 0.9) is status
