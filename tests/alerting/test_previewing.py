"""What rules would have done: the same as looking at every minute one by one would say."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from tests.alerting.test_rules import MINUTE, NOW, rule

from groundwatch.alerting.measuring import Numbers, measure
from groundwatch.alerting.previewing import Past, preview
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.rules import Progress, RuleState, step
from groundwatch.domain.metrics import Point
from groundwatch.store.database import open_database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings

BEGIN = NOW - 120 * MINUTE


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """Two hours of two applications and two models, with a gap."""
    folder = tmp_path_factory.mktemp("previewed")
    database = open_database(StoreSettings(), folder, lambda: NOW)
    found = open_events(StoreSettings(), folder, database, lambda: NOW)
    random = Random(5)  # noqa: S311
    for minute in range(120):
        at = BEGIN + minute * MINUTE
        for application in ("shop", "bot"):
            if 60 <= minute < 85:
                continue
            slow = 30 <= minute < 42 and application == "shop"
            seconds = random.uniform(6, 9) if slow else random.uniform(0.5, 4)
            points = [Point("latency", seconds, dimension=d, label=v) for d, v in
                      (("", ""), ("model", random.choice(["a", "b"])))]  # fmt: skip
            more = [Point("requests", 1.0), Point("errors", float(random.random() < 0.3))]
            found.add_points(at, application, [*points, *more])
    yield found
    found.close()
    database.close()


def one_by_one(wanted: RuleSettings, numbers: Numbers) -> dict[str, list[str]]:
    """States minute by minute, as the evaluator would have come to them."""
    states: dict[str, Progress] = {}
    told: dict[str, list[str]] = {}
    at = BEGIN.replace(second=0)
    while at <= NOW.replace(second=0):
        for each in measure(wanted, numbers, at):
            key = str(sorted(each.labels.items()))
            states[key] = step(wanted, states.get(key), each.value, at)
            told.setdefault(key, []).append(str(states[key].state))
        at += MINUTE
    return told


RULES: tuple[dict[str, object], ...] = (
    {},
    {"application": "shop"},
    {"application": "*", "for": "3m", "keep_firing_for": "4m"},
    {"of": "p95", "window": "10m", "threshold": 6},
    {"metric": "errors", "of": "ratio", "by_metric": "requests", "threshold": 0.3, "window": "7m"},
    {"of": "count", "operator": "lt", "threshold": 3, "window": "2m", "at_least": 1},
    {"clear": 4, "window": "3m"},
    {"at_least": 8},
)


@pytest.mark.parametrize("settings", RULES, ids=str)
def test_is_what_looking_minute_by_minute_says(events: EventStore, settings: dict[str, object]):
    wanted = rule(**settings)
    found = preview(wanted, events, BEGIN, NOW)
    expected = one_by_one(wanted, events)
    assert len(found.series) == len(expected)
    for past in found.series:
        states = expected[str(sorted(past.labels.items()))]
        firing = [state == RuleState.FIRING for state in states]
        begun = sum(
            now and not before for before, now in zip([False, *firing], firing, strict=False)
        )
        assert len(past.spans) == begun
        assert past.lasted == sum(firing[:-1]) * MINUTE
    assert found.fired == sum(len(each.spans) for each in found.series)


def test_names_when_it_would_have_fired_and_how_long(events: EventStore):
    found = preview(rule(application="shop", window="1m"), events, BEGIN, NOW)
    (past,) = found.series
    (span,) = past.spans
    assert (span.since - BEGIN.replace(second=0)) // MINUTE in {30, 31}
    assert span.until is not None
    assert found.lasted == 12 * MINUTE
    assert past.missing >= 24 * MINUTE
    assert found.is_measured


def test_a_metric_that_was_never_measured_is_no_success(events: EventStore):
    found = preview(rule(metric="custom.nothing"), events, BEGIN, NOW)
    assert (found.fired, found.is_measured) == (0, False)


def test_what_still_fires_has_no_end(events: EventStore):
    found = preview(rule(threshold=0.1, window="30m"), events, BEGIN, NOW)
    assert found.series[0].spans[-1].until is None


def test_points_are_few_and_keep_the_peaks(tmp_path: Path):
    database = open_database(StoreSettings(), tmp_path, lambda: NOW)
    events = open_events(StoreSettings(), tmp_path, database, lambda: NOW)
    for hours in range(1, 7 * 24, 3):
        events.add_points(NOW - timedelta(hours=hours), "shop", [Point("latency", 1.0)])
    events.add_points(NOW - timedelta(hours=50), "shop", [Point("latency", 60.0)])
    for operator, worst in (("gt", 60.0), ("lt", 1.0)):
        wanted = rule(operator=operator, threshold=5, window="1m")
        found = preview(wanted, events, NOW - timedelta(days=7), NOW)
        points = found.series[0].points
        assert len(points) <= 480
        known = [value for _, value in points if value is not None]
        assert (max(known) if operator == "gt" else min(known)) == pytest.approx(worst, rel=0.03)
    events.close()
    database.close()


def test_many_series_are_looked_at_less_often_but_no_window_is_left_out(events: EventStore):
    since = NOW - timedelta(days=30)
    by_model = rule(application="*", split_by="model", window="10m")
    assert preview(by_model, events, since, NOW).every == 6 * MINUTE
    narrow = rule(application="*", split_by="model", window="2m")
    assert preview(narrow, events, since, NOW).every == 2 * MINUTE


def test_beyond_the_busiest_series_are_counted(tmp_path: Path):
    database = open_database(StoreSettings(), tmp_path, lambda: NOW)
    events = open_events(StoreSettings(), tmp_path, database, lambda: NOW)
    for number in range(25):
        many: Sequence[Point] = [Point("latency", 9.0)] * (number + 1)
        events.add_points(NOW - 5 * MINUTE, f"app-{number:02}", list(many))
    found = preview(rule(application="*"), events, NOW - 30 * MINUTE, NOW)
    shown: list[Past] = list(found.series)
    assert (len(shown), found.left_out) == (20, 5)
    assert {each.labels["application"] for each in shown} == {f"app-{n:02}" for n in range(5, 25)}
    events.close()
    database.close()
