"""`/v1/sla` and `/v1/forecasts` over the real event store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from tests.analytics.asked import asked, every, record
from tests.serving.company import NOW, READER, identity
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.store.events.opened import opened

from groundwatch.domain.alerts import Incident
from groundwatch.domain.answers import Outcome
from groundwatch.serving.api import create_api
from groundwatch.serving.services import Watch
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

pytestmark = pytest.mark.integration


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


@pytest.fixture
def get(events):
    here = world()
    here.authentication.people["otto"] = identity("otto", READER | {"watch:read"}, "staff")
    app = create_api(replace(here.services(), watch=Watch(events, monthly_budget=10.0)))
    with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:

        def call(path, user="otto"):
            return client.get(path, headers={"Authorization": f"Bearer gw_{user}"})

        yield call


def test_what_is_not_measured_is_no_success(get):
    found = get("/v1/sla").json()
    assert found["sla"][0]["sla_compliant"] is None
    assert {each["state"] for each in found["objectives"]} == {"no_data"}
    assert [each["budget"]["left"] for each in found["objectives"]] == [None] * 4


def test_broken_promises_and_burning_budgets_are_told(get, events):
    moments = every(2, NOW - timedelta(hours=20), NOW)
    bad = NOW - timedelta(hours=1)
    outcomes = [Outcome.FAILED if at >= bad else Outcome.ANSWERED for at in moments]
    record(events, [asked(n, at, outcome=outcomes[n]) for n, at in enumerate(moments)])
    found = get("/v1/sla").json()
    (whole,) = found["sla"]
    violation = next(each for each in whole["violations"] if each["type"] == "availability_sla")
    assert whole["sla_compliant"] is False
    assert (violation["severity"], violation["current_value"]) == ("critical", 0.0)
    objective = next(each for each in found["objectives"] if each["name"] == "availability")
    assert objective["state"] == "burning"
    assert objective["budget"]["left"] < 0
    assert objective["rules"][0]["long"]["bad"] == pytest.approx(30, abs=2)


def test_forecasts_have_intervals_and_their_error(get, events):
    moments = every(30, NOW - timedelta(days=12), NOW)
    record(events, [asked(n, at) for n, at in enumerate(moments)])
    found = get("/v1/forecasts?days=2").json()
    volume = next(each for each in found["forecasts"] if each["name"] == "volume")
    assert len(volume["steps"]) == 48
    assert volume["total"] == pytest.approx(96, rel=0.05)
    assert all(each["low"] <= each["value"] <= each["high"] for each in volume["steps"])
    assert volume["error"]["origins"] > 0
    storage = next(each for each in found["forecasts"] if each["name"] == "storage")
    assert (storage["answer"], storage["steps"]) == ("too_little", [])
    budget = next(each for each in found["capacity"]["limits"] if each["resource"] == "budget")
    assert budget["value"] > 0


def test_one_objective_and_one_forecast_have_an_address(get, events):
    moments = every(30, NOW - timedelta(days=12), NOW)
    record(events, [asked(n, at) for n, at in enumerate(moments)])
    whole = get("/v1/sla").json()["objectives"]
    assert get("/v1/sla/availability").json() == whole[0]
    assert get("/v1/sla/nothing").status_code == 404
    one = get("/v1/forecasts/volume?days=2").json()
    past = one.pop("past")
    assert one == get("/v1/forecasts?days=2").json()["forecasts"][0]
    assert len(past) == 35 * 24
    assert [past[0]["value"], past[-1]["value"]] == [None, 2.0]
    assert past[-1]["at"] < one["steps"][0]["at"]
    assert get("/v1/forecasts/weather").status_code == 422


def test_who_may_not_watch_is_refused(get):
    assert get("/v1/sla/availability", "anna").status_code == 403
    assert get("/v1/forecasts/volume", "anna").status_code == 403
    assert get("/v1/sla", "anna").status_code == 403
    assert get("/v1/forecasts", "anna").status_code == 403
    assert get("/v1/forecasts?days=0").status_code == 422


def test_open_incidents_and_near_limits_join_the_overview(database: Database):
    one = Incident("i1", "k", "route", "team", {}, "availability of shop", NOW, None)
    here = world()
    here.authentication.people["otto"] = identity("otto", READER | {"watch:read"}, "staff")
    with opened(database, NOW) as events:
        record(events, [asked(1, NOW - timedelta(minutes=3))])
        watch = Watch(events, monthly_budget=0.001, incidents=lambda: [one])
        app = create_api(replace(here.services(), watch=watch))
        with served(app) as address:
            found = httpx.get(
                f"{address}/v1/overview", headers={"Authorization": "Bearer gw_otto"}, timeout=60
            ).json()
    assert [(x["id"], x["severity"], x["owner"]) for x in found["incidents"]] == [
        ("i1", "medium", "")
    ]
    assert [(x["resource"], x["reach"]) for x in found["capacity"]] == [("budget", "reached")]
