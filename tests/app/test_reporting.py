"""Reports of a running server: mailed by what is configured at the time, to whom it says then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.reports import runs
from groundwatch.reports.schedule import Run, State
from groundwatch.reports.spans import Kind
from tests.alerting.receivers import SmtpReceiver, smtp_receiver
from tests.app.deployment import PATIENCE, Deployment, Settings
from tests.waiting import until

pytestmark = pytest.mark.integration
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def smtp(company: Deployment) -> Iterator[SmtpReceiver]:
    with smtp_receiver() as receiver:
        yield receiver
    company.configure(alerting=None, reports=None)
    until(lambda: not mailed_to(company, "daily"), PATIENCE)


def mailed_to(company: Deployment, kind: str) -> list[str]:
    found = company.ask("ada", "GET", "/v1/reports").json()["schedules"]
    to: list[str] = next(each for each in found if each["kind"] == kind)["to"]
    return to


def test_a_server_that_runs_mails_as_it_is_configured_now(
    company: Deployment, smtp: SmtpReceiver
) -> None:
    assert mailed_to(company, "daily") == []
    with company.database() as database, database.write() as c:
        day = LONG_AGO.date() - timedelta(days=1)
        for kind in (Kind.DAILY, Kind.WEEKLY):
            runs.put(c, Run(kind, day, LONG_AGO, State.SENT, LONG_AGO, 1))
    channel = {
        "kind": "mail", "host": "127.0.0.1", "port": smtp.port, "tls": "none",
        "allow_private": True, "sender": "watch@example.com", "to": ["team@example.com"],
    }  # fmt: skip
    reports: Settings = {"channel": "letters", "weekly": {"enabled": False}}
    company.configure(alerting={"channels": {"letters": channel}}, reports=reports)
    until(lambda: smtp.messages, PATIENCE)
    assert smtp.messages[0]["To"] == "team@example.com"
    assert smtp.messages[0]["Subject"].startswith("Daily report")
    until(lambda: mailed_to(company, "daily") == ["team@example.com"], PATIENCE)
    assert mailed_to(company, "weekly") == []

    reports |= {"daily": {"enabled": False}, "weekly": {"to": ["board@example.com"]}}
    company.configure(reports=reports)
    until(lambda: len(smtp.messages) > 1, PATIENCE)
    assert smtp.messages[1]["To"] == "board@example.com"
    assert smtp.messages[1]["Subject"].startswith("Weekly report")
    assert len(smtp.messages) == 2
