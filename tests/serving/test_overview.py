"""`/v1/overview` and `/v1/analysis` over the real event store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from tests.analytics.asked import asked, every, quality, record
from tests.serving.company import NOW, READER, identity
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.store.events.opened import opened

from groundwatch.domain import metrics
from groundwatch.domain.answers import Outcome
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import Point
from groundwatch.serving.api import create_api
from groundwatch.serving.services import Watch
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

pytestmark = pytest.mark.integration


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


READS_ALL = "interactions:read-all"


@pytest.fixture
def get(events):
    here = world()
    watcher = identity("otto", READER | {"watch:read"}, "staff")
    here.authentication.people["otto"] = watcher
    here.authentication.people["greta"] = identity(
        "greta", READER | {READS_ALL, "watch:read"}, "staff"
    )
    watch = Watch(events, monthly_budget=50.0)
    app = create_api(replace(here.services(), watch=watch))
    with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:

        def call(path, user="otto"):
            return client.get(path, headers={"Authorization": f"Bearer gw_{user}"})

        yield call


def test_an_empty_window_is_told_as_such(get):
    found = get("/v1/analysis?window=1h").json()
    assert (found["total"], found["errors"], found["error_rate"]) == (0, 0, None)
    assert found["reason"] == "no questions were asked in this span"
    assert found["response_times"]["p95"] is None
    assert found["quality_coverage"] is None
    assert found["trend"]["direction"] == "unknown"
    overview = get("/v1/overview").json()
    assert (overview["status"], overview["verdict"][:6]) == ("unknown", "Quiet.")


def test_a_day_is_analysed_and_compared(get, events):
    moments = every(5, NOW - timedelta(hours=47), NOW)
    ones = [
        asked(n, at, 3.0, outcome=Outcome.FAILED if n % 10 == 0 else Outcome.ANSWERED)
        for n, at in enumerate(moments)
    ]
    record(events, ones)
    events.put_scores([(one.id, quality(0.6)) for one in ones])
    unscored = replace(quality(0.6), overall=None, scores=())
    events.put_scores([(one.id, unscored) for one in ones[-144:]])
    found = get("/v1/analysis?window=24h&application=support").json()
    since = NOW.replace(minute=0) - timedelta(hours=23)
    wanted = [one for one in ones if one.started_at >= since]
    assert found["total"] == len(wanted)
    assert found["errors"] == sum(one.outcome is Outcome.FAILED for one in wanted)
    assert found["quality_coverage"] == pytest.approx(1 - 144 / len(wanted))
    assert found["average_per_minute"]["change"] == pytest.approx(0, abs=0.05)
    assert found["response_times"]["p95"] == pytest.approx(3.0, rel=0.02)
    assert {each["type"] for each in found["recommendations"]} == {
        "performance",
        "reliability",
        "quality",
    }
    assert all(each["evidence"] for each in found["recommendations"])
    overview = get("/v1/overview?window=24h").json()
    figures = {figure["name"]: figure for figure in overview["figures"]}
    assert figures["requests"]["value"]["value"] == len(wanted)
    assert figures["quality"]["value"]["value"] == pytest.approx(0.6)
    assert len(figures["p95"]["series"]) == 24


def test_the_overview_tells_the_present_by_true_rates(get, events):
    ones = [asked(n, NOW - timedelta(seconds=50), user=f"u{n % 2}") for n in range(8)]
    ones += [asked(20 + n, NOW - timedelta(seconds=50), outcome=Outcome.FAILED) for n in range(2)]
    earlier = [asked(40 + n, NOW - timedelta(minutes=80)) for n in range(5)]
    other = asked(60, NOW - timedelta(seconds=40), application="other", model="huge")
    record(events, [*ones, *earlier, other])
    events.put_scores([(one.id, quality(0.7)) for one in ones[:4]])
    found = get("/v1/overview?window=24h&application=support").json()
    now = found["performance"]
    seconds = now["window_seconds"]
    assert 240 <= seconds <= 300
    assert (now["queries"], now["success_rate"], now["active_models"]) == (10, 0.8, 1)
    assert now["queries_per_minute"] == pytest.approx(600 / seconds)
    assert now["tokens_per_minute"] == pytest.approx(10 * 110 * 60 / seconds)
    assert now["cost_per_hour"] == pytest.approx(0.1 * 3600 / seconds)
    assert found["quality"]["overall"] == pytest.approx(0.7)
    assert (found["quality"]["coverage"], found["quality"]["backlog"]) == (0.4, 12)
    assert found["usage"]["active_users"] == 4
    assert found["trends"]["queries"] == {"now": 10.0, "before": 5.0}
    assert found["business"]["cost_per_query"] == pytest.approx(0.01)
    assert get("/v1/overview").json()["performance"]["queries"] == 11


def test_it_is_for_those_who_watch(get):
    for path in ("/v1/overview", "/v1/analysis"):
        assert get(path, "anna").status_code == 403
        assert get(path, "nobody").status_code == 401


@pytest.mark.parametrize("window", ["1w", "", "-1h", "9999d"])
def test_a_window_that_is_none_is_refused(get, window):
    response = get(f"/v1/analysis?window={window}")
    assert response.status_code == 422
    assert "no span of time" in response.json()["detail"]


def test_topics_without_answers_are_named_with_examples(get, events):
    ones = [
        asked(n, NOW - timedelta(minutes=n), outcome=Outcome.DECLINED, query="Is tea paid?")
        for n in range(1, 7)
    ]
    record(events, ones)
    events.put_scores([(one.id, quality(0.6, topic="tea")) for one in ones])
    (gap,) = get("/v1/analysis?window=1h").json()["knowledge_gaps"]
    assert (gap["topic"], gap["asked"], gap["declined"]) == ("tea", 6, 6)
    assert gap["examples"] == [one.id for one in ones[:5]]
    assert "wiki" in gap["missing"]


def test_savings_budget_and_machine_are_told(get, events):
    moments = every(10, NOW - timedelta(hours=20), NOW)
    ones = [
        asked(n, at, model="large" if n % 2 else "small", cost=0.2 if n % 2 else 0.05)
        for n, at in enumerate(moments)
    ]
    record(events, ones)
    events.put_scores([(one.id, quality(0.8)) for one in ones])
    for at in moments:
        events.add_points(at, "", [Point(metrics.CPU.name, 0.97)])
    found = get("/v1/analysis?window=24h").json()
    (saving,) = found["savings"]
    assert (saving["application"], saving["model"], saving["other"]) == (
        "support",
        "large",
        "small",
    )
    assert saving["saved"] == pytest.approx(0.15 * len(ones) / 2)
    spent = pytest.approx(0.125 * len(ones))
    assert (found["budget"]["limit"], found["budget"]["spent"]) == (50.0, spent)
    assert found["budget"]["left"] == pytest.approx(50.0 - 0.125 * len(ones))
    assert found["budget"]["projected"] is None
    assert get("/v1/overview").json()["budget"] == found["budget"]
    cpu = next(each for each in found["system"]["resources"] if each["name"] == "cpu")
    assert (cpu["limit"], cpu["over_limit"]) == (0.8, 1.0)
    assert [each["name"] for each in found["system"]["bottlenecks"]] == ["cpu"]
    assert len(found["system"]["peaks"]) == 3


def test_any_metric_is_told_over_time_and_by_label(get, events):
    ones = [
        asked(n, NOW - timedelta(minutes=5 * n), 2.0 if n % 3 else 4.0, model=f"m{n % 3}")
        for n in range(60)
    ]
    record(events, ones)
    deploy = Event("e1", NOW - timedelta(minutes=9), "metric", metrics={"tickets": 7.0})
    events.add_events([deploy, replace(deploy, id="e2", metrics={"tickets": 5.0})])
    found = get("/v1/series?metric=latency&split=model&window=24h").json()
    assert (found["unit"], found["statistic"], found["step"]) == ("s", "p95", "hour")
    assert {each["label"]: each["count"] for each in found["labels"]} == {
        "m0": 20, "m1": 20, "m2": 20,
    }  # fmt: skip
    slow = next(each for each in found["labels"] if each["label"] == "m0")
    assert slow["value"] == pytest.approx(4.0, rel=0.02)
    line = next(each for each in found["lines"] if each["name"] == "m0")
    assert sum(count for _, _, count in line["points"]) == 20
    rate = get("/v1/series?metric=requests&window=1h").json()
    assert rate["statistic"] == "rate"
    assert rate["labels"][0]["count"] == 12
    assert max(value or 0 for _, value, _ in rate["lines"][0]["points"]) == pytest.approx(1.0)
    own = get("/v1/series?metric=custom.tickets&window=1h&statistic=sum").json()
    assert (own["labels"][0]["value"], own["labels"][0]["mean"]) == (12.0, 6.0)
    empty = get("/v1/series?metric=custom.nothing").json()
    assert (empty["lines"], empty["labels"]) == ([], [])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("metric=latenzy", "no metric"),
        ("metric=latency&split=user", "not by"),
        ("metric=errors&statistic=p95", "rate, sum"),
        ("metric=latency&window=9w", "no span"),
    ],
)
def test_a_series_that_is_none_is_refused_with_what_there_is(get, query, words):
    response = get(f"/v1/series?{query}", "greta")
    assert response.status_code == 422
    assert words in response.json()["detail"]


def test_series_by_person_are_for_those_who_may_read_everybody(get, events):
    record(events, [asked(1, NOW - timedelta(minutes=1), user="ann")])
    path = "/v1/series?metric=requests&split=user"
    assert get(path, "greta").json()["labels"][0]["label"] == "ann"
    refused = get(path)
    assert refused.status_code == 403
    assert "ann" not in refused.text
    assert get("/v1/series?metric=requests", "anna").status_code == 403


def test_one_persons_behaviour_is_told_to_those_who_may_read_everybody(get, events):
    moments = every(30, NOW - timedelta(hours=20), NOW - timedelta(hours=10))
    ones = [asked(n, at, user="ann@a.example", session="s") for n, at in enumerate(moments)]
    record(events, [*ones, asked(999, moments[0], user="bob")])
    path = "/v1/users/ann%40a.example/behaviour?window=24h"
    found = get(path, "greta").json()
    assert (found["user"], found["questions"], found["read"]) == ("ann@a.example", 20, 20)
    assert found["sessions"]["count"] == 1
    assert found["sessions"]["median_seconds"] == pytest.approx(9.5 * 3600 + 1)
    assert sum(found["hours"]) == 20
    assert found["applications"] == {"support": 20}
    nobody = get("/v1/users/nobody/behaviour", "greta").json()
    assert (nobody["questions"], nobody["quality"]) == (0, None)
    assert nobody["reason"]
    for user in ("otto", "ben"):
        refused = get(path, user)
        assert refused.status_code == 403
        assert READS_ALL in refused.json()["detail"]
        assert "ann" not in refused.text


def test_interactions_are_grouped_by_variant_for_those_who_watch(get, events):
    def dealt(number, variant, at=NOW - timedelta(hours=1), **more):
        return asked(number, at, attributes={"experiment.reply": variant}, **more)

    ones = [
        dealt(1, "short", seconds=2.0), dealt(2, "short", outcome=Outcome.FAILED),
        dealt(3, "long"), dealt(4, "long", application="other"),
        dealt(5, "short", NOW - timedelta(hours=30)), asked(6, NOW - timedelta(hours=1)),
    ]  # fmt: skip
    record(events, ones)
    events.put_scores([(ones[0].id, quality(0.6))])
    path = "/v1/interactions?group_by=variant&application=support&variant=reply%3Dlong"
    long, short = get(path).json()["groups"]
    assert (long["variant"], long["requests"], long["quality"]) == ("reply=long", 1, None)
    assert (short["variant"], short["requests"], short["error_share"]) == ("reply=short", 2, 0.5)
    assert (short["quality"], short["scored"]) == (pytest.approx(0.6), 1)
    assert short["p95"] == pytest.approx(2.0, rel=0.03)
    since = (NOW - timedelta(hours=48)).isoformat().replace("+00:00", "Z")
    whole = get(f"/v1/interactions?group_by=variant&since={since}").json()["groups"]
    assert [each["requests"] for each in whole] == [2, 3]
    assert get("/v1/interactions").json()["groups"] is None
    assert get("/v1/interactions?group_by=variant", user="anna").status_code == 403
    assert get("/v1/interactions?group_by=user").status_code == 422
    shown = get("/v1/series?metric=requests&split=variant&window=24h").json()
    assert {each["label"] for each in shown["labels"]} == {"reply=long", "reply=short"}
