"""Several engines, kills in the middle, and a policy that changes."""

import os
import re
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.alerting.timeline import OFF, ROUTE, World, made
from tests.copies import COPIES

from groundwatch.alerting import acting, intake
from groundwatch.alerting.engine import LEASE_SECONDS, Engine
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.plan import plan, policy_of
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.domain.clock import system_clock
from groundwatch.errors import ConfigInvalid
from groundwatch.store.alerts import incidents, outbox, posted
from groundwatch.store.alerts.outbox import Queued
from groundwatch.store.database import Database, open_database
from groundwatch.store.settings import StoreSettings

DOCS = Path(__file__).parents[2] / "docs"
SLOW = {**ROUTE, "repeat_interval": "10d"}


def test_of_two_engines_one_decides_and_the_other_takes_over(database: Database):
    w = World(database, {"route": SLOW, "automatic": OFF})
    other = Engine(
        database, w.plan(), lambda: w.now, "two", new_id=lambda: "from-two",
        idle=timedelta(seconds=1),
    )  # fmt: skip
    w.fire("a")
    w.engine.tick()
    other.tick()
    assert (w.engine.leads, other.leads) == (True, False)
    w.run(2)
    assert w.lines() == ["c firing [a] []"]
    w.now += timedelta(seconds=LEASE_SECONDS + 1)  # the first is silent for longer than its lease
    w.resolve("a")
    other.tick()
    assert other.leads
    w.engine = other
    w.run(w.seconds + 4)
    assert w.lines() == ["c firing [a] []", "c resolved [] [a]"]
    other.release()
    first = w.start()
    first.tick()
    assert first.leads


def test_a_post_between_reading_and_marking_is_looked_at_again(database: Database):
    made(database)
    now = system_clock()
    intake.post(database, lambda: now, [Posted({"alertname": "A"})])
    with database.write() as c:
        read = posted.unrouted(c, 10)
    later = now + timedelta(seconds=1)
    intake.post(database, lambda: later, [Posted({"alertname": "A"}, ends_at=later)])
    with database.write() as c:
        posted.mark_routed(c, read)
        assert len(posted.unrouted(c, 10)) == 1


def _decide_and_die(folder: Path, after_writes: int) -> None:
    """A process that is killed while it decides."""
    database = open_database(StoreSettings(), folder, system_clock)
    settings = AlertPolicySettings.model_validate(
        {"route": {**SLOW, "group_wait": "0s"}, "automatic": OFF}
    )
    engine = Engine(database, plan(settings, ("c",)), system_clock, "dying", new_id=lambda: "i1")
    real = outbox.queue

    def dying(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        if after_writes:
            os.kill(os.getpid(), signal.SIGKILL)

    outbox.queue = dying  # type: ignore[assignment]
    engine.tick()
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("inside", "rows"), [(1, 0), (0, 1)])
def test_killed_inside_a_turn_nothing_is_decided_after_it_everything(
    tmp_path: Path, inside: int, rows: int
):
    database = open_database(StoreSettings(), tmp_path, system_clock)
    made(database)
    intake.post(database, system_clock, [Posted({"alertname": "A", "n": "a"})])
    database.close()
    process = COPIES.Process(target=_decide_and_die, args=(tmp_path, inside))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    database = open_database(StoreSettings(), tmp_path, system_clock)
    with database.read() as c:
        assert len(outbox.page(c)) == rows
        assert len(incidents.unresolved(c)) == rows
        assert posted.has_unrouted(c) is (rows == 0)
    later = system_clock() + timedelta(minutes=1)
    settings = AlertPolicySettings.model_validate(
        {"route": {**SLOW, "group_wait": "0s"}, "automatic": OFF}
    )
    engine = Engine(database, plan(settings, ("c",)), lambda: later, "next", new_id=lambda: "i2")
    engine.tick()
    with database.read() as c:
        (row,) = outbox.page(c)
    assert row.transition == "firing"
    database.close()


def test_a_policy_that_changes_is_followed_without_telling_again(database: Database):
    w = World(database, {"route": SLOW, "automatic": OFF}, ("c", "d"))
    w.fire("a")
    w.run(3)
    assert sorted(w.lines()) == ["c firing [a] []", "d firing [a] []"]
    w.engine.follow(w.plan(receivers=[{"name": "default", "channels": ["c"]}]))
    w.run(8)
    w.fire("b")
    w.run(12)
    w.resolve("a")
    w.resolve("b")
    w.run(20)
    assert sorted(w.lines(3.1)) == [
        "c resolved [] [a,b]", "c update [a,b] []", "d resolved [] [a,b]", "d update [a,b] []",
    ], "who was told stays told until the end"  # fmt: skip


def test_a_receiver_that_wants_no_ends_gets_none(database: Database):
    receivers = [{"name": "default", "channels": ["c"], "send_resolved": False}]
    w = World(database, {"route": SLOW, "automatic": OFF, "receivers": receivers})
    w.fire("a")
    w.run(3)
    w.resolve("a")
    w.run(10)
    w.fire("a")
    w.run(15)
    assert w.lines() == ["c firing [a] []", "c firing [a] []"]


def test_an_alert_about_a_channel_goes_by_others(database: Database):
    receivers = [{"name": "default", "channels": ["c"]}]
    w = World(database, {"route": SLOW, "automatic": OFF, "receivers": receivers}, ("c", "d"))
    said = Posted({"alertname": "ChannelFailing", "channel": "c", "severity": "high"})
    intake.post(database, lambda: w.now, [said])
    w.run(3)
    assert [each.channel for each in w.told] == ["d"]


def test_the_example_of_the_documentation_is_sound():
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "alerting.md").read_text(), re.DOTALL)
    (example,) = [block for block in blocks if block.startswith("route:")]
    channels = ("team", "pager", "anna-mail", "ben-mail")
    found = plan(policy_of(example), channels)
    assert [route.receiver for route in found.root.reached({"severity": "critical"})] == ["on-call"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("route: {receiver: x}", None),
        ("receivers: [{name: a, channels: [ghost]}]\nroute: {receiver: a}", "no channel 'ghost'"),
        ("receivers: [{name: a}]\nroute: {receiver: b}", "no receiver 'b'"),
        ("route: {receiver: a, routes: [{matchers: [x=y], mute_time_intervals: [z]}]}",
         "no time interval 'z'"),
        ("route: {receiver: a, escalation: z}", "no escalation 'z'"),
        ("route: {receiver: a}\nescalations: [{name: e, steps: [{notify: [ghost]}]}]",
         "no channel or schedule 'ghost'"),
        ("route: {receiver: a}\ninhibit_rules: [{source_matchers: [a=b]}]", "everything"),
        ("route: {receiver: a, group_wait: soon}", "no span of time"),
        ("time_intervals: [{name: n, time_intervals: [{location: Mars/X}]}]", "no time zone"),
    ],
)  # fmt: skip
def test_every_name_of_a_policy_leads_somewhere(text: str, said: str | None):
    if said is None:
        assert plan(policy_of(text), ("c",)).receivers["x"].channels == ("c",)
        return
    with pytest.raises(ConfigInvalid, match=said):
        plan(policy_of(text), ("c",))


def test_upkeep_forgets_what_is_long_over_and_nothing_of_what_goes_on(database: Database):
    w = World(database, {"route": {**SLOW, "group_by": ["n"]}, "automatic": OFF})
    w.fire("a", ends=1e8)
    w.fire("b")
    w.run(3)
    w.resolve("b")
    w.run(6)
    w.now += timedelta(days=40)
    w.restart()
    w.engine.tick()
    with database.read() as c:
        left = {row.incident_id for row in outbox.page(c)}
        assert left == {each.id for each in incidents.unresolved(c)}
        assert [
            alert.labels["n"] for alert in posted.page(c, w.now, after="", limit=9, also_over=True)
        ] == ["a"]
        assert len(incidents.page(c, after="", limit=9)) == 2, "incidents are kept for longer"
    w.now += timedelta(days=400)
    w.restart()
    w.engine.tick()
    with database.read() as c:
        assert [each.title for each in incidents.page(c, after="", limit=9)] == ["A (n=a)"]


def test_pages_of_incidents_and_alerts_go_on_where_they_ended(database: Database):
    w = World(database, {"route": {**SLOW, "group_by": ["n"]}, "automatic": OFF})
    for name in "abcde":
        w.fire(name)
        w.run(w.seconds + 1)
    with database.read() as c:
        pages, after = [], ""
        while page := incidents.page(c, after=after, limit=2):
            pages.append([each.labels["n"] for each in page])
            after = page[-1].id
        assert pages == [["e", "d"], ["c", "b"], ["a"]]
        assert len(incidents.page(c, after="", limit=9, resolved=True)) == 0
        first = posted.page(c, w.now, after="", limit=3)
        rest = posted.page(c, w.now, after=first[-1].fingerprint, limit=3)
        assert sorted(alert.labels["n"] for alert in (*first, *rest)) == list("abcde")


class TestAcknowledgingWhileItEscalates:
    """Whichever transaction comes first, the other one sees it."""

    def prepared(self, database: Database) -> World:
        w = World(database, {"route": SLOW, "automatic": OFF}, ("c", "d"))
        w.fire("a")
        w.run(3)
        return w

    def test_what_was_queued_first_is_taken_back(self, database: Database):
        w = self.prepared(database)
        found = w.incident().id
        said = acting.Acknowledgement("anna")
        thread = threading.Thread(target=acting.acknowledge, args=(database, found, said, w.now))
        with database.write() as c:
            assert incidents.hold_unacknowledged(c, found, w.now)
            thread.start()
            thread.join(0.3)
            assert thread.is_alive(), "it waits"
            outbox.queue(c, [Queued(found, "e", 99, "escalated", "{}", w.now)])
        thread.join(20)
        with database.read() as c:
            (row,) = [row for row in outbox.page(c) if row.channel == "e"]
            assert row.state == "cancelled"
            assert "e" not in outbox.listeners(c, found)

    def test_what_was_acknowledged_first_escalates_no_more(self, database: Database):
        w = self.prepared(database)
        found = w.incident().id
        outcomes: list[bool] = []

        def escalate() -> None:
            with database.write() as c:
                outcomes.append(incidents.hold_unacknowledged(c, found, w.now))

        thread = threading.Thread(target=escalate)
        with database.write() as c:
            incidents.decide(c, found, {"acknowledged_at": w.now, "acknowledged_by": "anna"})
            thread.start()
            thread.join(0.3)
            assert thread.is_alive(), "it waits"
        thread.join(20)
        assert outcomes == [False]
