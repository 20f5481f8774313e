"""Numbers of a window, on the real store: counts exact, quantiles within two percent."""

from dataclasses import replace
from datetime import UTC, timedelta
from random import Random

import pytest
from tests.analytics.asked import NOW, asked, every, quality, record

from groundwatch.analytics import tallies, windows
from groundwatch.analytics.analysis import analysis
from groundwatch.analytics.applications import applications
from groundwatch.analytics.cost import budget, cost
from groundwatch.analytics.knowledge import gaps
from groundwatch.analytics.overview import overview
from groundwatch.analytics.performance import performance
from groundwatch.analytics.quality import quality as quality_of
from groundwatch.analytics.status import system_health, system_status
from groundwatch.analytics.usage import usage
from groundwatch.domain import metrics
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import Point
from groundwatch.domain.status import Status
from groundwatch.store.events import Entry

pytestmark = pytest.mark.integration
DAY = windows.last(timedelta(hours=24), NOW)


def test_latency_is_measured_and_compared_with_the_day_before(events):
    random = Random(3)  # noqa: S311
    now = [random.lognormvariate(0, 0.6) for _ in range(300)]
    before = [value / 2 for value in now]
    moments = every(4, DAY.since, NOW)
    ones = [asked(n, at, now[n]) for n, at in enumerate(moments[:300])]
    ones += [
        asked(1000 + n, at - timedelta(days=1), before[n]) for n, at in enumerate(moments[:300])
    ]
    record(events, ones)
    found = performance(events, DAY)
    for q, value in (
        (0.5, found.latency.p50),
        (0.95, found.latency.p95),
        (0.99, found.latency.p99),
    ):
        exact = sorted(now)[int(q * 300) - 1]
        assert value == pytest.approx(exact, rel=0.021)
    assert found.p95.change == pytest.approx(1.0, abs=0.085)  # both are within 2 %
    assert found.p50.change == pytest.approx(1.0, abs=0.085)
    assert found.p99.change == pytest.approx(1.0, abs=0.085)
    assert found.requests.value == found.requests.before == 300
    shares = {each.name: each.share for each in found.latency.classes}
    assert shares["excellent"] == pytest.approx(sum(v < 1 for v in now) / 300, abs=0.02)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert {row.label for row in found.stages} == {"search", "generate"}


def test_a_span_without_questions_is_a_gap_and_never_zero_latency(events):
    record(events, [asked(1, NOW - timedelta(hours=20)), asked(2, NOW - timedelta(hours=2))])
    found = performance(events, DAY)
    values = found.quantile_series[1].values
    assert sum(value is not None for value in values) == 2
    assert found.error_series.values.count(None) == len(values) - 2
    rates = found.requests_series.values
    assert rates[0] is None, "before the first question nothing is known"
    assert rates.count(0.0) == len(values) - 2 - rates.count(None)


def test_failures_are_counted_by_type_and_rated_by_chance(events):
    moments = every(10, DAY.since, NOW)
    failing = {3, 5, 8}
    record(
        events,
        [
            asked(n, at, outcome=Outcome.FAILED if n in failing else Outcome.ANSWERED)
            for n, at in enumerate(moments)
        ],
    )
    found = performance(events, DAY)
    assert found.errors == 3
    assert found.error_rate.value == 3 / len(moments)
    assert dict(found.error_types) == {"rate_limited": 3}
    assert not found.error_rate_is_clear


def test_totals_are_exact_to_the_minute_whatever_the_step(events):
    moments = every(7, NOW - timedelta(days=3), NOW)
    record(events, [asked(n, at) for n, at in enumerate(moments)])
    events.fold(NOW)
    for hours in (1, 5, 24, 47):
        window = windows.last(timedelta(hours=hours), NOW)
        for one in (window, window.before()):
            wanted = sum(one.since <= at < one.until for at in moments)
            assert tallies.total(events, metrics.REQUESTS, one).count == wanted
            labels = tallies.by_label(events, metrics.REQUESTS, one, "group")
            assert sum(each.count for each in labels.values()) == wanted
            hours_of = windows.to_the_hour(one)
            wanted = sum(hours_of.since <= at < hours_of.until for at in moments)
            people = tallies.by_label(events, metrics.REQUESTS, one, "user")
            assert sum(each.count for each in people.values()) == wanted


def test_a_span_is_only_compared_with_one_that_was_observed(events):
    record(events, [asked(n, at) for n, at in enumerate(every(30, NOW - timedelta(hours=30), NOW))])
    window = tallies.compared(events, DAY)
    assert not window.is_comparable
    assert overview(events, window, NOW).figures[0].value.change is None
    day_before = [
        asked(900 + n, at)
        for n, at in enumerate(every(30, NOW - timedelta(hours=60), NOW - timedelta(hours=30)))
    ]
    record(events, day_before)
    assert tallies.compared(events, DAY).is_comparable


def test_a_flag_has_its_share_of_what_the_scored_answers_stand_for(events):
    ones = [asked(n, at) for n, at in enumerate(every(1, NOW - timedelta(minutes=8), NOW))]
    events.record([Entry(one, weight=4.0, kept=n < 2) for n, one in enumerate(ones)])
    plain = quality(0.8)
    flagged = replace(plain.scores[0], flags=("unsupported",))
    events.put_scores(
        [(ones[0].id, plain), (ones[1].id, replace(plain, scores=(flagged, *plain.scores[1:])))]
    )
    found = quality_of(events, DAY, 0.7)
    assert (found.scored, found.answered, found.flags) == (2, 8, {"unsupported": 4})
    assert found.flagged("unsupported") == 0.5
    assert found.flagged("off_topic") == 0.0


def test_versions_of_a_scorer_are_never_compared(events):
    ones = [asked(n, at) for n, at in enumerate(every(20, NOW - timedelta(hours=48), NOW))]
    record(events, ones)
    half = len(ones) // 2
    events.put_scores([(one.id, quality(0.6, "test-1")) for one in ones[:half]])
    events.put_scores([(one.id, quality(0.9, "test-2")) for one in ones[half:]])
    found = quality_of(events, DAY, 0.7)
    accuracy = next(each for each in found.dimensions if each.dimension == "accuracy")
    assert accuracy.mean.change is None
    assert "test-1" in accuracy.mean.reason
    assert found.overall.change is None
    figure = next(each for each in overview(events, DAY, NOW).figures if each.name == "quality")
    assert figure.value.change is None
    assert "the scorer changed" in figure.value.reason
    assert "quality" not in {change.metric for change in overview(events, DAY, NOW).changes}
    assert {row.before for row in (*found.models, *found.topics, *found.sources)} == {None}
    (application,) = applications(events, ["support"], DAY, NOW)
    assert application.quality.value == pytest.approx(0.9)
    assert application.quality.change is None
    lines = {line.scorer: line.series for line in accuracy.versions}
    for line in lines.values():
        assert not line.is_empty
    if len(lines) > 1:
        both = [
            a is not None and b is not None
            for a, b in zip(*(x.values for x in lines.values()), strict=True)
        ]
        assert sum(both) <= 1


def test_scores_of_two_versions_have_no_trend(events):
    ones = [asked(n, at) for n, at in enumerate(every(30, DAY.since, NOW))]
    record(events, ones)
    events.put_scores([(one.id, quality(0.4 + 0.01 * n)) for n, one in enumerate(ones)])
    rising = {each.dimension: each.trend for each in analysis(events, DAY).quality}
    assert {trend.direction for trend in rising.values()} == {"rising"}
    events.put_scores([(ones[-1].id, quality(0.9, "test-2"))])
    assert {each.trend.direction for each in analysis(events, DAY).quality} == {"unknown"}
    assert "scorer changed" in analysis(events, DAY).quality[0].trend.method


def test_quality_tells_coverage_spread_and_the_worst_first(events):
    ones = [asked(n, at) for n, at in enumerate(every(10, DAY.since, NOW))]
    record(events, ones)
    events.put_scores(
        [
            (one.id, quality(0.5 if n % 4 == 0 else 0.9, topic="bad" if n % 4 == 0 else "good"))
            for n, one in enumerate(ones[:80])
        ]
    )
    found = quality_of(events, DAY, 0.7)
    assert (found.scored, found.answered) == (80, len(ones))
    assert found.overall.value == pytest.approx(0.8)
    assert [row.label for row in found.topics] == ["bad", "good"]
    assert found.overall_distribution is not None
    assert sum(found.overall_distribution.shares) == pytest.approx(1.0)
    assert found.dimensions[0].below == pytest.approx(0.25, abs=0.01)


def test_an_unscored_span_has_no_quality_and_says_so(events):
    record(events, [asked(1, NOW - timedelta(hours=1))])
    found = quality_of(events, DAY, 0.7)
    assert found.overall.value is None
    assert "scored" in found.overall.reason


def test_cost_by_model_and_where_it_could_be_less(events):
    moments = every(10, DAY.since, NOW)
    ones = [
        asked(n, at, model="large" if n % 2 else "small", cost=0.05 if n % 2 else 0.01)
        for n, at in enumerate(moments)
    ]
    record(events, ones)
    events.put_scores([(one.id, quality(0.85)) for one in ones])
    found = cost(events, DAY, ["support"])
    assert found.total.value == pytest.approx(sum(one.cost or 0 for one in ones))
    assert [row.label for row in found.models] == ["large", "small"]
    (saving,) = found.savings
    assert (saving.model, saving.other, saving.application) == ("large", "small", "support")
    assert saving.saved == pytest.approx(0.04 * found.models[0].requests)
    assert found.priced_share == 1.0


def test_cost_is_told_by_application(events):
    moments = every(30, DAY.since, NOW)
    dear = [asked(n, at, application="dear", cost=0.03) for n, at in enumerate(moments)]
    free = [asked(900 + n, at, application="free", cost=None) for n, at in enumerate(moments[:5])]
    record(events, [*dear, *free])
    found = cost(events, DAY, ["free", "dear", "silent"]).applications
    assert [(row.label, row.requests) for row in found] == [("dear", len(moments)), ("free", 5)]
    assert found[0].cost == pytest.approx(0.03 * len(moments))
    assert (found[1].cost, found[1].input_tokens) == (None, 500)
    (alone,) = cost(events, replace(DAY, application="free"), ["free", "dear"]).applications
    assert alone.label == "free"


def test_a_cheaper_model_that_is_worse_is_no_saving(events):
    ones = [
        asked(n, at, model="large" if n % 2 else "small", cost=0.05 if n % 2 else 0.01)
        for n, at in enumerate(every(10, DAY.since, NOW))
    ]
    record(events, ones)
    events.put_scores([(one.id, quality(0.9 if one.model == "large" else 0.7)) for one in ones])
    assert cost(events, DAY, ["support"]).savings == ()


def test_a_budget_is_projected_from_a_week_and_not_from_less(events):
    record(events, [asked(n, at) for n, at in enumerate(every(60, NOW - timedelta(days=2), NOW))])
    assert budget(events, 100.0, NOW, None).projected is None
    record(
        events,
        [
            asked(500 + n, at)
            for n, at in enumerate(every(60, NOW - timedelta(days=8), NOW - timedelta(days=2)))
        ],
    )
    found = budget(events, 100.0, NOW, None)
    assert found.spent == pytest.approx(0.01 * (3 * 24 + 12.5), rel=0.03)
    assert found.projected == pytest.approx(0.01 * 24 * 31, rel=0.05)


def test_usage_counts_people_sessions_and_satisfaction(events):
    ones = [asked(n, at) for n, at in enumerate(every(15, DAY.since, NOW))]
    record(events, ones)
    for one, thumb in zip(ones[:4], (1, 1, 1, -1), strict=True):
        events.give_feedback(Feedback(one.id, one.user, one.started_at, thumb))
    found = usage(events, DAY, UTC)
    assert (found.active_users.value, found.sessions.value) == (3, 4)
    assert found.per_user.value == pytest.approx(len(ones) / 3)
    assert found.satisfaction.value == 0.75
    assert {each.label for each in found.groups} == {"guests", "staff"}
    assert found.outcomes == {"answered": len(ones)}
    means = [mean for day in found.heatmap.means for mean in day if mean is not None]
    assert means
    assert max(means) == 4.0


def test_topics_that_are_declined_are_gaps(events):
    ones = [
        asked(n, at, outcome=Outcome.DECLINED if n < 8 else Outcome.ANSWERED)
        for n, at in enumerate(every(60, DAY.since, NOW))
    ]
    record(events, ones)
    events.put_scores(
        [
            (one.id, quality(0.9, topic="parking" if n < 10 else "other"))
            for n, one in enumerate(ones)
        ]
    )
    (gap,) = gaps(events, DAY)
    assert (gap.topic, gap.asked, gap.declined, gap.share) == ("parking", 10, 8, 0.8)


def test_the_status_is_unknown_without_data_and_degraded_over_a_tenth(events):
    assert system_status(events, NOW).status is Status.UNKNOWN
    recent = [NOW - timedelta(seconds=10 * n + 1) for n in range(20)]
    record(events, [asked(n, at) for n, at in enumerate(recent)])
    assert system_status(events, NOW).status is Status.HEALTHY
    failed = [asked(n, recent[n], outcome=Outcome.FAILED) for n in range(2)]
    record(events, failed)
    assert system_status(events, NOW).status is Status.WARNING
    record(events, [asked(2, recent[2], outcome=Outcome.FAILED)])
    found = system_status(events, NOW)
    assert (found.status, found.failed, found.asked) == (Status.DEGRADED, 3, 20)


@pytest.mark.parametrize(
    ("used", "status"),
    [
        ((0.1, 0.2, 0.1), Status.HEALTHY),
        ((0.85, 0.2, 0.1), Status.WARNING),
        ((0.1, 0.2, 0.97), Status.CRITICAL),
        ((0.5, 0.6, 0.6), Status.CRITICAL),
    ],
)
def test_one_full_resource_sets_the_health_alone(events, used, status):
    assert system_health(events, NOW).status is Status.UNKNOWN
    names = ("system.cpu", "system.memory", "system.disk")
    events.add_points(
        NOW - timedelta(minutes=1), "", [Point(n, u) for n, u in zip(names, used, strict=True)]
    )
    found = system_health(events, NOW)
    assert found.status is status
    assert found.score == pytest.approx(100 - 30 * used[0] - 40 * used[1] - 30 * used[2], abs=1.1)


def test_the_overview_says_what_got_worse_and_where(events):
    moments = every(10, DAY.since, NOW)
    ones = [asked(n, at, 3.0, model="slow" if n % 2 else "quick") for n, at in enumerate(moments)]
    ones = [replace(one, duration=0.5) if one.model == "quick" else one for one in ones]
    ones += [
        asked(1000 + n, at - timedelta(days=1), 0.5, model="slow" if n % 2 else "quick")
        for n, at in enumerate(moments)
    ]
    record(events, ones)
    found = overview(events, tallies.compared(events, DAY), NOW, backlog=3)
    change = next(each for each in found.changes if each.metric == "latency p95")
    assert (change.verdict, change.where) == ("worse", "slow")
    assert "Latency p95 is" in found.verdict
    assert "most with slow" in found.verdict
    (need,) = [each for each in found.needs if each.type == "performance"]
    assert "slow is slowest" in " ".join(need.evidence)
    assert need.impact.startswith("p95 0.5")


def test_an_empty_window_has_zero_counts_null_statistics_and_a_reason(events):
    found = analysis(events, DAY)
    assert (found.total, found.errors) == (0, 0)
    assert (found.error_rate, found.latency.p95, found.volume.p50) == (None, None, None)
    assert found.throughput.trend.direction == "unknown"
    assert found.satisfaction.value is None
    assert found.recommendations == ()
    assert found.reason == "no questions were asked in this span"
    assert found.health.status is Status.UNKNOWN


def test_volumes_are_counted_over_the_hours_that_are_over(events):
    hours = every(60, DAY.since, windows.floor(NOW, "hour"))
    ones = [at + timedelta(minutes=n) for place, at in enumerate(hours) for n in range(place + 1)]
    record(events, [asked(n, at) for n, at in enumerate(ones)])
    found = analysis(events, DAY)
    assert found.volume.p50 == (len(hours) + 1) // 2
    assert found.volume.p99 == len(hours)
    assert found.throughput.trend.direction == "rising"
    assert found.throughput.peak_at == hours[-1]


def test_each_application_is_counted_for_itself(events):
    moments = every(30, DAY.since, NOW)
    record(
        events,
        [asked(n, at, application="one" if n % 3 else "two") for n, at in enumerate(moments)],
    )
    events.add_points(
        NOW - timedelta(hours=1), "one", [Point("intake", 1.0, "outcome", "late")] * 5
    )
    rows = applications(events, ["one", "two"], DAY, NOW)
    assert [row.name for row in rows] == ["one", "two"]
    assert sum(row.requests.value or 0 for row in rows) == len(moments)
    assert rows[0].intake["late"] == 5
    assert rows[1].intake == dict.fromkeys(rows[1].intake, 0)
    ones = [at for n, at in enumerate(moments) if n % 3]
    assert rows[0].last_seen == ones[-1].replace(second=0, microsecond=0)
    assert rows[0].cost.value == pytest.approx(0.01 * len(ones))
    assert (rows[0].error_rate.value, rows[0].is_error_rate_clear) == (0.0, False)


def test_one_group_is_measured_for_itself(events):
    moments = every(10, DAY.since, NOW)
    record(events, [asked(n, at, 1.0 if n % 2 else 4.0) for n, at in enumerate(moments)])
    found = performance(events, replace(DAY, group="staff"))
    assert found.requests.value == -(-len(moments) // 2)
    assert found.latency.p50 == pytest.approx(4.0, rel=0.02)
