"""Episodes as they are told."""

from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.anomaly.advice import ACTIONS, AnomalyClass, class_of
from groundwatch.anomaly.contributors import Part, Stretch, contributors, shares
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Episode, Sighting
from groundwatch.anomaly.findings import Context, by_priority, finding
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import BUILT_IN
from groundwatch.domain.status import Severity

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def episode(value=4.0, expected=(0.5, 1.5), *, minutes=12, lasting=False, score=5.0):
    start = START.timestamp()
    layers = {Layer.SEASONAL: 6.0, Layer.LEVEL: 2.5, Layer.SUBSEQUENCE: 1.0, Layer.RANGE: 0.5}
    peak = Sighting(start + 120.0, value, score, 3.0, layers, expected)
    last = start + 60.0 * minutes
    return Episode(start, start + 60.0, peak, last, None if lasting else last)


def part(label, weight, mean, dimension="model"):
    return Part(dimension, label, weight, weight * mean)


def stretch(*parts, minutes=60.0):
    models = [each for each in parts if each.dimension == "model"]
    weight, total = (sum(getattr(each, name) for each in models) for name in ("weight", "total"))
    return Stretch(minutes, weight, total, tuple(parts))


def test_a_finding_tells_all_that_is_known():
    moved = contributors(
        stretch(part("small", 50, 1.0), part("large", 50, 1.0)),
        stretch(part("small", 50, 1.0), part("large", 50, 3.0)),
        counted=False,
    )
    labels = {"application": "help", "endpoint": "/ask"}
    told = finding(episode(), Context("latency", labels, moved))
    assert told.metric == "latency"
    assert told.labels == labels
    assert told.value == 4.0
    assert told.expected == (0.5, 1.5)
    assert told.probability == pytest.approx(0.001)
    assert told.layers == (Layer.SEASONAL, Layer.LEVEL, Layer.RANGE)
    assert told.confidence == 0.875
    assert told.severity is Severity.HIGH
    assert told.kind is AnomalyClass.PERFORMANCE
    assert told.worse is True
    assert told.start == START
    assert told.peak == START + timedelta(minutes=2)
    assert told.end == START + timedelta(minutes=12)
    assert [one.label for one in told.contributors] == ["large"]
    assert told.actions == ACTIONS[AnomalyClass.PERFORMANCE]
    assert told.interactions == {
        "since": "2026-11-20T09:00:00+00:00",
        "until": "2026-11-20T09:12:00+00:00",
        "application": "help",
        "model": "large",
    }
    assert told.description == (
        "latency of application help, endpoint /ask reached 4 s where 0.5 to 1.5 s is usual; "
        "it began at 2026-11-20 09:00 UTC; model large accounts for 100% of the change."
    )


def test_the_same_episode_is_the_same_finding_and_is_told_once():
    context = Context("latency", {"model": "m"})
    lasting, ended = episode(lasting=True), episode()
    first, second = finding(lasting, context), finding(ended, context)
    assert first.id == second.id
    assert first.end is None
    assert "until" not in first.interactions
    assert finding(ended, Context("latency", {"model": "n"})).id != first.id
    assert by_priority([first, second]) == [second]


@pytest.mark.parametrize(
    ("metric", "value", "worse", "severity"),
    [
        ("latency", 1.6, True, Severity.LOW),
        ("latency", 2.1, True, Severity.MEDIUM),
        ("latency", 3.6, True, Severity.HIGH),
        ("latency", 9.0, True, Severity.CRITICAL),
        ("latency", 0.1, False, Severity.INFO),
        ("quality.overall", -6.0, True, Severity.CRITICAL),
        ("quality.overall", 9.0, False, Severity.INFO),
        ("requests", 90.0, None, Severity.HIGH),
    ],
)
def test_severity_goes_by_how_far_and_to_which_side(metric, value, worse, severity):
    told = finding(episode(value), Context(metric))
    assert (told.worse, told.severity) == (worse, severity)


def test_what_is_always_there_and_now_gone_is_medium_at_least():
    def severity(value):
        return finding(episode(value=value, expected=(4.0, 16.0)), Context("requests")).severity

    assert severity(0.0) is Severity.MEDIUM
    assert severity(2.0) is Severity.LOW
    better = finding(episode(value=0.0, expected=(4.0, 16.0)), Context("errors"))
    assert better.severity is Severity.INFO


def test_without_an_expected_range_it_is_medium():
    told = finding(episode(expected=None), Context("latency"))
    assert told.severity is Severity.MEDIUM
    assert told.worse is None
    assert "usual" not in told.description


def test_the_worst_come_first_then_what_lasts():
    mild, grave = episode(1.6), episode(9.0)
    found = by_priority(
        [
            finding(mild, Context("latency")),
            finding(grave, Context("latency", {"model": "a"})),
            finding(episode(9.0, lasting=True), Context("latency", {"model": "b"})),
            finding(grave, Context("flagged", {"flag": "injection"}, higher_is="worse")),
        ]
    )
    assert [each.labels for each in found] == [
        {"model": "b"},
        {"flag": "injection"},
        {"model": "a"},
        {},
    ]


def test_changes_nearby_stand_beside_it_and_the_nearest_is_the_first_step():
    def event(key, minutes, kind="deploy"):
        return Event(key, START + timedelta(minutes=minutes), kind, component="ranker")

    events = [event("a", -50), event("b", -3), event("c", 30), event("d", -90)]
    told = finding(episode(), Context("latency", events=[*events, event("e", -1, "metric")]))
    assert [each.id for each in told.changes] == ["b", "a"]
    assert told.actions[0] == "Look first at the deploy of ranker at 08:57 UTC."


@pytest.mark.parametrize(
    ("metric", "labels", "expected"),
    [
        ("latency", {}, AnomalyClass.PERFORMANCE),
        ("errors", {}, AnomalyClass.PERFORMANCE),
        ("quality.grounding", {}, AnomalyClass.QUALITY),
        ("quality.coverage", {}, AnomalyClass.DATA_QUALITY),
        ("flagged", {"flag": "prompt-injection"}, AnomalyClass.SECURITY),
        ("flagged", {"flag": "empty"}, AnomalyClass.QUALITY),
        ("cost", {}, AnomalyClass.COST),
        ("tokens.output", {}, AnomalyClass.COST),
        ("requests", {}, AnomalyClass.USAGE),
        ("intake", {}, AnomalyClass.DATA_QUALITY),
        ("custom.index_age", {}, AnomalyClass.FRESHNESS),
        ("custom.anything", {}, AnomalyClass.PERFORMANCE),
    ],
)
def test_classes(metric, labels, expected):
    assert class_of(metric, labels) is expected


def test_every_metric_and_class_has_first_steps():
    assert set(ACTIONS) == set(AnomalyClass)
    assert all(ACTIONS[class_of(metric, {})] for metric in BUILT_IN)


def test_the_label_whose_own_mean_rose_is_named():
    before = stretch(part("a", 80, 1.0), part("b", 20, 1.0))
    during = stretch(part("a", 80, 1.0), part("b", 20, 5.0))
    [one] = contributors(before, during, counted=False)
    assert (one.label, one.share, one.weight_share) == ("b", 1.0, 0.2)
    assert (one.before, one.during) == (1.0, 5.0)


def test_a_label_unlike_the_rest_that_grows_is_named():
    before = stretch(part("fast", 90, 1.0), part("slow", 10, 4.0))
    during = stretch(part("fast", 50, 1.0), part("slow", 50, 4.0))
    assert [one.label for one in contributors(before, during, counted=False)] == ["slow"]


def test_a_label_that_is_all_there_is_explains_nothing():
    before, during = stretch(part("only", 100, 1.0)), stretch(part("only", 100, 3.0))
    assert contributors(before, during, counted=False) == ()


def test_a_change_of_all_labels_alike_names_none():
    before = stretch(*(part(name, 25, 1.0) for name in "abcd"))
    during = stretch(*(part(name, 25, 2.0) for name in "abcd"))
    assert contributors(before, during, counted=False) == ()


def test_shares_of_a_dimension_add_up_to_the_change():
    before = stretch(part("a", 60, 1.0), part("b", 30, 2.0), part("c", 10, 0.5))
    during = stretch(part("a", 20, 1.5), part("b", 70, 3.0), part("d", 15, 9.0))
    for counted in (False, True):
        found = shares(before, during, counted=counted)
        assert set(found) == {("model", label) for label in "abcd"}
        assert sum(found.values()) == pytest.approx(1.0)


def test_counts_are_compared_by_the_minute():
    before = stretch(part("a", 600, 1.0), part("b", 600, 1.0), minutes=60.0)
    during = stretch(part("a", 100, 1.0), part("b", 10, 1.0), minutes=10.0)
    [one] = contributors(before, during, counted=True)
    assert (one.label, one.share) == ("b", 1.0)
    assert (one.before, one.during) == (10.0, 1.0)


def test_a_label_with_hardly_any_observations_is_not_blamed():
    before = stretch(part("a", 100, 1.0))
    during = stretch(part("a", 100, 1.0), part("odd", 1, 400.0))
    assert contributors(before, during, counted=False) == ()
    assert contributors(before, before, counted=False) == ()
