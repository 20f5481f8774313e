"""Requests of a real server are counted under routes that exist."""

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from groundwatch.serving.api import create_api
from groundwatch.telemetry.prometheus.requests import MeasuredRequests, RequestMetrics
from tests.serving.servers import served
from tests.serving.worlds import world

pytestmark = pytest.mark.integration


@pytest.fixture
def measured():
    registry = CollectorRegistry()
    metrics = RequestMetrics(registry)
    here = world()
    with served(MeasuredRequests(create_api(here.services()), metrics)) as url:
        yield here, url, registry, metrics


def samples(registry, name):
    """By the values of the labels, in the order of their names."""
    found = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            if sample.name == name:
                found[tuple(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def test_routes_are_templates_and_what_is_none_collapses(measured):
    _, url, registry, _ = measured
    with httpx.Client(base_url=url, headers={"Authorization": "Bearer gw_ben"}) as client:
        for number in range(20):
            client.get(f"/v1/documents/{number}")
            client.get(f"/nothing/{number}")
            client.request("PROPFIND", "/v1/documents")
        client.get("/v1/documents")
        client.post("/v1/interactions", json={"application": "shop", "interactions": []})
    counted = samples(registry, "rag_requests_total")
    assert counted == {
        ("/v1/documents/{document_id}", "GET", "404"): 20,
        ("other", "GET", "404"): 20,
        ("/v1/documents", "other", "405"): 20,
        ("/v1/documents", "GET", "200"): 1,
        ("/v1/interactions", "POST", "200"): 1,
    }
    assert samples(registry, "groundwatch_ingest_requests_total") == {("200", "interactions"): 1}
    seconds = samples(registry, "rag_request_duration_seconds_count")
    assert seconds["/v1/documents/{document_id}", "GET"] == 20


def test_what_fails_in_the_server_is_an_error(measured):
    here, url, registry, metrics = measured
    here.authentication.is_down = True
    httpx.get(f"{url}/v1/documents", headers={"Authorization": "Bearer gw_ben"})
    assert metrics.failed() == {("http_503", "api"): 1}
    assert samples(registry, "rag_requests_total") == {("other", "GET", "503"): 1}


def test_nothing_stays_open(measured):
    _, url, registry, _ = measured
    httpx.get(f"{url}/healthz")
    assert samples(registry, "rag_active_connections") == {("probes",): 0}
