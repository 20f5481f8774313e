"""How far the machine was used, when most, and what holds answers up."""

from datetime import timedelta

import pytest
from tests.analytics.asked import NOW, asked, every, record

from groundwatch.analytics import windows
from groundwatch.analytics.resources import spearman, system_analysis
from groundwatch.analytics.words import percent
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Point

pytestmark = pytest.mark.integration
HOURS = windows.last(timedelta(hours=2), NOW)


def used(events, at, *, cpu=0.2, memory=0.4, disk=0.5, scoring=0):
    points = [
        Point(metrics.CPU.name, cpu),
        Point(metrics.MEMORY.name, memory),
        Point(metrics.DISK.name, disk),
        Point(metrics.QUEUE.name, scoring),
        Point(metrics.QUEUE.name, scoring, "queue", "scoring"),
    ]
    events.add_points(at, "", points)


def named(found):
    return {each.name: each for each in found.resources}


def minutes():
    return every(1, HOURS.since, NOW)


def test_an_idle_machine_holds_nothing_up(events):
    for at in minutes():
        used(events, at)
    record(events, [asked(n, at, 0.2) for n, at in enumerate(minutes())])
    found = system_analysis(events, HOURS)
    cpu = named(found)["cpu"]
    assert (cpu.mean, cpu.over, cpu.limit) == (pytest.approx(0.2), 0, 0.8)
    assert cpu.trend.direction == "steady"
    assert named(found)["queue:scoring"].mean == 0
    assert (found.bottlenecks, found.reason) == ((), "")


def test_a_resource_over_its_limit_with_which_answers_slow_down(events):
    ones = []
    for place, at in enumerate(minutes()):
        load = place % 10 / 10
        used(events, at, cpu=0.05 + 0.95 * load)
        ones.append(asked(place, at, 0.5 + load))
    record(events, ones)
    found = system_analysis(events, HOURS)
    (bottleneck,) = found.bottlenecks
    assert (bottleneck.kind, bottleneck.name) == ("resource", "cpu")
    assert f"over its limit of {percent(0.8)}" in bottleneck.reason
    assert "of the looks" in bottleneck.evidence[0]
    assert "rank correlation 1.00" in bottleneck.evidence[1]
    cpu = named(found)["cpu"]
    assert cpu.over == pytest.approx(0.2, abs=0.01)
    assert cpu.peak == pytest.approx(0.905)
    assert cpu.peak_at == HOURS.since + timedelta(minutes=9)


def test_the_busiest_steps_with_what_answers_and_machine_did(events):
    busy = HOURS.since + timedelta(minutes=30)
    moments = [*minutes(), *[busy] * 5, *[busy + timedelta(minutes=40)] * 3]
    record(events, [asked(n, at, 3.0 if at == busy else 0.5) for n, at in enumerate(moments)])
    used(events, busy, cpu=0.6)
    first, second, third = system_analysis(events, HOURS).peaks
    assert (first.at, first.requests) == (busy, 6)
    assert first.cpu == pytest.approx(0.6)
    assert first.p95 == pytest.approx(3.0, rel=0.02)
    assert (second.at, second.requests) == (busy + timedelta(minutes=40), 4)
    assert second.cpu is None  # nobody looked
    assert third.requests == 1


def test_a_queue_that_grows(events):
    for place, at in enumerate(minutes()):
        used(events, at, scoring=place * 10)
    (bottleneck,) = system_analysis(events, HOURS).bottlenecks
    assert (bottleneck.kind, bottleneck.name) == ("queue", "scoring")
    assert "at most" in bottleneck.evidence[0]


def test_the_stage_that_takes_the_time_where_answers_are_slow(events):
    record(events, [asked(n, at, 4.0) for n, at in enumerate(minutes())])
    (bottleneck,) = system_analysis(events, HOURS).bottlenecks
    assert (bottleneck.kind, bottleneck.name) == ("stage", "generate")
    assert bottleneck.evidence[0] == f"{percent(0.75)} of the time of all stages"


def test_nothing_measured_is_said(events):
    found = system_analysis(events, HOURS)
    assert found.reason == "the machine was not measured in this span"
    assert (found.peaks, found.bottlenecks) == ((), ())
    assert [each.mean for each in found.resources] == [None] * 3


def test_rank_correlation():
    rising = [(float(n), float(n**3)) for n in range(12)]
    assert spearman(rising) == pytest.approx(1.0)
    assert spearman([(a, -b) for a, b in rising]) == pytest.approx(-1.0)
    assert spearman(rising[:11]) is None
    assert spearman([(1.0, b) for _, b in rising]) is None
    tied = [(float(n // 2), float(n)) for n in range(12)]
    assert 0.9 < (spearman(tied) or 0) < 1
