"""What goes on right now: rates over stated windows, and nothing where nothing was measured."""

from dataclasses import asdict, fields, replace
from datetime import timedelta

import pytest
from tests.analytics.asked import quality
from tests.store.events.samples import NOW, ONE, QUALITY

from groundwatch.analytics.pulse import TOPICS, Pulse, pulse
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import CPU, DISK, MEMORY, Point
from groundwatch.domain.status import Status
from groundwatch.store.events import Entry, open_events
from groundwatch.store.settings import StoreSettings


@pytest.fixture
def events(new_database, tmp_path):
    opened = open_events(StoreSettings(), tmp_path, new_database("sqlite"), lambda: NOW)
    yield opened
    opened.close()


def test_every_field_but_the_time_is_a_topic():
    assert tuple(each.name for each in fields(Pulse))[1:] == TOPICS


def test_nothing_is_none_and_never_healthy(events):
    taken = pulse(events, NOW, 0)
    assert taken.status.status is Status.UNKNOWN
    assert taken.health.score is None
    assert taken.performance.error_rate is None
    assert taken.performance.average_response_time is None
    assert taken.performance.queries_per_minute == 0
    assert taken.quality.overall is None
    assert taken.quality.coverage is None
    assert taken.business.cost is None


def test_rates_are_true_over_their_windows(events):
    just_now, earlier = NOW - timedelta(minutes=1), NOW - timedelta(minutes=90)
    made = [replace(ONE, id=f"n{n}", started_at=just_now, duration=0.5) for n in range(8)]
    made += [replace(made[0], id=f"f{n}", outcome=Outcome.FAILED, user="ben") for n in range(2)]
    made += [replace(ONE, id=f"e{n}", started_at=earlier, duration=1.0) for n in range(4)]
    events.record([Entry(one) for one in made])
    events.put_scores([("n0", QUALITY)])
    events.give_feedback(Feedback("n0", "anna", NOW, thumb=1))
    events.add_points(just_now, "", [Point(CPU.name, 0.5), Point(MEMORY.name, 0.5)])
    events.add_points(just_now, "", [Point(DISK.name, 0.5)])
    taken = pulse(events, NOW, 7)
    performance = taken.performance
    assert 240 <= performance.window_seconds <= 300
    assert performance.queries_per_minute == pytest.approx(600 / performance.window_seconds)
    assert (performance.success_rate, performance.error_rate) == (0.8, 0.2)
    assert performance.average_response_time == pytest.approx(0.5)
    assert performance.p95_response_time == pytest.approx(0.5, rel=0.02)
    assert performance.tokens_per_minute == pytest.approx(10_200 * 60 / performance.window_seconds)
    assert performance.cost_per_hour == pytest.approx(0.02 * 3600 / performance.window_seconds)
    assert performance.active_models == 1
    assert taken.quality.overall == pytest.approx(0.85)
    assert taken.quality.dimensions == {"accuracy": pytest.approx(0.9)}
    assert (taken.quality.coverage, taken.quality.backlog) == (0.1, 7)
    assert (taken.usage.queries, taken.usage.active_users, taken.usage.sessions) == (10, 2, 1)
    assert asdict(taken.trends["queries"]) == {"now": 10, "before": 4}
    assert asdict(taken.trends["response_time"])["before"] == pytest.approx(1.0)
    assert taken.business.cost_per_query == pytest.approx(0.002)
    assert taken.business.satisfaction == 1.0
    assert taken.health.score == pytest.approx(50)
    assert taken.status.status is Status.DEGRADED


def test_scores_of_two_versions_are_not_put_side_by_side(events):
    now, before = NOW - timedelta(minutes=5), NOW - timedelta(minutes=90)
    ones = [replace(ONE, id="now", started_at=now), replace(ONE, id="before", started_at=before)]
    events.record([Entry(one) for one in ones])
    events.put_scores([("now", quality(0.9, "a-1")), ("before", quality(0.5, "a-1"))])
    assert asdict(pulse(events, NOW, 0).trends["quality"]) == pytest.approx(
        {"now": 0.9, "before": 0.5}
    )
    events.put_scores([("now", quality(0.9, "a-2"))])
    assert asdict(pulse(events, NOW, 0).trends["quality"]) == {
        "now": pytest.approx(0.9),
        "before": None,
    }
