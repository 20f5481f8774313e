"""The API over a real server: people's actions, Alertmanager's API, and a real Prometheus."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from tests.alerting.timeline import made
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.tools import tool
from tests.waiting import until

from groundwatch.alerting.desk import Desk
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.domain.clock import system_clock
from groundwatch.domain.metrics import Point
from groundwatch.serving.api import create_api
from groundwatch.serving.routes import alertmanager, alerts
from groundwatch.serving.services import Watch
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings

pytestmark = pytest.mark.integration
POLICY = """
route: {receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s,
        escalation: page}
receivers: [{name: team}]
escalations: [{name: page, steps: [{after: 1h, notify: [hook]}]}]
default_rules: false
"""


class Api:
    """A server with a desk behind it, an engine, and a client of somebody."""

    def __init__(self, url: str, database: Database, desk: Desk) -> None:
        self.url, self.database, self.desk = url, database, desk
        numbers = count(1)
        self.engine = Engine(
            database, desk.plan(), system_clock, "one", new_id=lambda: f"i{next(numbers)}"
        )

    policy: Path

    def call(self, method: str, path: str, body: Any = None, user: str = "cleo") -> httpx.Response:
        return httpx.request(
            method,
            self.url + path,
            json=body,
            headers={"Authorization": f"Bearer gw_{user}"},
            timeout=20,
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path).raise_for_status().json()

    def fire(self, **labels: str) -> None:
        body = [{"labels": {"alertname": "A", **labels}}]
        self.call("POST", "/api/v2/alerts", body).raise_for_status()
        self.engine.tick()

    def open(self) -> dict[str, Any]:
        (found,) = self.get("/v1/incidents?resolved=false")["incidents"]
        return dict(found)


@pytest.fixture
def database(new_database: Callable[[str], Database]) -> Database:
    return made(new_database("sqlite"))


@pytest.fixture
def events(database: Database, tmp_path: Path) -> Iterator[EventStore]:
    found = open_events(StoreSettings(), tmp_path, database, system_clock)
    yield found
    found.close()


@pytest.fixture
def api(database: Database, events: EventStore, tmp_path: Path) -> Iterator[Api]:
    policy = tmp_path / "alerting.yaml"
    policy.write_text(POLICY)
    settings = AlertingSettings.model_validate(
        {
            "policy": str(policy),
            "channels": {"hook": {"kind": "webhook", "url": "http://x.example"}},
        }
    )
    numbers = count(1)
    desk = Desk(database, lambda: settings, system_clock, lambda: f"s{next(numbers)}")
    watch = Watch(events, incidents=desk.open)
    services = replace(world().services(), alerts=desk, watch=watch)
    with served(create_api(services)) as url:
        found = Api(url, database, desk)
        found.policy = policy
        yield found


def test_an_incident_from_its_beginning_to_its_end(api: Api):
    api.fire(severity="high")
    incident = api.open()
    assert (incident["state"], incident["severity"]) == ("open", "high")
    assert incident["escalates_at"]
    path = f"/v1/incidents/{incident['id']}"
    taken = api.call("POST", f"{path}/acknowledge", {"note": "on it"}).json()
    assert (taken["state"], taken["owner"], taken["escalates_at"]) == (
        "acknowledged", "cleo", None,
    )  # fmt: skip
    given = api.call("DELETE", f"{path}/acknowledge").json()
    assert (given["state"], bool(given["escalates_at"])) == ("open", True)
    assert api.call("PUT", f"{path}/owner", {"owner": "ben"}).json()["owner"] == "ben"
    assert api.call("POST", f"{path}/snooze", {"seconds": 60}).json()["snoozed_until"]
    api.call("POST", f"{path}/comments", {"text": "it is the disk"}).raise_for_status()
    now = system_clock()
    over = [{"labels": {"alertname": "A", "severity": "high"}, "endsAt": now.isoformat()}]
    api.call("POST", "/api/v2/alerts", over).raise_for_status()

    def is_over() -> bool:
        api.engine.tick()
        return bool(api.get(path)["incident"]["state"] == "resolved")

    until(is_over)
    review = api.call("GET", f"{path}/post-mortem")
    assert review.headers["content-type"].startswith("text/markdown")
    assert "it is the disk" in review.text
    case = api.get(path)
    kinds = [line["kind"] for line in case["timeline"]]
    for kind in ("opened", "acknowledged", "unacknowledged", "assigned", "snoozed", "comment"):
        assert kind in kinds
    assert api.call("POST", f"{path}/acknowledge", {}).status_code == 409
    api.fire(severity="high")
    assert api.get(f"/v1/incidents/{api.open()['id']}")["similar"][0]["id"] == incident["id"]


def test_open_incidents_are_part_of_the_overview(api: Api):
    body = [{"labels": {"alertname": "A", "severity": "high"},
             "annotations": {"summary": "Nothing answers."}}]  # fmt: skip
    api.call("POST", "/api/v2/alerts", body).raise_for_status()
    api.engine.tick()
    (shown,) = api.get("/v1/overview")["incidents"]
    assert (shown["title"], shown["name"], shown["severity"], shown["owner"]) == (
        "Nothing answers", "A", "high", "",
    )  # fmt: skip


def test_a_rule_is_tried_on_the_past(api: Api, events: EventStore):
    now = system_clock()
    for minutes, seconds in ((180, 1.0), (120, 9.0), (60, 1.0)):
        at = now - timedelta(minutes=minutes)
        events.add_points(at, "shop", [Point("latency", seconds)])
    rule = {"name": "slow", "metric": "latency", "operator": "gt", "threshold": 5}
    body = {"rule": rule, "hours": 4}
    found = api.call("POST", "/v1/rules/preview", body).json()
    (series,) = found["series"]
    assert (found["fired"], len(series["spans"])) == (1, 1)
    assert found["every_seconds"] == 60
    assert found["firing_seconds"] == pytest.approx(20 * 60, abs=60), "5 min, then 15 without data"
    assert max(point["value"] or 0 for point in series["points"]) == pytest.approx(9)
    wrong = api.call("POST", "/v1/rules/preview", {"rule": {**rule, "metric": "nope"}})
    assert wrong.status_code == 422
    assert "is no metric" in wrong.text


def test_a_rule_is_saved_and_evaluated_beside_what_stands_there(api: Api):
    api.policy.write_text("# ours\n" + api.policy.read_text())
    rule = {"metric": "latency", "operator": "gt", "threshold": 5, "for": "90s"}
    saved = api.call("PUT", "/v1/rules/slow", {"rule": rule})
    assert saved.json() == {"name": "slow", "file": "alerting.yaml", "replaced": False}
    again = api.call("PUT", "/v1/rules/slow", {"rule": {**rule, "threshold": 7}})
    assert again.json()["replaced"] is True
    (seen,) = api.get("/v1/rules")["rules"]
    assert (seen["name"], seen["settings"]["threshold"]) == ("slow", 7)
    assert api.policy.read_text().startswith("# ours\n")
    wrong = api.call("PUT", "/v1/rules/slow", {"rule": {**rule, "window": "1s"}})
    assert wrong.status_code == 422
    assert "window must be at least 1m" in wrong.text
    (seen,) = api.get("/v1/rules")["rules"]
    assert seen["settings"]["threshold"] == 7, "what is refused changes nothing"


def test_a_rule_is_removed_and_one_that_comes_along_takes_its_place(api: Api):
    rule = {"metric": "system.cpu", "operator": "gt", "threshold": 0.5}
    api.policy.write_text(
        "# ours\n" + api.policy.read_text().replace("default_rules: false", "default_rules: true")
    )
    for name in ("slow", "high_cpu"):
        api.call("PUT", f"/v1/rules/{name}", {"rule": rule}).raise_for_status()
    gone = api.call("DELETE", "/v1/rules/slow")
    assert gone.json() == {"name": "slow", "file": "alerting.yaml", "follows": False}
    back = api.call("DELETE", "/v1/rules/high_cpu")
    assert back.json()["follows"] is True
    left = {each["name"]: each["settings"]["threshold"] for each in api.get("/v1/rules")["rules"]}
    assert "slow" not in left
    assert left["high_cpu"] == 0.8, "that of the defaults"
    assert api.policy.read_text().startswith("# ours\n")
    assert api.call("DELETE", "/v1/rules/high_cpu").status_code == 404, "it comes along"


_Calls = tuple[tuple[str, str, Any], ...]
WRITES: _Calls = (
    ("POST", "/v1/incidents/{id}/acknowledge", {}),
    ("DELETE", "/v1/incidents/{id}/acknowledge", None),
    ("POST", "/v1/incidents/{id}/snooze", {"seconds": 60}),
    ("POST", "/v1/incidents/{id}/escalate", None),
    ("POST", "/v1/incidents/{id}/resolve", None),
    ("PUT", "/v1/incidents/{id}/owner", {"owner": "x"}),
    ("POST", "/v1/incidents/{id}/comments", {"text": "x"}),
    ("POST", "/v1/silences", {}),
    ("DELETE", "/v1/silences/s", None),
    ("PUT", "/v1/rules/a", {"rule": {}}),
    ("DELETE", "/v1/rules/a", None),
    ("POST", "/v1/alerts/notices/1/resend", None),
    ("POST", "/v1/alerts/pagerduty", {"event": {"event_type": "x"}}),
    ("POST", "/api/v2/alerts", []),
    ("POST", "/api/v2/silences", {}),
    ("DELETE", "/api/v2/silence/s", None),
)
READS: _Calls = (
    ("GET", "/v1/incidents", None),
    ("GET", "/v1/incidents/{id}", None),
    ("GET", "/v1/incidents/{id}/post-mortem", None),
    ("GET", "/v1/silences", None),
    ("GET", "/v1/rules", None),
    ("POST", "/v1/rules/preview", {"rule": {}}),
    ("POST", "/v1/alerts/explain", {"labels": {"a": "b"}}),
    ("GET", "/v1/alerts/notices", None),
    ("GET", "/api/v2/alerts", None),
    ("GET", "/api/v2/alerts/groups", None),
    ("GET", "/api/v2/silences", None),
    ("GET", "/api/v2/silence/s", None),
    ("GET", "/api/v2/receivers", None),
    ("GET", "/api/v2/status", None),
)


def test_nobody_reads_or_changes_alerts_without_the_permission(api: Api):
    api.fire()
    incident = api.open()
    policy = api.policy.read_text()
    for user, calls in (("ben", WRITES), ("anna", (*WRITES, *READS))):
        for method, path, body in calls:
            answer = api.call(method, path.format(id=incident["id"]), body, user=user)
            assert answer.status_code == 403, (user, method, path)
    tried = {(method, path) for method, path, _ in (*WRITES, *READS)}
    for wanted, name in (("/s$", "silence_id"), ("/a$", "name"), ("/1(?=/)", "notice_id")):
        tried = {(method, re.sub(wanted, f"/{{{name}}}", path)) for method, path in tried}
    ours = {
        (method, route.path.replace("{incident_id}", "{id}"))
        for route in (*alerts.router.routes, *alertmanager.router.routes)
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert ours == tried, "every route is tried as the wrong user"
    assert api.open() == incident
    assert api.policy.read_text() == policy
    assert api.get("/v1/silences")["silences"] == []


def test_a_policy_that_breaks_stops_nobody_from_posting(api: Api):
    api.fire(zone="x")
    api.policy.write_text("route: [")
    api.fire(zone="y")
    assert len(api.get("/api/v2/alerts")) == 2
    assert api.get("/api/v2/receivers") == [{"name": "team"}]


def test_pagerduty_says_who_has_it_in_hand(api: Api):
    api.fire()
    incident = api.open()

    def hear(event: str, key: str) -> str:
        data = {"id": "P1", "type": "incident", "incident_key": key}
        body = {"event": {"event_type": event, "agent": {"summary": "Anna"}, "data": data}}
        return str(api.call("POST", "/v1/alerts/pagerduty", body).json()["outcome"])

    key = f"groundwatch/{incident['id']}"
    assert hear("incident.acknowledged", "of somebody else") == "ignored"
    assert hear("incident.acknowledged", key) == "acknowledged"
    assert hear("incident.acknowledged", key) == "ignored", "said twice is done once"
    assert api.open()["acknowledged_by"] == "Anna (PagerDuty)"
    assert hear("incident.resolved", key) == "noted"
    assert hear("incident.unacknowledged", key) == "unacknowledged"
    assert api.open()["state"] == "open"
    unknown = {"event": {"event_type": "incident.resolved",
                         "data": {"incident_key": "groundwatch/none"}}}  # fmt: skip
    assert api.call("POST", "/v1/alerts/pagerduty", unknown).status_code == 404


def silence(text: str = "A", **changes: Any) -> dict[str, Any]:
    now = system_clock()
    return {
        "matchers": [{"name": "alertname", "value": text, "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "cleo",
        "comment": "upgrade",
        **changes,
    }


def test_silences_begin_change_and_end(api: Api):
    api.fire()
    made_ = api.call("POST", "/api/v2/silences", silence()).json()["silenceID"]
    (seen,) = api.get("/api/v2/alerts")
    assert seen["status"] == {
        "state": "suppressed", "silencedBy": [made_], "inhibitedBy": [], "mutedBy": [],
    }  # fmt: skip
    assert api.get("/api/v2/alerts?silenced=false") == []
    longer = silence(id=made_, endsAt=(system_clock() + timedelta(hours=2)).isoformat())
    assert api.call("POST", "/api/v2/silences", longer).json()["silenceID"] == made_
    other = silence("B", id=made_)
    assert api.call("POST", "/api/v2/silences", other).json()["silenceID"] != made_
    assert api.get(f"/api/v2/silence/{made_}")["status"]["state"] == "expired"
    assert api.call("DELETE", f"/api/v2/silence/{made_}").status_code == 200
    assert api.call("POST", "/api/v2/silences", silence(id="unknown")).status_code == 404
    assert len(api.get("/v1/silences")["silences"]) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"comment": " "}, "why"),
        ({"endsAt": "2020-01-01T00:00:00Z"}, "in the future"),
        ({"matchers": []}, "matchers"),
        ({"matchers": [{"name": "a", "value": ".*", "isRegex": True}]}, "empty label set"),
        ({"matchers": [{"name": "a", "value": "(a+)+", "isRegex": True}]}, "repeats"),
    ],
)
def test_a_wrong_silence_is_refused(api: Api, changes: dict[str, Any], said: str):
    answer = api.call("POST", "/v1/silences", silence(**changes))
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "alert",
    [
        {"labels": {}},
        {"labels": {"a": ""}},
        {
            "labels": {"a": "b"},
            "startsAt": "2026-01-02T00:00:00Z",
            "endsAt": "2026-01-01T00:00:00Z",
        },
        {"labels": {"a": "x" * 5000}},
        {"labels": {"a": "b"}, "endsAt": "soon"},
    ],
)
def test_a_wrong_alert_is_refused_and_none_is_kept(api: Api, alert: dict[str, Any]):
    good = {"labels": {"alertname": "good"}}
    assert api.call("POST", "/api/v2/alerts", [good, alert]).status_code == 422
    assert api.get("/api/v2/alerts") == []


def test_alertmanagers_other_calls(api: Api):
    api.fire(zone="x")
    api.fire(zone="y")
    (group,) = api.get("/api/v2/alerts/groups")
    assert (group["labels"], group["receiver"]) == ({"alertname": "A"}, {"name": "team"})
    assert len(group["alerts"]) == 2
    filtered = httpx.QueryParams([("filter", 'zone="x"'), ("receiver", "te.*")])
    (found,) = api.get(f"/api/v2/alerts?{filtered}")
    assert found["labels"]["zone"] == "x"
    assert set(found) >= {
        "labels", "annotations", "receivers", "fingerprint", "startsAt", "updatedAt", "endsAt",
        "generatorURL", "status",
    }  # fmt: skip
    assert api.get("/api/v2/receivers") == [{"name": "team"}]
    assert set(api.get("/api/v2/status")) == {"cluster", "versionInfo", "config", "uptime"}


def test_explains_without_anything_happening(api: Api):
    body = {"labels": {"alertname": "A", "severity": "low"}}
    (route,) = api.call("POST", "/v1/alerts/explain", body).json()["routes"]
    assert [stage["name"] for stage in route["stages"]] == [
        "identity", "route", "group", "inhibition", "time", "silence", "automatic", "notice",
    ]  # fmt: skip
    assert route["stages"][-1]["verdict"] == "first notification"
    assert api.get("/v1/incidents")["incidents"] == []
    assert api.call("POST", "/v1/alerts/explain", {"labels": {}}).status_code == 422


def test_rules_and_notices_are_shown(api: Api):
    assert api.get("/v1/rules") == {"rules": []}
    api.fire()
    assert api.get("/v1/alerts/notices") == {"notices": []}
    assert api.call("POST", "/v1/alerts/notices/1/resend").status_code == 404


@pytest.mark.slow
def test_a_real_prometheus_uses_us_as_its_alertmanager(api: Api, tmp_path: Path):
    rule = {"alert": "AlwaysThere", "expr": "vector(1) > 0", "labels": {"severity": "critical"},
            "annotations": {"summary": "from Prometheus"}}  # fmt: skip
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": [rule]}]}))
    target = {"targets": [api.url.removeprefix("http://")]}
    manager = {"api_version": "v2", "static_configs": [target],
               "authorization": {"credentials": "gw_cleo"}}  # fmt: skip
    config = {
        "global": {"evaluation_interval": "1s"},
        "rule_files": [str(tmp_path / "rules.yml")],
        "alerting": {"alertmanagers": [manager]},
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    process = subprocess.Popen(
        [tool("prometheus", "prometheus"), f"--config.file={tmp_path / 'prometheus.yml'}",
         f"--storage.tsdb.path={tmp_path / 'tsdb'}", "--web.listen-address=127.0.0.1:0",
         "--rules.alert.resend-delay=1s"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: len(api.get("/api/v2/alerts")) == 1, 60)
    finally:
        process.terminate()
        process.wait(30)
    (alert,) = api.get("/api/v2/alerts")
    assert alert["labels"] == {"alertname": "AlwaysThere", "severity": "critical"}
    assert alert["annotations"] == {"summary": "from Prometheus"}
    assert alert["generatorURL"].startswith("http")
    api.engine.tick()
    assert api.open()["severity"] == "critical"


def test_the_next_step_is_taken_at_once_and_alerts_are_ended_by_hand(api: Api):
    api.fire(severity="high")
    incident = api.open()
    path = f"/v1/incidents/{incident['id']}"
    hastened = api.call("POST", f"{path}/escalate").json()
    assert hastened["escalates_at"] < incident["escalates_at"]

    def was_escalated() -> bool:
        api.engine.tick()
        return any(notice["transition"] == "escalated" for notice in api.get(path)["notices"])

    until(was_escalated)
    api.call("POST", f"{path}/acknowledge", {}).raise_for_status()
    assert api.call("POST", f"{path}/escalate").status_code == 409
    assert api.call("POST", f"{path}/resolve", user="ben").status_code == 403
    api.call("POST", f"{path}/resolve").raise_for_status()

    def is_over() -> bool:
        api.engine.tick()
        return bool(api.get(path)["incident"]["state"] == "resolved")

    until(is_over)
    assert api.call("POST", f"{path}/resolve").status_code == 409
    assert "ended by hand" in [line["text"] for line in api.get(path)["timeline"]]
