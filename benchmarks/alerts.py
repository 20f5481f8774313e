"""How many alerts a minute, and how long from a finding to its delivery.

`python -m benchmarks.alerts [--alerts 100000]` posts alerts in batches, as Prometheus does, into a
store of its own, lets the engine decide, and prints one JSON line. Then single alerts are timed
from the post to a webhook on loopback, with `group_wait: 0s`.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from groundwatch.alerting import intake
from groundwatch.alerting.channels.webhook import Webhook, WebhookSettings
from groundwatch.alerting.delivering import Deliverer, Way
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.plan import plan
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.domain.clock import system_clock
from groundwatch.store.database import Database, open_database
from groundwatch.store.settings import StoreSettings

BATCH = 1000
ONE_BY_ONE = 50


def policy(wait: str) -> AlertPolicySettings:
    return AlertPolicySettings.model_validate(
        {
            "route": {
                "receiver": "r",
                "group_by": ["alertname", "service"],
                "group_wait": wait,
                "group_interval": "5m",
            },
            "receivers": [{"name": "r", "channels": ["hook"]}],
            "automatic": {"enabled": False},
        }
    )


def engine_of(database: Database, wait: str) -> Engine:
    made = plan(policy(wait), ("hook",))
    return Engine(database, made, system_clock, "benchmark", new_id=lambda: uuid4().hex)


def flood(database: Database, count: int) -> dict[str, float]:
    """Post and decide; seconds of each."""
    engine = engine_of(database, "10m")
    engine.tick()
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, count, BATCH):
        said = [
            Posted({"alertname": f"A{n % 50}", "service": f"s{n % 97}", "instance": f"i{n}"})
            for n in range(first, min(count, first + BATCH))
        ]
        intake.post(database, system_clock, said)
    posted = time.perf_counter()
    while engine.tick() <= system_clock():
        pass
    done = time.perf_counter()
    return {
        "post_seconds": posted - began,
        "decide_seconds": done - posted,
        "cpu_seconds": time.process_time() - cpu,
        "alerts_a_minute": count * 60 / (done - began),
    }


def delivered(database: Database) -> list[float]:
    """Seconds from a post to the request that tells of it."""
    arrived: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append(time.perf_counter())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    settings = WebhookSettings(kind="webhook", url=url, allow_private=True)
    ways = {"hook": Way(Webhook("hook", settings, system_clock, ""), per_minute=6000)}
    deliverer = Deliverer(database, ways, system_clock, "benchmark")
    engine = engine_of(database, "0s")
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            engine.tick()
            deliverer.wake()
            stop.wait(0.05)

    thread = threading.Thread(target=run)
    thread.start()
    deliverer.start()
    took: list[float] = []
    for number in range(ONE_BY_ONE):
        began = time.perf_counter()
        said = Posted({"alertname": f"one-{number}", "service": uuid4().hex})
        intake.post(database, system_clock, [said])
        while len(arrived) <= number:
            time.sleep(0.001)
        took.append(arrived[number] - began)
    stop.set()
    thread.join()
    deliverer.close()
    server.shutdown()
    server.server_close()
    return sorted(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=100_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        database = open_database(StoreSettings(), Path(first), system_clock)
        flooded = flood(database, wanted.alerts)
        database.close()
        database = open_database(StoreSettings(), Path(second), system_clock)
        took = delivered(database)
        database.close()
    print(
        json.dumps(
            {
                "benchmark": "alerts",
                "n": wanted.alerts,
                **{name: round(value, 3) for name, value in flooded.items()},
                "delivery_median_ms": round(statistics.median(took) * 1000, 1),
                "delivery_p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
