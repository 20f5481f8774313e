"""Alerts in, notices out, over time; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from tests.alerting.timeline import OFF, ROUTE, T0, World

from groundwatch.alerting import acting
from groundwatch.domain.alerts import IncidentState
from groundwatch.store.alerts import outbox
from groundwatch.store.database import Database

SLOW = {**ROUTE, "repeat_interval": "10d"}


def world(database: Database, **settings: Any) -> World:
    return World(database, {"route": SLOW, "automatic": OFF, **settings})


def test_waits_groups_and_ends(database: Database):
    w = world(database)
    w.fire("a")
    w.run(0.5)
    w.fire("b")
    w.run(4)
    w.fire("c")
    w.resolve("a")
    w.run(7.5)
    w.resolve("b")
    w.resolve("c")
    w.run(20)
    assert [(each.at, each.line) for each in w.told] == [
        (1, "c firing [a,b] []"),
        (5, "c update [b,c] [a]"),
        (9, "c resolved [] [b,c]"),
    ]
    assert w.incident().state(w.now) is IncidentState.RESOLVED
    assert [each.kind for each in w.timeline("i0001")] == [
        "opened", "told", "told", "told", "resolved",
    ]  # fmt: skip


def test_what_is_over_before_the_wait_tells_nothing(database: Database):
    w = world(database)
    w.fire("a")
    w.run(0.5)
    w.resolve("a")
    w.run(10)
    assert w.told == []
    assert w.incident().state(w.now) is IncidentState.RESOLVED


def test_repeats_on_the_beat(database: Database):
    w = world(database, route=ROUTE)
    w.fire("a")
    w.run(16)
    assert [each.at for each in w.told] == [1, 7, 13]


def test_an_alert_that_is_not_posted_again_ends(database: Database):
    w = world(database)
    w.fire("a", ends=None)
    w.run(100)
    w.fire("a", ends=None)
    w.run(500)
    assert [(each.at, each.notice.transition) for each in w.told] == [
        (1, "firing"),
        (401, "resolved"),
    ]


@pytest.mark.parametrize("how", ["silence", "inhibition", "mute", "route", "restart", "snooze"])
def test_whoever_heard_of_it_hears_once_of_the_end(database: Database, how: str):
    inhibit = {"source_matchers": ["n=boss"], "target_matchers": ["n=a"]}
    noon = {"name": "noon", "time_intervals": [
        {"times": [{"start_time": "12:01", "end_time": "13:00"}]}]}  # fmt: skip
    child: dict[str, Any] = {"matchers": ["n=a"], "receiver": "a"}
    if how == "mute":
        child["mute_time_intervals"] = ["noon"]
    w = World(
        database,
        {
            "route": {**SLOW, "routes": [child]},
            "receivers": [{"name": "default", "channels": ["c"]}, {"name": "a", "channels": ["d"]}],
            "inhibit_rules": [inhibit],
            "time_intervals": [noon],
            "automatic": OFF,
        },
        ("c", "d"),
    )
    w.fire("a")
    w.run(5)
    assert w.lines() == ["d firing [a] []"]
    if how == "silence":
        w.silence("n=a", 3600)
    if how == "inhibition":
        w.fire("boss")
    if how == "route":
        w.restart(route={**SLOW, "routes": []})
    if how == "restart":
        w.restart()
    if how == "snooze":
        acting.snooze(w.database, w.incident().id, "anna", w.now.replace(hour=20), w.now)
    w.run(70)
    w.resolve("a")
    w.run(200)
    mine = [line for line in w.lines() if line.startswith("d")]
    assert mine == ["d firing [a] []", "d resolved [] [a]"]
    if how == "route":
        assert w.lines()[1:] == ["c firing [a] []", "d resolved [] [a]", "c resolved [] [a]"] or (
            sorted(w.lines()[1:]) == ["c firing [a] []", "c resolved [] [a]", "d resolved [] [a]"]
        )


def test_a_snooze_lets_only_a_rise_and_the_end_through(database: Database):
    w = world(database)
    w.fire("a")
    w.run(2)
    acting.snooze(w.database, w.incident().id, "anna", w.now + timedelta(minutes=30), w.now)
    w.fire("b")
    w.run(1200)
    assert w.lines() == ["c firing [a] []"], "neither repeats nor what is no worse"
    w.fire("x", severity="critical")
    w.run(1210)
    assert [e.notice.reason for e in w.told] == ["first notification", "severity raised"]
    assert "x" in w.lines()[1]
    w.run(1900)
    assert "a,b,x" in w.lines()[2], "when it is over the rest is told"


def test_what_waits_for_business_hours_is_told_at_the_opening_unless_it_is_over(database: Database):
    hours = [{"times": [{"start_time": "12:30", "end_time": "17:00"}]}]
    w = automatic(database, business_hours={"hours": hours, "up_to": "medium"})
    for name, severity in (("a", "low"), ("b", "medium"), ("gone", "low"), ("x", "high")):
        w.fire(name, severity=severity)
    w.run(10)
    assert w.lines() == ["c firing [x] []"], "what is worse does not wait"
    held = {line.text for place in range(4) for line in w.timeline(w.incident(place).id)}
    assert any("held back until 2026-03-04 12:30:00: outside business hours" in x for x in held)
    w.resolve("gone", severity="low")
    w.run(1799)
    assert len(w.told) == 1
    w.run(1810)
    assert w.lines(11) == ["c firing [a,b] []"], "a digest of what is not over"
    assert w.told[1].notice.note == "1 x A (low), 1 x A (medium)"
    assert w.told[1].at == pytest.approx(1800, abs=2)


def test_what_was_never_told_tells_no_end(database: Database):
    w = world(database)
    w.silence("n=a", 60)
    w.fire("a")
    w.run(30)
    w.resolve("a")
    w.run(90)
    assert w.told == []
    assert "muted" in [each.kind for each in w.timeline("i0001")]


def test_a_silence_that_ends_lets_it_be_told(database: Database):
    w = world(database)
    w.silence("n=a", 10)
    w.fire("a")
    w.run(30)
    assert [(each.at, each.line) for each in w.told] == [(11, "c firing [a] []")]


def test_muted_alerts_left_behind_begin_another_incident(database: Database):
    w = world(database)
    w.fire("a")
    w.fire("b")
    w.silence("n=b", 60)
    w.run(5)
    w.resolve("a")
    w.run(100)
    assert [(each.at, each.line) for each in w.told] == [
        (1, "c firing [a] []"),
        (7, "c resolved [] [a]"),
        (61, "c firing [b] []"),
    ] or [each.line for each in w.told] == [
        "c firing [a] []", "c resolved [] [a]", "c firing [b] []",
    ]  # fmt: skip


def test_a_restart_tells_nothing_again_and_loses_nothing(database: Database):
    w = world(database)
    w.fire("a")
    w.run(2)
    for second in range(3, 20):
        w.restart()
        w.run(second)
    w.fire("b")
    w.restart()
    w.run(30)
    w.resolve("a")
    w.restart()
    w.resolve("b")
    w.restart()
    w.run(60)
    assert w.lines() == ["c firing [a] []", "c update [a,b] []", "c resolved [] [a,b]"]


@pytest.mark.parametrize("jump", [-7200, 7200])
def test_a_clock_that_jumps_delays_by_an_interval_at_most(database: Database, jump: int):
    w = world(database)
    w.fire("a", ends=36000)
    w.run(2)
    w.now = T0.replace(hour=T0.hour + jump // 3600)
    w.engine.tick()
    w.fire("b", ends=36000)
    w.run(w.seconds + 6)
    assert [each.line for each in w.told] == ["c firing [a] []", "c update [a,b] []"]


def test_severity_in_the_notice(database: Database):
    w = world(database)
    w.fire("a", severity="low")
    w.run(2)
    w.fire("b", severity="critical")
    w.run(5)
    assert [(e.notice.reason, str(e.notice.severity)) for e in w.told] == [
        ("first notification", "low"),
        ("severity raised", "critical"),
    ]


POLICY = {
    "name": "page",
    "steps": [{"after": "10s", "notify": ["d"]}, {"after": "20s", "notify": ["e"]}],
}


def escalating(database: Database) -> World:
    settings = {
        "route": {**SLOW, "escalation": "page"},
        "receivers": [{"name": "default", "channels": ["c"]}],
        "escalations": [POLICY],
        "automatic": OFF,
    }
    return World(database, settings, ("c", "d", "e"))


def test_escalates_until_the_end_and_everybody_hears_of_that(database: Database):
    w = escalating(database)
    w.fire("a")
    w.run(50)
    w.resolve("a")
    w.run(60)
    assert [(each.at, each.line) for each in w.told if each.at < 50] == [
        (1, "c firing [a] []"),
        (11, "d escalated [a] []"),
        (31, "e escalated [a] []"),
    ]
    assert sorted(w.lines(50)) == [f"{name} resolved [] [a]" for name in "cde"]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_clock_that_is_set_back_delays_no_escalation(database: Database, restarts: bool):
    w = escalating(database)
    w.fire("a")
    w.run(2)
    w.now -= timedelta(hours=2)
    if restarts:
        w.restart()
    began = w.seconds
    w.run(began + 11)
    assert [each.channel for each in w.told if each.notice.transition == "escalated"] == ["d"]


def test_an_acknowledgement_stops_the_escalation(database: Database):
    w = escalating(database)
    w.fire("a")
    w.run(12)
    acting.acknowledge(database, w.incident().id, acting.Acknowledgement("anna"), w.now)
    w.run(60)
    w.fire("b")
    w.run(63)
    w.restart()
    w.resolve("a")
    w.resolve("b")
    w.run(80)
    assert sorted(w.lines(11.5)) == [
        "c acknowledged [a] []", "c resolved [] [a,b]", "c update [a,b] []",
        "d acknowledged [a] []", "d resolved [] [a,b]", "d update [a,b] []",
    ]  # fmt: skip


def test_an_acknowledgement_takes_back_what_is_queued(database: Database):
    w = escalating(database)
    w.fire("a")
    w.run(5)
    w.now = T0.replace(second=11)
    w.engine.tick()  # queued, not collected
    acting.acknowledge(database, w.incident().id, acting.Acknowledgement("anna"), w.now)
    with database.read() as c:
        rows = outbox.page(c, incident_id=w.incident().id)
        listening = outbox.listeners(c, w.incident().id)
    assert [(r.channel, r.transition, r.state) for r in rows if r.transition == "escalated"] == [
        ("d", "escalated", "cancelled")
    ]
    assert listening == ["c"]


def test_an_acknowledgement_that_ends_begins_the_escalation_anew(database: Database):
    w = escalating(database)
    w.fire("a")
    w.run(5)
    until = w.now.replace(second=20)
    acting.acknowledge(database, w.incident().id, acting.Acknowledgement("anna", until), w.now)
    w.run(45)
    (again,) = [each for each in w.told if each.notice.transition == "escalated"]
    assert 30 <= again.at <= 31
    assert again.channel == "d"


def automatic(database: Database, route: Any = (), **steps: Any) -> World:
    route = dict(route)
    return World(
        database,
        {
            "route": {**SLOW, **route, "group_by": ["n"]},
            "automatic": {"similar_window": "0s", **steps},
        },
    )


def test_what_is_held_is_told_as_a_digest_that_ends_once(database: Database):
    w = automatic(database, {"group_interval": "1m"}, low_per_hour=2)
    for name in "abcde":
        w.fire(name, severity="low")
        w.run(w.seconds + 2)
    assert w.lines() == ["c firing [a] []", "c firing [b] []"]
    assert [w.incident(place).held_reason for place in range(5)][2:] == [
        "too many of low severity"
    ] * 3
    w.resolve("c", severity="low")
    w.run(3700)
    assert w.lines(100) == ["c firing [d,e] []"]
    assert "2 x A (low)" in w.told[-1].notice.note
    w.resolve("d", severity="low")
    w.run(3800)
    assert len(w.told) == 3
    w.resolve("e", severity="low")
    w.run(3900)
    assert [e.notice.transition for e in w.told[3:]] == ["resolved"]
    assert w.told[3].notice.incident_id == w.told[2].notice.incident_id


def test_the_critical_is_told_at_once_and_a_rise_frees_what_is_held(database: Database):
    w = automatic(database, low_per_hour=1, storm={"incidents": 1})
    w.fire("a", severity="low")
    w.fire("b", severity="low")
    w.run(5)
    w.fire("x", severity="critical")
    w.run(7)
    w.fire("b", severity="high")
    w.run(10)
    assert w.lines() == ["c firing [a] []", "c firing [x] []", "c firing [b,b] []"]


def test_similar_ones_wait_for_the_window_and_say_so(database: Database):
    route = {**SLOW, "group_by": ["alertname", "n"]}
    w = World(database, {"route": route, "automatic": {}})
    w.fire("a")
    w.run(2)
    w.fire("b")
    w.run(400)
    assert [(e.at, e.line) for e in w.told] == [
        (1, "c firing [a] []"),
        (pytest.approx(301, abs=1.1), "c firing [b] []"),
    ]
    assert "similar to one just told" in w.told[1].notice.note


def test_what_comes_and_goes_is_kept_open(database: Database):
    w = automatic(database, flapping={"opened": 3, "window": "5m", "hold": "1m"})
    for place in range(10):
        w.run(place * 10)
        w.fire("a")
        w.run(place * 10 + 5)
        w.resolve("a")
    w.run(1000)
    transitions = [(e.at, e.notice.transition) for e in w.told]
    assert [each for _, each in transitions] == ["firing", "resolved"] * 3
    assert transitions[-1][0] > 90
    assert any("comes and goes" in each.text for each in w.timeline(w.incident(2).id))
