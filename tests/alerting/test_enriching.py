"""What is found to help with an incident, and told with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.alerting.timeline import T0, World, made

from groundwatch.alerting.enriching import Enricher
from groundwatch.alerting.plan import plan
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.domain.alerts import Alert, Happening, Incident
from groundwatch.domain.events import Event
from groundwatch.errors import Unavailable
from groundwatch.store.alerts import incidents
from groundwatch.store.database import Database

HOUR = timedelta(hours=1)
LABELS = {"alertname": "slow", "application": "shop", "environment": "live", "service": "search"}
SAID = {
    "summary": "Answers take 9 s", "description": "p95 of the last 5 minutes", "metric": "latency",
    "value": "9 s", "threshold": "gt 5 s", "runbook": "high-latency", "remediation": "Restart it.",
}  # fmt: skip
ALERT = Alert(LABELS, T0, T0 + HOUR, T0, SAID, "https://gw.example/alerts/rules?rule=slow")
NOW_OPEN = Incident(
    id="now", key="k", route="{}", receiver="team", labels={"application": "shop"}, title="slow",
    opened_at=T0, due_at=None, owner="ben",
)  # fmt: skip


def changes(application: str | None, since: datetime, until: datetime) -> Sequence[Event]:
    assert (application, since, until) == ("shop", T0 - HOUR, T0)
    return [
        Event("1", T0 - 5 * HOUR / 60, "deploy", component="gpt-4.1", message="v7"),
        Event("2", T0 - 10 * HOUR / 60, "metric", component="x"),
    ]


def details(database: Database, enricher: Enricher, *alerts: Alert) -> Mapping[str, str]:
    with database.write() as c:
        return enricher.details(c, NOW_OPEN, alerts or (ALERT,))


def test_everything_that_helps_is_named(database: Database):
    made(database)
    before = replace(NOW_OPEN, id="before", opened_at=T0 - 48 * HOUR, owner="",
                     resolved_at=T0 - 47 * HOUR)  # fmt: skip
    with database.write() as c:
        incidents.open_(c, [before, NOW_OPEN])
        incidents.note(c, [
            ("before", Happening(before.opened_at, "acknowledged", "acknowledged", "anna")),
            ("before", Happening(before.opened_at, "comment", "the cache was full", "anna")),
            ("before", Happening(T0 - 47 * HOUR, "resolved", "all resolved")),
        ])  # fmt: skip
    found = details(database, Enricher("https://gw.example/", changes))
    assert found == {
        "description": "p95 of the last 5 minutes",
        "metrics": "metric latency, value 9 s, threshold gt 5 s",
        "runbook": "https://gw.example/runbooks/high-latency",
        "remediation": "Restart it.",
        "environment": "live",
        "service": "search",
        "application": "shop",
        "graph": "https://gw.example/alerts/rules?rule=slow",
        "owner": "ben",
        "changes": "11:55 deploy gpt-4.1 v7",
        "before": "last time 2026-03-02 12:00, for 60 min; anna: the cache was full",
        "link": "https://gw.example/alerts?incident=now",
    }


def test_the_numbers_of_an_anomaly_are_named(database: Database):
    made(database)
    said = {"summary": "Answers take 9 s", "expected": "1 to 2"}
    anomaly = Alert({"alertname": "anomaly", "metric": "latency"}, T0, T0 + HOUR, T0, said)
    found = details(database, Enricher(""), anomaly)
    assert found["metrics"] == "metric latency, expected 1 to 2"


def test_what_is_not_known_is_left_out(database: Database):
    made(database)

    def away(_: str | None, _since: datetime, _until: datetime) -> Sequence[Event]:
        raise Unavailable("the store does not answer")

    bare = Alert({"alertname": "slow"}, T0, T0 + HOUR, T0, {"description": "only this"})
    assert details(database, Enricher("", away), bare) == {"owner": "ben"}


def test_the_environment_of_the_policy_is_named_where_no_alert_has_one(database: Database):
    settings = {
        "route": {"receiver": "default", "group_by": ["n"], "group_wait": "0s"},
        "receivers": [{"name": "default", "channels": ["c"]}],
        "environment": "production",
        "automatic": {"enabled": False},
    }
    assert plan(AlertPolicySettings.model_validate(settings), ("c",)).settings.environment
    world = World(database, settings)
    world.fire("a")
    world.run(2)
    assert [each.notice.details["environment"] for each in world.told] == ["production"]
