"""`/v1/reports` and `/v1/executive` over a real server."""

from dataclasses import replace

import httpx
import pytest
from tests.reports.made import NOW, desk, fill
from tests.serving.company import READER, identity
from tests.serving.servers import served
from tests.serving.worlds import world

from groundwatch.serving.api import create_api

pytestmark = pytest.mark.integration


@pytest.fixture
def get(events, database):
    fill(events, NOW.replace(day=2, hour=0, minute=0), NOW, minutes=60)
    here = world()
    here.authentication.people["otto"] = identity("otto", READER | {"watch:read"}, "staff")
    app = create_api(replace(here.services(), reports=desk(events, database)))
    with served(app) as address, httpx.Client(base_url=address, timeout=120) as client:

        def call(path, user="otto"):
            return client.get(path, headers={"Authorization": f"Bearer gw_{user}"})

        yield call


def test_reports_are_listed_and_made_in_every_format(get):
    listed = get("/v1/reports").json()["reports"]
    assert {(e["kind"], e["date"]) for e in listed} >= {("daily", "2026-03-03")}
    plans = {each["kind"]: each for each in get("/v1/reports").json()["schedules"]}
    assert plans["weekly"]["latest"] == "2026-02-23"
    assert plans["weekly"]["label"] == "Week 9 of 2026: 23 February to 1 March 2026"
    assert (plans["daily"]["to"], plans["daily"]["next_at"]) == ([], None), "no channel is named"
    made = get("/v1/reports/daily/2026-03-03").json()
    asked = next(f for f in made["sections"][0]["figures"] if f["name"] == "requests")
    assert (asked["value"], asked["before"]) == (24, 24)
    page = get("/v1/reports/weekly/2026-03-03?format=html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    file = get("/v1/reports/daily/2026-03-03?format=pdf")
    assert (file.content[:5], file.headers["content-type"]) == (b"%PDF-", "application/pdf")
    assert 'filename="groundwatch-daily-2026-03-03.pdf"' in file.headers["content-disposition"]
    assert get("/v1/reports/daily/2026-03-03?format=csv").text.startswith("\ufeffsection,")


def test_the_executive_view_has_its_four_numbers(get):
    found = get("/v1/executive?period=2d").json()
    assert found["overall_health_score"]["value"] is not None
    assert found["sla_compliance_rate"]["unit"] == "ratio"
    assert found["cost_efficiency_trend"]["value"] > 0
    assert found["user_satisfaction"]["value"] is not None
    assert found["predictive_insights"]["tables"][0]["rows"]
    assert found["business_impact"]["says"]
    assert found["recommendations"]["tables"][0]["name"] == "recommendations"
    assert found["report"]["kind"] == "executive"
    assert not any("not over" in each for each in found["report"]["notes"]), "it ends now by choice"
    file = get("/v1/executive?period=2d&format=pdf")
    assert (file.content[:5], file.headers["content-type"]) == (b"%PDF-", "application/pdf")
    assert get("/v1/executive?format=pdf", "anna").status_code == 403


def test_who_may_not_watch_is_refused_and_bad_names_too(get):
    for path in ("/v1/reports", "/v1/reports/daily/2026-03-03", "/v1/executive"):
        assert get(path, "anna").status_code == 403
    assert get("/v1/reports/daily/2099-01-01").status_code == 422
    assert get("/v1/reports/hourly/2026-03-03").status_code == 422
    assert get("/v1/reports/daily/today").status_code == 422
    assert get("/v1/executive?period=1h").status_code == 422
