"""The same alerts at the same times, given to a real Alertmanager and to us: the same notices.

Automatic steps are off. What differs on purpose is in `test_we_end_what_alertmanager_leaves_open`.
"""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.alerting.receivers import HttpReceiver, http_receiver
from tests.alerting.timeline import made
from tests.ports import free_port
from tests.tools import tool
from tests.waiting import until

from groundwatch.alerting import acting, intake
from groundwatch.alerting.channels.webhook import Webhook, WebhookSettings
from groundwatch.alerting.delivering import Deliverer, Way
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.matchers import parse
from groundwatch.alerting.plan import plan
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.domain.alerts import Silence
from groundwatch.domain.clock import system_clock
from groundwatch.store.database import open_database
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.settings import StoreSettings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
]
ROUTE: dict[str, Any] = {
    "receiver": "all",
    "group_by": ["alertname"],
    "group_wait": "1s",
    "group_interval": "3s",
    "repeat_interval": "8s",
    "routes": [
        {"matchers": ['team="db"'], "receiver": "db", "group_by": ["alertname", "zone"]},
        {"matchers": ['team="both"'], "receiver": "db", "continue": True},
        {"matchers": ['team=~"both|web"'], "receiver": "web", "repeat_interval": "1h"},
    ],
}
INHIBIT = {"source_matchers": ["alertname=Down"], "target_matchers": ["severity=warning"],
           "equal": ["zone"]}  # fmt: skip
RECEIVERS = ("all", "db", "web")


@dataclass
class Side:
    """One of the two: how to post and silence, whether it is awake, and what came out."""

    post: Callable[[dict[str, str], float | None], None]
    silence: Callable[[str, float], None]
    look: Callable[[], object]
    receiver: HttpReceiver

    def notices(self) -> list[str]:
        """Receiver, status, and which alerts fire or are over."""
        return [_line(each.json) for each in self.receiver.requests]


def _line(body: dict[str, Any]) -> str:
    names = sorted(f"{a['labels']['alertname']}.{a['labels'].get('n', '')}:{a['status']}"
                   for a in body["alerts"])  # fmt: skip
    group = ",".join(f"{k}={v}" for k, v in sorted(body["groupLabels"].items()))
    return f"{body['receiver']} {body['status']} {{{group}}} {' '.join(names)}"


@contextmanager
def alertmanager(folder: Path) -> Iterator[Side]:
    with http_receiver() as receiver:
        hooks = [
            {"name": name, "webhook_configs": [{"url": receiver.url(f"/{name}")}]}
            for name in RECEIVERS
        ]
        file = folder / "am.yml"
        file.write_text(
            json.dumps({"route": ROUTE, "receivers": hooks, "inhibit_rules": [INHIBIT]})
        )
        port = free_port()
        process = subprocess.Popen(
            [tool("prometheus-alertmanager", "prometheus-alertmanager"),
             f"--config.file={file}", f"--storage.path={folder / 'am'}",
             f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        api = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v2", timeout=20)
        try:
            until(lambda: _answers(api))

            def post(labels: dict[str, str], ends: float | None) -> None:
                body = [{"labels": labels, **_ends(ends)}]
                api.post("/alerts", json=body).raise_for_status()

            def silence(text: str, seconds: float) -> None:
                api.post("/silences", json=_silence(text, seconds)).raise_for_status()

            yield Side(post, silence, lambda: _answers(api), receiver)
        finally:
            api.close()
            process.terminate()
            process.wait(20)


@contextmanager
def ours(folder: Path, template: Path) -> Iterator[Side]:
    with ExitStack() as stack:
        receiver = stack.enter_context(http_receiver())
        shutil.copy(template, folder / FILE_NAME)
        database = open_database(StoreSettings(), folder, system_clock)
        stack.callback(database.close)
        made(database)
        policy = AlertPolicySettings.model_validate(
            {
                "route": ROUTE,
                "receivers": [{"name": name, "channels": [name]} for name in RECEIVERS],
                "inhibit_rules": [INHIBIT],
                "automatic": {"enabled": False},
            }
        )
        engine = Engine(
            database, plan(policy, RECEIVERS), system_clock, "one", new_id=lambda: uuid4().hex
        )
        ways = {
            name: Way(
                Webhook(
                    name,
                    WebhookSettings(kind="webhook", url=receiver.url(), allow_private=True),
                    system_clock,
                    "",
                ),
                per_minute=6000,
            )
            for name in RECEIVERS
        }
        deliverer = Deliverer(database, ways, system_clock, "one")
        stop = threading.Event()

        def run() -> None:
            while not stop.is_set():
                due = engine.tick()
                deliverer.wake()
                stop.wait(min(0.1, max(0.0, (due - system_clock()).total_seconds())))

        thread = threading.Thread(target=run)
        thread.start()
        deliverer.start()
        stack.callback(deliverer.close)
        stack.callback(thread.join)
        stack.callback(stop.set)

        def post(labels: dict[str, str], ends: float | None) -> None:
            said = Posted(labels, ends_at=_moment(ends) if ends is not None else None)
            intake.post(database, system_clock, [said])

        def silence(text: str, seconds: float) -> None:
            now = system_clock()
            conditions = tuple(each.condition for each in parse(text))
            until = now + timedelta(seconds=seconds)
            acting.silence(
                database, Silence(uuid4().hex, conditions, now, until, "anna", "x", now), now
            )

        yield Side(post, silence, lambda: None, receiver)


FIRES = 3600.0
OVER = 0.0
Timeline = list[tuple[float, str, dict[str, str] | str, float]]


def alert(name: str, n: str = "", **labels: str) -> dict[str, str]:
    return {"alertname": name, **({"n": n} if n else {}), **labels}


TIMELINES: dict[str, tuple[Timeline, float]] = {
    "groups, waits, ticks and the end": (
        [
            (0, "post", alert("A", "1"), FIRES),
            (0.4, "post", alert("A", "2"), FIRES),
            (0.5, "post", alert("B", "1"), FIRES),
            (2, "post", alert("A", "3"), FIRES),
            (5, "post", alert("A", "1"), OVER),
            (8, "post", alert("A", "2"), OVER),
            (8, "post", alert("A", "3"), OVER),
            (8, "post", alert("B", "1"), OVER),
        ],
        13,
    ),
    "repeats, and what is over within the wait": (
        [
            (0, "post", alert("A", "1"), FIRES),
            (1.5, "post", alert("C", "1"), FIRES),
            (2.0, "post", alert("C", "1"), OVER),
        ],
        12,
    ),
    "routes, continue, and grouping of their own": (
        [
            (0, "post", alert("A", "1", team="db", zone="x"), FIRES),
            (0, "post", alert("A", "2", team="db", zone="y"), FIRES),
            (0.2, "post", alert("A", "3", team="both"), FIRES),
            (0.3, "post", alert("A", "4", team="web"), FIRES),
            (5, "post", alert("A", "3", team="both"), OVER),
            (5, "post", alert("A", "2", team="db", zone="y"), OVER),
        ],
        9,
    ),
    "silences and inhibition": (
        [
            (0, "silence", "n=quiet", 5.4),
            (0.2, "post", alert("A", "quiet"), FIRES),
            (0.2, "post", alert("A", "loud"), FIRES),
            (0.2, "post", alert("Down", "1", zone="x"), FIRES),
            (0.5, "post", alert("W", "in", severity="warning", zone="x"), FIRES),
            (0.5, "post", alert("W", "out", severity="warning", zone="y"), FIRES),
            (5.5, "post", alert("Down", "1", zone="x"), OVER),
        ],
        9.5,
    ),
    "an end that the sender foretold": (
        [(0, "post", alert("A", "1"), 4.5), (0, "post", alert("A", "2"), FIRES)],
        8.5,
    ),
    "ended and fired again between two looks": (
        [
            (0, "post", alert("A", "1"), FIRES),
            (2, "post", alert("A", "1"), OVER),
            (2.7, "post", alert("A", "1"), FIRES),
            (6, "post", alert("A", "1"), OVER),
        ],
        11,
    ),
}


OPEN = "what Alertmanager leaves open"
TIMELINES_OPEN: tuple[Timeline, float] = (
    [
        (0, "post", alert("A", "1"), FIRES),
        (2, "silence", "alertname=A", 3600),
        (3, "post", alert("A", "1"), OVER),
    ],
    9,
)
NAP, LATE = 0.15, 0.25
"""Seconds between two looks at the machine, and what moves nothing from one turn to another."""
AGAIN = 3
Notices = tuple[list[str], list[str]]


def play(sides: tuple[Side, Side], timeline: Timeline, lasts: float) -> float:
    """Returns by how many seconds the machine, or one of the two, was late at most."""
    began = time.monotonic()
    late = 0.0
    for at, what, subject, seconds in timeline:
        late = max(late, _rest(began + at, sides))
        for side in sides:
            if what == "post":
                assert isinstance(subject, dict)
                side.post(subject, seconds)
            else:
                side.silence(str(subject), seconds)
        late = max(late, time.monotonic() - began - at)
    return max(late, _rest(began + lasts, sides))


def _rest(end: float, sides: tuple[Side, Side]) -> float:
    late = 0.0
    while (left := end - time.monotonic()) > 0:
        woken = time.monotonic() + min(left, NAP)
        time.sleep(min(left, NAP))
        for side in sides:
            side.look()
        late = max(late, time.monotonic() - woken)
    return late


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[dict[str, Future[Notices]]]:
    """What Alertmanager told and what we told; timelines take real time, so all run at once.

    Where the two differ and the machine was late, it is played again: on the second, nothing is
    known of who was late.
    """
    timelines = {**TIMELINES, OPEN: TIMELINES_OPEN}
    ready = threading.Barrier(len(timelines))

    def once(name: str, *, at_once: bool = False) -> tuple[Notices, float]:
        folder = tmp_path_factory.mktemp("timeline")
        with alertmanager(folder) as theirs, ours(folder, sqlite_template) as own:
            if at_once:
                ready.wait(60)
            late = play((theirs, own), *timelines[name])
            return (theirs.notices(), own.notices()), late

    def told(name: str) -> Notices:
        notices, late = once(name, at_once=True)
        for _ in range(AGAIN):
            if late < LATE or sorted(notices[0]) == sorted(notices[1]):
                break
            notices, late = once(name)
        return notices

    with ThreadPoolExecutor(len(timelines)) as pool:
        yield {name: pool.submit(told, name) for name in timelines}


@pytest.mark.parametrize("name", TIMELINES)
def test_tells_what_alertmanager_tells(name: str, played: dict[str, Future[Notices]]):
    expected, found = played[name].result()
    assert sorted(found) == sorted(expected)
    assert expected
    for receiver in RECEIVERS:
        groups = {line.split("}")[0] for line in expected if line.startswith(f"{receiver} ")}
        for group in groups:
            key = group.split(" ", 2)[2]
            assert _of(found, receiver, key) == _of(expected, receiver, key), "in this order"


def test_we_end_what_alertmanager_leaves_open(played: dict[str, Future[Notices]]):
    expected, found = played[OPEN].result()
    assert expected == ["all firing {alertname=A} A.1:firing"]
    assert found == [*expected, "all resolved {alertname=A} A.1:resolved"]


def _of(lines: list[str], receiver: str, group: str) -> list[str]:
    return [line for line in lines if line.startswith(f"{receiver} ") and f" {group}}}" in line]


def _ends(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"endsAt": _moment(seconds).isoformat()}


def _moment(seconds: float) -> datetime:
    return system_clock() + timedelta(seconds=seconds)


def _silence(text: str, seconds: float) -> dict[str, Any]:
    now = system_clock()
    return {
        "matchers": [
            {"name": m.condition.name, "value": m.condition.value, "isRegex": False,
             "isEqual": True}
            for m in parse(text)
        ],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(seconds=seconds)).isoformat(),
        "createdBy": "anna",
        "comment": "x",
    }  # fmt: skip


def _answers(api: httpx.Client) -> bool:
    try:
        return api.get("/status").status_code == 200
    except httpx.HTTPError:
        return False
