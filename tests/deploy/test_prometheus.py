"""Scrape configuration, rules and dashboards work with the real tools and with our real names."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML

from groundwatch.app.exposing import Exposing, exposed
from groundwatch.domain.clock import system_clock
from groundwatch.serving.api import create_api
from groundwatch.store.events import Entry, open_events
from groundwatch.store.settings import StoreSettings
from groundwatch.telemetry.prometheus.exposition import CellsCollector, Exposition
from groundwatch.telemetry.prometheus.families import families
from groundwatch.telemetry.prometheus.growing import Growing
from groundwatch.telemetry.prometheus.requests import RequestMetrics
from tests.ports import free_port
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.store.events.samples import ONE, QUALITY
from tests.tools import tool
from tests.waiting import until

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "groundwatch.rules.yml"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
OF_THE_MOMENT = {
    "rag_queue_size",
    "groundwatch_scoring_backlog",
    "groundwatch_scoring_lag_seconds",
    "groundwatch_system_used_ratio",
    "groundwatch_store_bytes",
}
"""Readings that the composed server takes."""


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expressions():
    """Every expression that somebody would see fail: of rules and of panels."""
    groups = YAML(typ="safe").load(RULES)["groups"]
    found = [rule["expr"] for group in groups for rule in group["rules"]]
    for dashboard in DASHBOARDS:
        for panel in json.loads(dashboard.read_text())["panels"]:
            found += [target["expr"] for target in panel.get("targets", ())]
    return found


@pytest.fixture
def events(new_database, tmp_path):
    opened = open_events(StoreSettings(), tmp_path, new_database("sqlite"), system_clock)
    yield opened
    opened.close()


@pytest.fixture
def exposing(events):
    registry = CollectorRegistry()
    requests = RequestMetrics(registry)
    collector = CellsCollector(
        Growing(events, system_clock),
        families("hybrid"),
        events.applications,
        (),
        clock=system_clock,
        failed=requests.failed,
    )
    registry.register(collector)
    return Exposing(requests, Exposition(registry))


def test_the_scrape_configuration_is_valid(tmp_path):
    for file in (DEPLOY / "prometheus").iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / "groundwatch.key").write_text("gw_key")
    run(tool("promtool", "prometheus"), "check", "config", "prometheus.yml", cwd=tmp_path)


def test_the_rules_do_what_they_say():
    run(
        tool("promtool", "prometheus"),
        "test",
        "rules",
        "groundwatch.rules.test.yml",
        cwd=RULES.parent,
    )


def test_every_expression_is_one(tmp_path):
    rules = [
        {"record": f"checked:{number}", "expr": expr.replace("$instance", "a").replace("$app", "b")}
        for number, expr in enumerate(expressions())
    ]
    assert len(rules) > 30
    file = tmp_path / "rules.yml"
    with file.open("w") as out:
        YAML().dump({"groups": [{"name": "all", "rules": rules}]}, out)
    run(tool("promtool", "prometheus"), "check", "rules", str(file))


def test_every_name_that_is_read_is_exposed(exposing):
    text = exposing.exposition.text("")[0].decode()
    shown = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    shown |= {f"{name}{end}" for name in shown for end in ("_bucket", "_sum", "_count", "_total")}
    recorded = {
        rule["record"]
        for group in YAML(typ="safe").load(RULES)["groups"]
        for rule in group["rules"]
        if "record" in rule
    }
    text = "\n".join(expressions())
    for record in recorded:
        text = text.replace(record, "")
    named = set(re.findall(r"\b(?:rag|groundwatch)_\w+", text))
    assert len(named) > 10
    assert named - shown - OF_THE_MOMENT == set()


def test_panels_do_not_overlap_and_have_ids_of_their_own():
    assert DASHBOARDS
    for dashboard in DASHBOARDS:
        panels = json.loads(dashboard.read_text())["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        taken: set[tuple[int, int]] = set()
        for panel in panels:
            at = panel["gridPos"]
            cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
            assert at["x"] + at["w"] <= 24
            assert not cells & taken, panel["title"]
            taken |= cells


@pytest.mark.slow
@pytest.mark.integration
def test_a_real_prometheus_scrapes_a_running_server_with_its_key(events, exposing, tmp_path):
    prometheus = tool("prometheus", "prometheus")
    here = world()
    services = here.services()
    own = replace(ONE, started_at=system_clock())
    with served(exposing.measuring(create_api(services_with(services, exposing)))) as url:
        for file in (DEPLOY / "prometheus").iterdir():
            shutil.copy(file, tmp_path)
        (tmp_path / "groundwatch.key").write_text("gw_cleo")
        configuration = tmp_path / "prometheus.yml"
        address = url.removeprefix("http://")
        configuration.write_text(
            configuration.read_text().replace("127.0.0.1:8350", address).replace("15s", "1s")
        )
        port = free_port()
        process = subprocess.Popen(
            [
                prometheus,
                f"--config.file={configuration}",
                f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            ask = Asked(f"http://127.0.0.1:{port}")
            until(lambda: ask("up") == {address: 1.0}, 30)
            events.record([Entry(own)])
            events.put_scores([(own.id, QUALITY)])
            until(lambda: ask("groundwatch_requests_total") == {address: 1.0}, 30)
            until(lambda: ask("rag_response_quality_count") == {address: 1.0}, 30)
            until(lambda: ask('rag_requests_total{endpoint="/metrics",status="200"}'), 30)
        finally:
            process.terminate()
            process.wait(20)


def services_with(services, exposing):
    telemetry = replace(services.telemetry, exposition=exposing.exposition.text)
    return replace(services, telemetry=telemetry)


class Asked:
    """Answers of a Prometheus, values by instance."""

    def __init__(self, url):
        self._url = url

    def __call__(self, query):
        try:
            reply = httpx.get(f"{self._url}/api/v1/query", params={"query": query})
        except httpx.TransportError:
            return None
        if reply.status_code != httpx.codes.OK:  # it says so in words while it starts
            return None
        answer = reply.json()
        found = answer.get("data", {}).get("result", [])
        return {each["metric"]["instance"]: float(each["value"][1]) for each in found}


@pytest.mark.integration
def test_the_loopback_port_needs_no_key_and_gives_nothing_else(exposing):
    port = free_port()
    with exposed(exposing, port) as listening:
        assert listening == port
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        assert "# TYPE rag_requests_total counter" in answer.text
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 404
        assert httpx.post(f"http://127.0.0.1:{port}/metrics").status_code == 501
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")
    with exposed(exposing, 0) as listening:
        assert listening == 0
