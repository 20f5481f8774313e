"""The outbox and whoever empties it: at least once, in order, whatever fails; on both databases."""

import os
import signal
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.alerting.notices_made import NOW, notice
from tests.alerting.receivers import Answer, http_receiver
from tests.alerting.timeline import made
from tests.copies import COPIES
from tests.waiting import until

from groundwatch.alerting.channels.webhook import Webhook, WebhookSettings
from groundwatch.alerting.delivering import Deliverer, Way, pause
from groundwatch.alerting.notices import Notice, packed
from groundwatch.domain.clock import system_clock
from groundwatch.errors import Overloaded, Unavailable, Unusable
from groundwatch.store.alerts import outbox, posted
from groundwatch.store.alerts.outbox import Queued
from groundwatch.store.database import Database, open_database
from groundwatch.store.settings import StoreSettings

SECOND = timedelta(seconds=1)


@dataclass
class Scripted:
    """A channel that does what it is told to."""

    does: list[Exception | str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def send(self, notice: Notice, receipt: str, /) -> str:
        self.told.append((f"{notice.transition} {notice.id}", receipt))
        outcome = self.does.pop(0) if self.does else ""
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@dataclass
class Post:
    """An outbox, a channel, and a clock to turn."""

    database: Database
    channel: Scripted = field(default_factory=Scripted)
    now: datetime = NOW
    attempts: int = 12

    def __post_init__(self) -> None:
        made(self.database)
        self.deliverer = self.another("one")

    def another(self, owner: str) -> Deliverer:
        ways = {"c": Way(self.channel, attempts=self.attempts)}
        return Deliverer(self.database, ways, lambda: self.now, owner, fraction=lambda: 1.0)

    def queue(self, *transitions: str, incident: str = "inc", channel: str = "c") -> None:
        rows = []
        for place, transition in enumerate(transitions, start=1):
            sequence = place if transition != "resolved" else 99
            text = packed(notice(incident_id=incident, sequence=sequence, transition=transition))
            rows.append(Queued(incident, channel, sequence, transition, text, self.now))
        with self.database.write() as c:
            outbox.queue(c, rows)

    def run(self, seconds: float = 0) -> None:
        self.now += timedelta(seconds=seconds)
        while self.deliverer.deliver("c"):
            pass

    def states(self) -> list[tuple[str, str]]:
        with self.database.read() as c:
            return [(row.transition, row.state) for row in outbox.page(c)[::-1]]

    def raised(self) -> list[str]:
        with self.database.read() as c:
            return [a.labels["channel"] for a in posted.firing(c, self.now)]


def test_the_same_notice_twice_is_one_row(database: Database):
    post = Post(database)
    post.queue("firing")
    post.queue("firing")
    post.run()
    assert post.channel.told == [("firing inc.1", "")]


def test_receipts_go_along_and_only_to_their_incident(database: Database):
    post = Post(database, Scripted(["r1", "r2"]))
    post.queue("firing")
    post.queue("firing", incident="other")
    post.queue("firing", "update")
    post.run()
    assert sorted(post.channel.told) == [
        ("firing inc.1", ""), ("firing other.1", ""), ("update inc.2", "r1"),
    ]  # fmt: skip


def test_an_end_never_overtakes_its_beginning(database: Database):
    post = Post(database, Scripted([Unavailable("down")]))
    post.queue("firing", "resolved")
    post.queue("firing", incident="other")
    post.run()
    assert [told for told, _ in post.channel.told] == ["firing inc.1", "firing other.1"]
    post.run(3)
    assert [told for told, _ in post.channel.told][2:] == ["firing inc.1", "resolved inc.99"]


def test_waits_longer_each_time_and_as_long_as_it_is_asked(database: Database):
    assert [pause(n, None, 1.0) for n in (1, 2, 3, 9, 99)] == [2, 4, 8, 300, 300]
    assert pause(1, None, 0.0) == 1
    assert pause(1, 60.0, 1.0) == 60
    post = Post(database, Scripted([Overloaded("slow down", 60.0)]))
    post.queue("firing")
    post.run()
    post.run(59)
    assert len(post.channel.told) == 1
    post.run(1)
    assert len(post.channel.told) == 2
    assert post.raised() == [], "asking to wait is no failure"


def test_a_failing_channel_raises_an_alert_that_ends_when_it_works_again(database: Database):
    post = Post(database, Scripted([Unavailable("down")] * 3))
    post.queue("firing")
    for seconds in (0, 2, 4):
        post.run(seconds)
    assert post.raised() == ["c"]
    post.run(8)
    assert post.states() == [("firing", "sent")]
    assert post.raised() == []


def test_what_is_refused_is_laid_aside_and_can_be_sent_again(database: Database):
    post = Post(database, Scripted([Unusable("no such channel")]))
    post.queue("firing", "resolved")
    post.run()
    assert post.states() == [("firing", "dead"), ("resolved", "cancelled")]
    assert post.raised() == ["c"]
    with database.write() as c:
        (_, dead) = outbox.page(c)
        assert "no such channel" in dead.error
        assert outbox.resend(c, dead.id, post.now)
        assert not outbox.resend(c, dead.id + 1, post.now)
    post.run()
    assert post.states()[0] == ("firing", "sent")


def test_what_may_have_arrived_is_resolved(database: Database):
    post = Post(database, Scripted([Unavailable("cut off")]), attempts=1)
    post.queue("firing", "resolved")
    post.run()
    assert post.states() == [("firing", "dead"), ("resolved", "sent")]


def test_a_channel_with_a_mistake_stops_nothing(database: Database, caplog):
    post = Post(database, Scripted([ZeroDivisionError("oops")]))
    post.queue("firing")
    post.queue("firing", incident="other")
    post.run()
    assert sorted(post.states()) == [("firing", "dead"), ("firing", "sent")]


def test_notices_for_a_channel_that_is_gone_are_laid_aside(database: Database):
    post = Post(database)
    post.queue("firing", channel="old")
    assert post.deliverer.lay_aside_orphans() == 1
    assert post.states() == [("firing", "dead")]
    assert post.raised() == ["old"]


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_changes_nothing(database: Database):
    post = Post(database)
    post.queue("firing")
    with database.write() as c:
        old = outbox.lease(c, "c", "dead", post.now, 60)
        assert old is not None
        assert outbox.lease(c, "c", "other", post.now, 60) is None
    post.run(61)
    with database.write() as c:
        assert not outbox.put_off(c, old, "dead", post.now, "late")
    assert post.states() == [("firing", "sent")]


def test_a_clock_that_was_set_back_delays_nothing_for_long(database: Database):
    post = Post(database, Scripted([Unavailable("down")]))
    post.now += timedelta(days=1)
    post.queue("firing")
    post.run()
    post.now -= timedelta(days=1)
    post.run(0)
    assert post.states() == [("firing", "sent")]


def test_a_channel_that_hangs_holds_up_no_other(database: Database):
    made(database)
    slow, quick = Scripted(), Scripted()
    free = threading.Event()

    class Hanging:
        def send(self, notice: Notice, _receipt: str, /) -> str:
            free.wait(60)
            return ""

    ways = {"slow": Way(Hanging()), "quick": Way(quick, per_minute=6000)}
    deliverer = Deliverer(database, ways, system_clock, "one")
    post = Post(database, slow, system_clock())
    post.queue("firing", channel="slow")
    for number in range(5):
        post.queue("firing", incident=f"i{number}", channel="quick")
    deliverer.start()
    until(lambda: len(quick.told) == 5)
    free.set()
    deliverer.close()
    until(lambda: [s for _, s in post.states()].count("sent") >= 5)


def _deliver_and_die(folder: Path, url: str) -> None:
    """A process that is killed between sending and noting that it sent."""
    settings = WebhookSettings(kind="webhook", url=url, allow_private=True)
    webhook = Webhook("c", settings, system_clock, "")

    class Dying:
        def send(self, notice: Notice, receipt: str, /) -> str:
            webhook.send(notice, receipt)
            os.kill(os.getpid(), signal.SIGKILL)
            return ""

    database = open_database(StoreSettings(), folder, system_clock)
    Deliverer(database, {"c": Way(Dying())}, system_clock, "dying").deliver("c")


@pytest.mark.integration
def test_killed_between_sending_and_noting_repeats_once_under_the_same_id(tmp_path: Path):
    database = open_database(StoreSettings(), tmp_path, system_clock)
    post = Post(database, now=system_clock())
    post.queue("firing", "resolved")
    database.close()
    with http_receiver(Answer(), Answer()) as receiver:
        process = COPIES.Process(target=_deliver_and_die, args=(tmp_path, receiver.url()))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        database = open_database(StoreSettings(), tmp_path, system_clock)
        settings = WebhookSettings(kind="webhook", url=receiver.url(), allow_private=True)
        later = system_clock() + timedelta(minutes=10)
        way = Way(Webhook("c", settings, system_clock, ""))
        deliverer = Deliverer(database, {"c": way}, lambda: later, "next")
        while deliverer.deliver("c"):
            pass
        database.close()
    ids = [each.headers["webhook-id"] for each in receiver.requests]
    assert ids == ["inc.1", "inc.1", "inc.99"]
