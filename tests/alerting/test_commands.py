"""The commands, on a data folder of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.alerting.receivers import http_receiver
from typer.testing import CliRunner

from groundwatch.alerting import intake
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.plan import plan
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.cli.main import app
from groundwatch.domain.clock import system_clock
from groundwatch.errors import ConfigInvalid, Conflict, InvalidInput, NotFound
from groundwatch.store.alerts import outbox
from groundwatch.store.alerts.outbox import Queued
from groundwatch.store.database import open_database
from groundwatch.store.settings import StoreSettings

Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "alerting.yaml").write_text("route: {receiver: team}\nreceivers: [{name: team}]\n")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*arguments: str, url: str = "http://x.example/") -> str:
        config = folder / "groundwatch.yaml"
        hook = {"kind": "webhook", "url": url, "allow_private": True}
        alerting = {"policy": "alerting.yaml", "channels": {"hook": hook}}
        config.write_text(
            json.dumps(
                {
                    "alerting": alerting,
                    "sources": [{"name": "docs", "path": "docs"}],
                    "users": {"anna": {}},
                }
            )
        )
        result = CliRunner().invoke(app, ["alert", *arguments, "--config", str(config)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return call


def incident(folder: Path) -> None:
    data = folder / "data"
    data.mkdir(exist_ok=True)
    database = open_database(StoreSettings(), data, system_clock)
    intake.post(database, system_clock, [Posted({"alertname": "A", "severity": "high"})])
    made = plan(AlertPolicySettings(), ())
    Engine(database, made, system_clock, "one", new_id=lambda: "inc-1").tick()
    database.close()


def test_an_incident_is_listed_shown_and_taken_in_hand(run: Run, folder: Path):
    incident(folder)
    (found,) = json.loads(run("list", "--json"))
    assert (found["id"], found["severity"]) == ("inc-1", "high")
    assert "inc-1 " in run("list")
    assert "is acknowledged" in run("ack", "inc-1", "--as", "anna", "--note", "on it")
    shown = json.loads(run("show", "inc-1", "--json"))
    assert [line["kind"] for line in shown["timeline"]] == ["opened", "acknowledged"]
    assert shown["timeline"][1]["actor"] == "anna"
    assert "on it" in run("show", "inc-1")
    review = run("export", "inc-1")
    assert review.startswith("# A\n")
    assert "| acknowledged after | 0 min, by anna |" in review
    assert "## What we will change" in review
    with pytest.raises(NotFound):
        run("ack", "unknown")


def test_explains_and_silences(run: Run):
    (way,) = json.loads(run("explain", "alertname=A", "severity=low", "--json"))
    assert way["receiver"] == "team"
    assert way["stages"][-1]["verdict"] == "first notification"
    assert "silences until" in run(
        "silence", 'alertname="A"', "--comment", "upgrade", "--for", "2h"
    )
    (muted,) = json.loads(run("explain", "alertname=A", "--json"))
    assert muted["stages"][-1]["verdict"] == "none"
    with pytest.raises(InvalidInput):
        run("explain", "alertname")
    with pytest.raises(InvalidInput):
        run("silence", "alertname=A", "--comment", "x", "--for", "soon")


@pytest.mark.integration
def test_a_test_is_sent_and_marked(run: Run):
    with http_receiver() as receiver:
        assert "took the test" in run("test", "--send", "hook", url=receiver.url())
    (request,) = receiver.requests
    assert request.json["incident"]["test"] is True
    assert "nothing is wrong" in request.json["alerts"][0]["annotations"]["summary"]
    with pytest.raises(NotFound, match="there are hook"):
        run("test", "--send", "ghost")


def test_checks_the_policy(run: Run, folder: Path):
    assert "1 routes, 1 receivers, 1 channels" in run("test")
    (folder / "alerting.yaml").write_text("route: {receiver: nobody}\nreceivers: [{name: a}]\n")
    with pytest.raises(ConfigInvalid, match="nobody"):
        run("test")


def test_rules_and_the_outbox_are_listed(run: Run):
    rules = json.loads(run("rules", "--json"))
    assert "high_error_rate" in [each["rule"]["name"] for each in rules]
    assert json.loads(run("outbox", "--json")) == []
    with pytest.raises(NotFound):
        run("resend", "7")


def test_programs_are_answered_in_json(run: Run, folder: Path):
    incident(folder)

    def told(*arguments: str) -> Any:
        return json.loads(run(*arguments, "--json"))

    made = told("silence", 'alertname="A"', "--comment", "upgrade")
    assert (made["comment"], made["conditions"][0]["value"]) == ("upgrade", "A")
    assert [each["id"] for each in told("silences")] == [made["id"]]
    assert 'alertname="A"' in run("silences")
    ended = told("expire", made["id"])
    assert ended["ends_at"] < made["ends_at"]
    assert "has ended" in run("expire", made["id"])
    assert told("ack", "inc-1", "--as", "anna")["acknowledged_by"] == "anna"
    assert told("unack", "inc-1")["acknowledged_by"] == ""
    assert told("assign", "inc-1", "ben")["owner"] == "ben"
    assert told("snooze", "inc-1", "--for", "30m")["snoozed_until"] is not None
    assert told("note", "inc-1", "the disk is full")["id"] == "inc-1"
    assert "the disk is full" in run("show", "inc-1")
    with pytest.raises(Conflict, match="no escalation policy"):
        run("escalate", "inc-1")
    assert "| incident | inc-1 |" in told("export", "inc-1")["markdown"]
    tested = told("test", "alertname=A")
    assert (tested["routes"], tested["receivers"], tested["channels"]) == (1, ["team"], ["hook"])
    assert tested["explained"][0]["receiver"] == "team"
    assert told("resolve", "inc-1")["id"] == "inc-1"
    assert not any(
        alert["ends_at"] > system_clock().isoformat() for alert in told("show", "inc-1")["alerts"]
    )


def test_what_was_laid_aside_waits_again(run: Run, folder: Path):
    incident(folder)
    database = open_database(StoreSettings(), folder / "data", system_clock)
    now = system_clock()
    with database.write() as c:
        outbox.queue(c, [Queued("inc-1", "hook", 1, "firing", "{}", now)])
        leased = outbox.lease(c, "hook", "one", now, 30)
        assert leased is not None
        outbox.give_up(c, leased, "one", now, error="refused", refused=True)
    database.close()
    (dead,) = json.loads(run("outbox", "--state", "dead", "--json"))
    assert json.loads(run("resend", str(dead["id"]), "--json")) == {
        "id": dead["id"], "state": "waiting",
    }  # fmt: skip
    (again,) = json.loads(run("outbox", "--json"))
    assert again["state"] == "waiting"
