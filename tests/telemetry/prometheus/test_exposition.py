"""What Prometheus reads: right, growing, bounded, and valid to its own tools."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from groundwatch.domain import metrics
from groundwatch.domain.answers import Outcome
from groundwatch.domain.metrics import INTAKE, Point
from groundwatch.domain.scores import Dimension, Score
from groundwatch.errors import Unavailable
from groundwatch.store.events import Entry
from groundwatch.store.events.commits import Committed
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.prometheus import exposition
from groundwatch.telemetry.prometheus.exposition import CellsCollector, Exposition, Reading
from groundwatch.telemetry.prometheus.families import families
from groundwatch.telemetry.prometheus.growing import Growing
from groundwatch.telemetry.prometheus.requests import RequestMetrics
from groundwatch.telemetry.system import commit_points
from tests.store.events.samples import NOW, ONE, QUALITY
from tests.tools import tool

OWN = replace(ONE, endpoint="/v1/answers", started_at=NOW, duration=0.25)


class Time:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


class Scraper:
    """Scrapes; gives samples by name and labels."""

    def __init__(self, events, time):
        self.registry = CollectorRegistry()
        self.requests = RequestMetrics(self.registry)
        self.text = ""
        self.readings = [
            lambda: [Reading("rag_queue_size", "Waiting.", 3.0, {"queue_type": "scoring"})]
        ]
        collector = CellsCollector(
            Growing(events, time),
            families("hybrid"),
            events.applications,
            self.readings,
            clock=time,
            failed=lambda: {("http_503", "api"): 2.0},
        )
        self.registry.register(collector)

    def __call__(self):
        text, content_type = Exposition(self.registry).text("")
        assert content_type.startswith("text/plain; version=")
        self.text = text.decode()
        return {
            at(sample.name, **sample.labels): sample.value
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
        }


@pytest.fixture
def expose(events, time):
    return Scraper(events, time)


def at(name, **labels):
    return name, tuple(sorted(labels.items()))


def quality(value):
    accuracy = replace(QUALITY.scores[0], value=value)
    found = Score(Dimension.RETRIEVAL, value, scorer="r")
    return replace(QUALITY, overall=value, scores=(accuracy, found))


def test_scores_are_histograms_from_a_twentieth_to_one(events, expose):
    events.record([Entry(OWN), Entry(replace(OWN, id="i2", endpoint="mcp:ask"))])
    events.put_scores([("i1", quality(0.62)), ("i2", quality(1.0))])
    shown = expose()
    name = "rag_response_quality_bucket"
    steps = [shown[at(name, query_type="answers", le=str(le))] for le in (0.05, 0.6, 0.65, 1.0)]
    assert steps == [0, 0, 1, 1]
    assert shown[at(name, query_type="mcp", le="0.95")] == 0
    assert shown[at(name, query_type="mcp", le="1.0")] == 1
    limits = {dict(key[1])["le"] for key in shown if key[0] == name}
    assert limits == {str(round(step * 0.05, 2)) for step in range(1, 21)} | {"+Inf"}
    accuracy = at("rag_retrieval_accuracy_sum", retrieval_method="hybrid")
    assert shown[accuracy] == pytest.approx(1.62)
    assert (
        shown[at("groundwatch_quality_score_count", app="groundwatch", dimension="accuracy")] == 2
    )


def test_questions_times_money_and_errors_of_every_application(events, expose):
    failed = replace(OWN, outcome=Outcome.FAILED, error_type="TimedOut")
    events.record(
        [
            Entry(OWN),
            Entry(replace(failed, id="i2")),
            Entry(replace(failed, id="i3", application="shop", duration=3.0)),
        ]
    )
    shown = expose()
    assert shown[at("groundwatch_requests_total", app="shop", outcome="failed")] == 1
    assert shown[at("groundwatch_requests_total", app="groundwatch", outcome="answered")] == 1
    bucket = "groundwatch_request_duration_seconds_bucket"
    assert shown[at(bucket, app="shop", outcome="failed", le="2.56")] == 0
    assert shown[at(bucket, app="shop", outcome="failed", le="5.12")] == 1
    count = "groundwatch_request_duration_seconds_count"
    assert shown[at(count, app="groundwatch", outcome="answered")] == 1
    assert shown[at(count, app="groundwatch", outcome="failed")] == 1
    assert shown[at("groundwatch_cost_usd_total", app="shop", model="m-large")] == 0.002
    assert shown[at("groundwatch_tokens_total", app="shop", direction="input")] == 900
    assert shown[at("rag_errors_total", error_type="TimedOut", service="answers")] == 1
    assert shown[at("rag_errors_total", error_type="http_503", service="api")] == 2
    assert shown[at("rag_queue_size", queue_type="scoring")] == 3


def test_intake_and_what_clients_dropped(events, expose):
    points = [Point(INTAKE.name, 5.0), Point(INTAKE.name, 3.0, "outcome", "accepted")]
    events.add_points(NOW, "shop", [*points, Point(INTAKE.name, 2.0, "outcome", "dropped")])
    shown = expose()
    assert shown[at("groundwatch_ingest_spans_total", outcome="accepted")] == 3
    assert shown[at("groundwatch_client_dropped_spans_total", app="shop")] == 2
    assert shown[at("groundwatch_client_dropped_spans_total", app="groundwatch")] == 0


def test_rejections_by_reason(events, expose, time):
    counts = IntakeCounts(events.add_points, time)
    counts.reject("shop", {"the trace id is not 16 bytes, or all zero": 2, "a new one": 1})
    counts.flush()
    shown = expose()
    name = "groundwatch_ingest_rejected_spans_total"
    assert shown[at(name, reason="trace_id")] == 2
    assert shown[at(name, reason="other")] == 1
    assert shown[at("groundwatch_ingest_spans_total", outcome="rejected")] == 3


def test_freshness_by_connector_and_commits(events, expose):
    for metric, seconds in (
        (metrics.FRESHNESS, 0.3),
        (metrics.DELETION, 0.03),
        (metrics.REVOCATION, 3.0),
    ):
        points = [Point(metric.name, seconds), Point(metric.name, seconds, "source", "wiki")]
        events.add_points(NOW, "", points)
    events.committed()
    events.record([Entry(OWN)])
    (committed,) = events.committed()
    assert 0 < committed.seconds < 5
    assert events.committed() == []
    events.add_points(NOW, "", commit_points([committed, Committed(0.003, 40)]))
    shown = expose()
    for name, below, above in (
        ("groundwatch_change_to_searchable_seconds", "0.16", "0.32"),
        ("groundwatch_delete_to_unsearchable_seconds", "0.02", "0.04"),
        ("groundwatch_revoke_to_hidden_seconds", "2.56", "5.12"),
    ):
        assert shown[at(f"{name}_bucket", connector="wiki", le=below)] == 0
        assert shown[at(f"{name}_bucket", connector="wiki", le=above)] == 1
    assert shown[at("groundwatch_store_commit_seconds_count")] == 2
    assert shown[at("groundwatch_store_commit_events_bucket", le="32.0")] == 1
    assert shown[at("groundwatch_store_commit_events_bucket", le="64.0")] == 2


def test_counters_grow_over_hours_and_never_shrink(events, expose, time):
    name = at("groundwatch_requests_total", app="groundwatch", outcome="answered")
    seen = []
    for hour in range(4):
        time.now = NOW + timedelta(hours=hour)
        events.record([Entry(replace(OWN, id=f"h{hour}", started_at=time.now))])
        seen.append(expose()[name])
        assert expose()[name] == seen[-1]
    assert seen == [1, 2, 3, 4]
    events.record([Entry(replace(OWN, id="h3", started_at=time.now, outcome=Outcome.CANCELLED))])
    shown = expose()
    assert shown[name] == 4  # what was said is not taken back
    assert shown[at("groundwatch_requests_total", app="groundwatch", outcome="cancelled")] == 1


def test_what_was_before_the_start_does_not_count(events, expose):
    events.record([Entry(replace(OWN, started_at=NOW - timedelta(hours=2)))])
    assert at("groundwatch_requests_total", app="groundwatch", outcome="answered") not in expose()


def test_labels_and_applications_are_bounded(events, expose, monkeypatch):
    monkeypatch.setattr(exposition, "MOST_LABELS", 3)
    monkeypatch.setattr(exposition, "MOST_APPLICATIONS", 3)
    made = [replace(OWN, id=f"m{n}", model=f"model-{n}", cost=1.0) for n in range(6)]
    others = [replace(OWN, id=f"a{n}", application=f"app-{n}") for n in range(6)]
    strange = [replace(OWN, id=f"e{n}", endpoint=f"/made/up/{n}") for n in range(6)]
    events.record([Entry(one) for one in (*made, *others, *strange)])
    shown = expose()
    models = {
        dict(key[1])["model"]: value
        for key, value in shown.items()
        if key[0] == "groundwatch_cost_usd_total" and ("app", "groundwatch") in key[1]
    }
    assert len(models) == 4
    assert sum(models.values()) == pytest.approx(6.012)
    apps = {dict(key[1])["app"] for key in shown if key[0] == "groundwatch_requests_total"}
    assert len(apps) == 3


def test_a_reading_that_cannot_be_taken_costs_no_other(events, expose):
    def broken():
        raise Unavailable("the database is away")

    expose.readings.insert(0, broken)
    assert expose()[at("rag_queue_size", queue_type="scoring")] == 3


def test_the_text_is_what_prometheus_calls_well_formed(events, expose):
    promtool = tool("promtool", "prometheus")
    events.record([Entry(OWN)])
    events.put_scores([("i1", quality(0.62))])
    scope = {"type": "http", "method": "POST", "path": "/v1/interactions", "route": None}
    expose.requests.answered(scope, 200, 0.02)
    expose()
    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=expose.text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, ""), expose.text
