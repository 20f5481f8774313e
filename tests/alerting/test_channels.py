"""Every channel against a real receiver, which checks what it is given."""

import base64
import hmac
import json
import socket
import ssl
import subprocess
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.alerting.notices_made import NOW, RESOLVED, notice, shown
from tests.alerting.receivers import Answer, HttpReceiver, http_receiver, smtp_receiver
from tests.tools import tool

from groundwatch.alerting.channels.apprise import Apprise, AppriseSettings
from groundwatch.alerting.channels.channel import Channel
from groundwatch.alerting.channels.mail import Mail, MailSettings
from groundwatch.alerting.channels.pagerduty import PagerDuty, PagerDutySettings
from groundwatch.alerting.channels.posting import address
from groundwatch.alerting.channels.slack import Slack, SlackSettings
from groundwatch.alerting.channels.teams import Teams, TeamsSettings, content_of
from groundwatch.alerting.channels.webhook import Webhook, WebhookSettings
from groundwatch.errors import GroundwatchError, Overloaded, TimedOut, Unavailable, Unusable

pytestmark = pytest.mark.integration
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
MANY = tuple(shown(f"host-{place}" * 20) for place in range(100))


def webhook(receiver: HttpReceiver, **changes: Any) -> Webhook:
    given = {"kind": "webhook", "url": receiver.url(), "secret": SECRET, "allow_private": True}
    settings = WebhookSettings.model_validate({**given, **changes})
    return Webhook("hook", settings, lambda: NOW, "https://gw.example")


def slack(receiver: HttpReceiver, **changes: Any) -> Slack:
    given = {"kind": "slack", "url": receiver.url(), "allow_private": True, **changes}
    return Slack("chat", SlackSettings.model_validate(given))


def bot(receiver: HttpReceiver) -> Slack:
    return slack(receiver, url="", token="xoxb-1", channel="C1", api=receiver.url("/api"))


def pagerduty(receiver: HttpReceiver) -> PagerDuty:
    given = {"kind": "pagerduty", "routing_key": "R" * 32, "api": receiver.url(""),
             "allow_private": True}  # fmt: skip
    return PagerDuty("pager", PagerDutySettings.model_validate(given), "https://gw.example")


def teams(receiver: HttpReceiver) -> Teams:
    given = {"kind": "teams", "url": receiver.url(), "allow_private": True}
    return Teams("teams", TeamsSettings.model_validate(given))


class TestWebhook:
    def test_is_signed_and_compatible(self):
        with http_receiver() as receiver:
            webhook(receiver).send(notice(), "")
            webhook(receiver).send(notice(), "")
        first, again = receiver.requests
        assert first.headers["webhook-id"] == again.headers["webhook-id"] == "inc-1.1"
        stamp = first.headers["webhook-timestamp"]
        signed = f"inc-1.1.{stamp}.".encode() + first.body
        expected = base64.b64encode(hmac.digest(b"k" * 32, signed, sha256)).decode()
        assert first.headers["webhook-signature"] == f"v1,{expected}"
        body = first.json
        assert (body["version"], body["status"], body["groupKey"]) == ("4", "firing", "k1")
        assert body["commonLabels"] == {"alertname": "SlowAnswers", "severity": "high"}
        assert body["alerts"][0]["endsAt"] == "0001-01-01T00:00:00Z"
        assert set(body["alerts"][0]) == {
            "status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint",
        }  # fmt: skip
        assert body["incident"]["transition"] == "firing"

    def test_signs_with_both_secrets_while_they_change(self):
        other = "whsec_" + base64.b64encode(b"o" * 32).decode()
        with http_receiver() as receiver:
            webhook(receiver, previous_secret=other).send(notice(), "")
        assert receiver.requests[0].headers["webhook-signature"].count("v1,") == 2

    def test_counts_what_it_cuts(self):
        with http_receiver() as receiver:
            webhook(receiver, max_alerts=1).send(notice(truncated=5), "")
        assert (len(receiver.requests[0].json["alerts"])) == 1
        assert receiver.requests[0].json["truncatedAlerts"] == 6

    def test_refuses_a_short_secret_without_showing_it(self):
        with pytest.raises(ValidationError) as refused:
            WebhookSettings(kind="webhook", url="https://x.example", secret="whsec_c2VjcmV0")
        assert "24 to 64 bytes" in str(refused.value.errors(include_input=False))


class TestSlack:
    def test_a_webhook_gets_blocks_within_limits(self):
        with http_receiver() as receiver:
            slack(receiver).send(notice(alerts=MANY, truncated=7), "")
        (attachment,) = receiver.requests[0].json["attachments"]
        header, *sections = attachment["blocks"]
        assert header["type"] == "header"
        assert len(header["text"]["text"]) <= 150
        assert all(len(each["text"]["text"]) <= 3000 for each in sections)
        assert "and 97 more" in sections[0]["text"]["text"]
        assert "<b>" not in json.dumps(sections)

    def test_a_bot_edits_its_message_and_answers_in_its_thread(self):
        first = Answer(body=b'{"ok": true, "channel": "C9", "ts": "1.2"}')
        with http_receiver(first) as receiver:
            receipt = bot(receiver).send(notice(), "")
            assert bot(receiver).send(RESOLVED, receipt) == receipt
        assert [each.path for each in receiver.requests] == [
            "/api/chat.postMessage", "/api/chat.update", "/api/chat.postMessage",
        ]  # fmt: skip
        update, reply = receiver.requests[1].json, receiver.requests[2].json
        assert (update["channel"], update["ts"]) == ("C9", "1.2")
        assert "RESOLVED" in update["text"]
        assert reply["thread_ts"] == "1.2"
        assert receiver.requests[0].headers["authorization"] == "Bearer xoxb-1"

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b'{"ok": false, "error": "channel_not_found"}', Unusable),
            (b'{"ok": false, "error": "ratelimited"}', Overloaded),
            (b'{"ok": false, "error": "internal_error"}', Unavailable),
            (b"<html>", Unavailable),
            (b"[]", Unusable),
        ],
    )
    def test_200_is_not_yet_success(self, body: bytes, error: type[GroundwatchError]):
        with http_receiver(Answer(body=body)) as receiver, pytest.raises(error):
            bot(receiver).send(notice(), "")

    @pytest.mark.parametrize("given", [{}, {"url": "https://x", "token": "t"}, {"token": "t"}])
    def test_refuses_half_settings(self, given: dict[str, str]):
        with pytest.raises(ValidationError):
            SlackSettings.model_validate({"kind": "slack", **given})


class TestPagerDuty:
    def test_triggers_acknowledges_and_resolves_under_one_key(self):
        acknowledged = notice(transition="acknowledged", sequence=2)
        with http_receiver(*[Answer(202)] * 3) as receiver:
            for each in (notice(), acknowledged, RESOLVED):
                pagerduty(receiver).send(each, "")
        events = [each.json for each in receiver.requests]
        assert [each["event_action"] for each in events] == ["trigger", "acknowledge", "resolve"]
        assert {each["dedup_key"] for each in events} == {"groundwatch/inc-1"}
        assert {each.path for each in receiver.requests} == {"/v2/enqueue"}
        payload = events[0]["payload"]
        assert payload["severity"] == "error"
        assert payload["custom_details"]["remediation"] == "restart it"
        assert [each["text"] for each in events[0]["links"]] == ["Incident", "Runbook"]

    def test_what_is_too_large_goes_without_details(self):
        with http_receiver() as receiver:
            large = {"runbook": "x" * 600_000}
            pagerduty(receiver).send(notice(title="t" * 3000, details=large), "")
        assert len(receiver.requests[0].body) <= 512_000
        payload = receiver.requests[0].json["payload"]
        assert len(payload["summary"]) <= 1024
        assert "too large" in payload["custom_details"]["note"]


class TestTeams:
    def test_is_an_adaptive_card(self):
        with http_receiver(Answer(202)) as receiver:
            teams(receiver).send(notice(), "")
        body = receiver.requests[0].json
        assert body["type"] == "message"
        (attachment,) = body["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert attachment["contentUrl"] is None
        card = attachment["content"]
        assert (card["type"], card["msteams"]) == ("AdaptiveCard", {"width": "Full"})
        assert card["body"][0]["text"].startswith("[FIRING (2)] high: SlowAnswers")
        assert card["actions"][0]["url"] == "https://gw.example/incidents/inc-1"

    @pytest.mark.parametrize("text", ["x" * 5_000, "\u0142" * 40_000])
    def test_stays_below_the_limit(self, text: str):
        alerts = tuple(shown(annotations={"summary": text}) for _ in range(20))
        content = content_of(notice(alerts=alerts))
        assert len(content) <= 28_000
        assert json.loads(content)["attachments"][0]["content"]["body"]

    def test_stays_below_the_limit_whatever_is_long(self):
        assert len(content_of(notice(details={"remediation": "x" * 50_000}))) <= 28_000


def mail(port: int, **changes: Any) -> Mail:
    given = {"kind": "mail", "host": "127.0.0.1", "port": port, "tls": "none",
             "sender": "gw@gw.example", "to": ["ops@x.example", "b@x.example"],
             "allow_private": True}  # fmt: skip
    return Mail("mail", MailSettings.model_validate({**given, **changes}))


class TestMail:
    def test_an_incident_is_one_thread_in_text_and_html(self):
        with smtp_receiver() as receiver:
            receipt = mail(receiver.port).send(notice(), "")
            mail(receiver.port).send(notice(), "")
            mail(receiver.port).send(RESOLVED, receipt)
        first, again, last = receiver.messages
        assert first["Message-ID"] == again["Message-ID"] == receipt
        assert last["Message-ID"] != receipt
        assert last["In-Reply-To"] == receipt
        assert receipt in last["References"]
        text, html = first.iter_parts()
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert "&lt;b&gt;slow&lt;/b&gt;" in html.get_content()
        assert "restart it" in text.get_content()
        assert first["Subject"] == "[FIRING (2)] high: SlowAnswers (application=shop)"
        assert receiver.recipients == ["ops@x.example", "b@x.example"] * 3

    def test_a_title_breaks_no_header(self):
        with smtp_receiver() as receiver:
            mail(receiver.port).send(notice(title="a\r\nBcc: eve@x.example"), "")
        assert receiver.messages[0]["Bcc"] is None

    @pytest.mark.parametrize(
        ("answers", "error"),
        [
            (["450 later", "450 later"], Unavailable),
            (["550 no", "550 no"], Unusable),
            (["250 ok", "550 no"], Unusable),
        ],
    )
    def test_what_the_server_says_decides(self, answers: list[str], error: type[GroundwatchError]):
        with smtp_receiver() as receiver:
            receiver.rcpt_answers += answers
            with pytest.raises(error):
                mail(receiver.port).send(notice(), "")

    def test_tls_is_demanded_and_checked(self, tmp_path: Path):
        key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run(
            [tool("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-days", "2",
             "-keyout", key, "-out", certificate, *subject],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        login = {"tls": "starttls", "username": "u", "password": "p"}
        with smtp_receiver(context) as receiver:
            with pytest.raises(Unusable, match="not trusted"):
                mail(receiver.port, **login).send(notice(), "")
            trusted = {**login, "certificate_authority": str(certificate)}
            mail(receiver.port, **trusted).send(notice(), "")
        assert len(receiver.messages) == 1
        assert receiver.logins == [b"u"]
        with smtp_receiver() as plain, pytest.raises(Unusable, match="no TLS"):
            mail(plain.port, **login).send(notice(), "")

    @pytest.mark.parametrize("wrong", ["nobody", "a@b@c", "a b@c", "a@b\r\nBcc: x@y"])
    def test_refuses_what_is_no_address(self, wrong: str):
        with pytest.raises(ValidationError):
            mail(1, sender=wrong)


def apprise(receiver: HttpReceiver, scheme: str = "json", **changes: Any) -> Apprise:
    url = receiver.url().replace("http", scheme, 1)
    given = {"kind": "apprise", "url": url, "allow_private": True, **changes}
    return Apprise("rest", AppriseSettings.model_validate(given))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its plug-ins, as they load
class TestApprise:
    def test_tells_the_beginning_and_the_end_in_words(self):
        with http_receiver() as receiver:
            channel = apprise(receiver)
            channel.send(notice(), "")
            channel.send(RESOLVED, "")
        first, last = (each.json for each in receiver.requests)
        assert first["title"] == "[FIRING (2)] high: SlowAnswers (application=shop)"
        assert (first["type"], last["type"]) == ("failure", "success")
        assert "remediation: restart it" in first["message"]
        assert "https://gw.example/incidents/inc-1" in first["message"]
        assert "RESOLVED" in last["title"]

    def test_what_is_too_long_is_cut_to_what_the_service_takes(self):
        with http_receiver() as receiver:
            apprise(receiver).send(notice(details={"remediation": "x" * 60_000}), "")
        assert len(receiver.requests) == 1
        assert len(receiver.requests[0].json["message"]) <= 32_768

    @pytest.mark.parametrize("status", [400, 404, 302, 429, 500])
    def test_what_is_not_taken_is_tried_again(self, status: int):
        answer = Answer(status, headers={"Location": "http://127.0.0.1:1/"})
        with http_receiver(answer) as receiver, pytest.raises(Unavailable) as raised:
            apprise(receiver).send(notice(), "")
        assert len(receiver.requests) == 1
        assert "127.0.0.1" not in str(raised.value)

    def test_what_hangs_is_left_in_time_and_not_piled_up(self):
        free = threading.Event()
        with http_receiver(Answer(hang=free), Answer(hang=free)) as receiver:
            channel = apprise(receiver, timeout_seconds=0.2)
            began = time.monotonic()
            with pytest.raises(Unavailable):
                channel.send(notice(), "")
            assert time.monotonic() - began < 10
            free.set()

    def test_what_drips_occupies_one_thread_at_most(self):
        with http_receiver(Answer(drip=True, body=b"x" * 200)) as receiver:
            channel = apprise(receiver, timeout_seconds=0.3)
            with pytest.raises(TimedOut):
                channel.send(notice(), "")
            with pytest.raises(Unavailable, match="still busy"):
                channel.send(notice(), "")
        assert len(receiver.requests) == 1

    def test_private_networks_must_be_allowed(self):
        with http_receiver() as receiver, pytest.raises(Unusable, match="allow_private"):
            apprise(receiver, allow_private=False).send(notice(), "")
        assert receiver.requests == []

    def test_a_topic_is_not_taken_for_a_host(self):
        given = {"kind": "apprise", "url": "ntfy://no-such-topic.invalid"}
        Apprise("rest", AppriseSettings.model_validate(given))._service()

    def test_refuses_what_apprise_does_not_know(self):
        with pytest.raises(ValidationError):
            AppriseSettings(kind="apprise", url="no address")
        unknown = AppriseSettings(kind="apprise", url="nothing-such://x")
        with pytest.raises(Unusable, match="none that Apprise knows"):
            Apprise("rest", unknown).send(notice(), "")


ALL = [webhook, slack, bot, pagerduty, teams]


@pytest.mark.parametrize("make", ALL)
class TestAllOverHttp:
    @pytest.mark.parametrize(
        ("status", "error"),
        [(400, Unusable), (404, Unusable), (302, Unusable), (500, Unavailable), (503, Unavailable),
         (408, Unavailable)],
    )  # fmt: skip
    def test_the_status_decides(self, make: Any, status: int, error: type[GroundwatchError]):
        answer = Answer(status, headers={"Location": "http://127.0.0.1:1/"})
        with http_receiver(answer) as receiver:
            channel: Channel = make(receiver)
            with pytest.raises(error) as raised:
                channel.send(notice(), "")
        assert len(receiver.requests) == 1
        assert "127.0.0.1" not in str(raised.value), "the address may hold a secret"

    def test_waits_as_long_as_it_is_told(self, make: Any):
        answer = Answer(429, headers={"Retry-After": "17"})
        with http_receiver(answer) as receiver, pytest.raises(Overloaded) as raised:
            make(receiver).send(notice(), "")
        assert raised.value.retry_after == 17


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_channel_that_hangs_is_left_in_time(how: str):
    free = threading.Event()
    answer = Answer(hang=free) if how == "hang" else Answer(drip=True, body=b"x" * 100)
    with http_receiver(answer) as receiver:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            webhook(receiver, timeout_seconds=0.5).send(notice(), "")
        assert time.monotonic() - began < 10
        free.set()


def test_nobody_listening_is_transient():
    with http_receiver() as receiver:
        pass
    with pytest.raises(Unavailable):
        webhook(receiver).send(notice(), "")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "0.0.0.1",
     "[::ffff:127.0.0.1]", "100.64.0.1", "2130706433"],
)  # fmt: skip
def test_private_networks_must_be_allowed(host: str):
    settings = WebhookSettings(kind="webhook", url=f"http://{host}:1/")
    with pytest.raises((Unusable, Unavailable)) as raised:
        Webhook("hook", settings, lambda: NOW, "").send(notice(), "")
    assert isinstance(raised.value, Unusable) or "not found" in str(raised.value)


def test_public_addresses_need_no_word():
    assert address("8.8.8.8", 443, "hook", allow_private=False) == "8.8.8.8"


def test_a_mail_server_that_says_nothing_is_left_in_time():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            mail(silent.getsockname()[1], timeout_seconds=0.5).send(notice(), "")
        assert time.monotonic() - began < 10
