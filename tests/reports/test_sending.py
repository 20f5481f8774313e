"""Reports by mail to a real SMTP server: missed ones once, none twice."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.alerting.receivers import smtp_receiver
from tests.reports.made import desk, fill

from groundwatch.alerting.channels.mail import MailSettings
from groundwatch.reports import runs
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.schedule import Run, State
from groundwatch.reports.sending import ReportSender
from groundwatch.reports.settings import ReportSettings
from groundwatch.reports.spans import Kind
from groundwatch.store import values

pytestmark = pytest.mark.integration
SETTINGS = ReportSettings.model_validate({"weekly": {"enabled": False}, "timezone": "UTC"})
MORNING = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


class Mailroom:
    """A sender whose clock the test moves."""

    def __init__(self, events, database, port):
        self.now = MORNING - timedelta(hours=1)
        self.database = database
        self.made: ReportDesk = desk(events, database, SETTINGS)
        self.made._clock = lambda: self.now
        self.mail = MailSettings(
            kind="mail", host="127.0.0.1", port=port, tls="none", allow_private=True,
            sender="watch@example.com", to=("team@example.com",), timeout_seconds=5,
        )  # fmt: skip

    def sender(self, owner="one") -> ReportSender:
        return ReportSender(self.made, self.database, ("mail", self.mail), lambda: self.now, owner)

    def at(self, now, owner="one") -> list[State]:
        self.now = now
        return [run.state for run in self.sender(owner).look()]

    def last(self) -> Run:
        with self.database.read() as connection:
            return runs.runs_of(connection, Kind.DAILY)[-1]


@pytest.fixture
def smtp():
    with smtp_receiver() as receiver:
        yield receiver


@pytest.fixture
def room(events, database, smtp):
    fill(events, MORNING - timedelta(days=2), MORNING, minutes=60)
    return Mailroom(events, database, smtp.port)


def test_a_report_is_sent_once_at_its_time(room, smtp):
    assert room.at(MORNING - timedelta(hours=1)) == []
    assert room.last().state is State.BEGUN
    assert room.at(MORNING - timedelta(seconds=1)) == []
    assert room.at(MORNING) == [State.SENT]
    assert room.at(MORNING) == []
    assert room.at(MORNING + timedelta(hours=3), "another") == []
    (message,) = smtp.messages
    assert message["Subject"] == "Daily report: Monday, 2 March 2026"
    assert message["To"] == "team@example.com"
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds.count("image/png") == 3
    assert {"text/plain", "text/html", "application/pdf"} <= set(kinds)
    page = message.get_body(("html",)).get_content()
    pictures = {part["Content-ID"].strip("<>") for part in message.walk() if part["Content-ID"]}
    assert all(f'src="cid:{name}"' in page for name in pictures)
    assert "<svg" not in page
    assert "24 questions" in message.get_body(("plain",)).get_content()


def test_missed_ones_are_made_up_once(room, smtp):
    room.at(MORNING)
    assert room.at(MORNING + timedelta(days=4, hours=7)) == [State.SENT]
    assert room.at(MORNING + timedelta(days=4, hours=8)) == []
    assert [m["Subject"] for m in smtp.messages] == ["Daily report: Friday, 6 March 2026"]
    assert room.at(MORNING) == []  # the clock jumped back


def test_a_server_that_refuses_for_now_is_tried_again(room, smtp):
    room.at(MORNING - timedelta(hours=1))
    smtp.rcpt_answers.append("451 later")
    assert room.at(MORNING) == [State.FAILED]
    assert "451" in room.last().error
    assert room.at(MORNING + timedelta(seconds=59)) == []
    assert room.at(MORNING + timedelta(seconds=60)) == [State.SENT]
    assert (len(smtp.messages), room.last().attempts) == (1, 2)


def test_a_server_that_refuses_for_good_is_not(room, smtp):
    room.at(MORNING - timedelta(hours=1))
    smtp.rcpt_answers.append("550 nobody here")
    assert room.at(MORNING) == [State.GIVEN_UP]
    assert room.at(MORNING + timedelta(hours=2)) == []
    assert smtp.messages == []


def test_a_process_that_ended_within_sends_nothing_twice(room, smtp):
    room.at(MORNING - timedelta(hours=1))
    begun = room.last()
    with room.database.write() as connection:
        when = begun.planned_at + timedelta(days=1)
        day = begun.date + timedelta(days=1)
        runs.put(connection, Run(Kind.DAILY, day, when, State.SENDING, MORNING, 1))
        values.acquire(connection, runs.LEASE, "dead", MORNING, seconds=300)
    assert room.at(MORNING + timedelta(seconds=10)) == []
    assert room.last().state is State.SENDING
    assert room.at(MORNING + timedelta(seconds=301)) == []
    assert room.last().state is State.UNCERTAIN
    assert "may have arrived" in room.last().error
    assert smtp.messages == []
