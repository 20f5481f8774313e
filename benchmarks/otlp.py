"""What taking traces over OTLP costs, and whether any is lost when the watch is killed.

`groundwatch serve` takes traces of three spans, 50 a request, over two connections, as fast as they
are taken. Processor time is that of all of the server's processes: `durable` until the last request
was answered, `whole` until the last trace has become an interaction with all its numbers, which is
done at low priority after the answer (it holds 15 seconds of whatever else the server does, and the
beginning of scoring). Then the watch process is killed in the middle of the load, three times, and
every acknowledged trace is looked for. The same traces go to Phoenix and MLflow in the same run.
"""

import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

import httpx

from benchmarks import traces_beside
from benchmarks.figures import Figure, at_most, percentile, plain, show
from benchmarks.harness import (
    ADMIN,
    Installation,
    Server,
    cpu_seconds,
    family,
    install,
    load_average,
    options,
    proportional_megabytes,
    say,
    serving,
    wait_for,
)
from benchmarks.rag_traces import CONVENTIONS, Traces
from groundwatch.app.ground import open_ground
from groundwatch.domain.clock import system_clock
from groundwatch.store.events import EventStore, open_events

BATCH, CONNECTIONS = 50, 2
PEERS_TRACES = 500
SETTINGS = {"embedder": {"kind": "none"}, "otlp": {"quiet_seconds": 15}}
"""So long a pause keeps what follows the answer apart from what comes before it."""
HEADERS = {"Content-Type": "application/x-protobuf"}
MILLISECONDS = 1_000.0

Requests = list[tuple[list[str], bytes]]


@dataclass
class Sent:
    """What became of requests."""

    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    again: int = 0


def main() -> None:
    given = options(__doc__)
    traces = 500 if given.quick else 3_000
    figures = [plain("otlp.load_average", load_average(), "1")]
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        installation = install(Path(folder) / "watched", SETTINGS, own_models=True)
        key = installation.key(ADMIN)
        with serving(installation) as server:
            _send(server, key, _requests(CONVENTIONS[0], BATCH * 4, seed=99))
            for convention in CONVENTIONS:
                _until_settled(installation)
                _until_scored(installation)
                say(f"{convention}: {traces} traces")
                figures += _measured(installation, server, key, convention, traces)
            say("kill -9 under load")
            figures += _killed(installation, server, key, traces)
    show([*figures, *_beside(figures, traces_beside.peers(PEERS_TRACES))])


def _beside(ours: Sequence[Figure], theirs: Sequence[Figure]) -> list[Figure]:
    """What the peers came to, and how often our processor time fits into theirs."""
    [mine] = [each.value for each in ours if each.name == "otlp.openinference.durable.cpu"]
    return [
        Figure(**{**asdict(each), "ratio": each.value / mine, "peer": each.name.split(".")[1]})
        if each.name.endswith("durable.cpu")
        else each
        for each in theirs
    ]


def _requests(convention: str, traces: int, seed: int) -> Requests:
    made = Traces(convention, time.time_ns(), seed)
    return [made.request(BATCH) for _ in range(traces // BATCH)]


def _measured(
    installation: Installation, server: Server, key: str, convention: str, traces: int
) -> list[Figure]:
    requests = _requests(convention, traces, seed=CONVENTIONS.index(convention))
    of = family(server.process)
    disk, before = _bytes(installation), cpu_seconds(of)
    began = time.perf_counter()
    sent = _send(server, key, requests)
    taken, seconds = cpu_seconds(of) - before, time.perf_counter() - began
    _until_settled(installation)
    whole = cpu_seconds(of) - before
    name = f"otlp.{convention}"
    return [
        at_most(f"{name}.durable.cpu", taken / traces * MILLISECONDS, "ms/trace", 0.5),
        plain(f"{name}.whole.cpu", whole / traces * MILLISECONDS, "ms/trace"),
        plain(f"{name}.rate", traces / seconds, "traces/s"),
        plain(f"{name}.request.p50", percentile(sent.seconds, 0.5) * MILLISECONDS, "ms"),
        plain(f"{name}.request.p95", percentile(sent.seconds, 0.95) * MILLISECONDS, "ms"),
        plain(f"{name}.body", sum(len(data) for _, data in requests) / traces, "B/trace"),
        plain(f"{name}.disk", (_bytes(installation) - disk) / traces, "B/trace"),
        plain(f"{name}.memory", proportional_megabytes(family(server.process)), "MB"),
        plain(f"{name}.again", sent.again, "1"),
        at_most(f"{name}.missing", _missing(installation, sent.acknowledged), "traces", 0),
    ]


def _killed(installation: Installation, server: Server, key: str, traces: int) -> list[Figure]:
    requests = _requests("openinference", traces, seed=7)
    stop = threading.Event()

    def kill() -> None:
        for _ in range(3):
            if stop.wait(0.4):
                return
            for process in server.process.children():
                if "watch" in process.cmdline():
                    process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    sent = _send(server, key, requests)
    stop.set()
    killer.join()
    _until_settled(installation)
    return [
        plain("otlp.killed.acknowledged", len(sent.acknowledged), "traces"),
        plain("otlp.killed.again", sent.again, "requests"),
        at_most("otlp.killed.missing", _missing(installation, sent.acknowledged), "traces", 0),
    ]


def _send(server: Server, key: str, requests: Requests) -> Sent:
    """Send requests over some connections; what is asked for again is sent again."""
    waiting: SimpleQueue[tuple[list[str], bytes]] = SimpleQueue()
    for request in requests:
        waiting.put(request)
    sent = Sent()

    def work() -> None:
        headers = {"Authorization": f"Bearer {key}", **HEADERS}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
            while True:
                try:
                    ids, data = waiting.get_nowait()
                except Empty:
                    return
                _deliver(client, ids, data, sent)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent


def _deliver(client: httpx.Client, ids: Sequence[str], data: bytes, sent: Sent) -> None:
    while True:
        began = time.perf_counter()
        reply = client.post("/v1/traces", content=data)
        if reply.status_code == 200:
            sent.seconds.append(time.perf_counter() - began)
            sent.acknowledged += ids
            return
        assert reply.status_code in (429, 503), reply.text
        sent.again += 1
        time.sleep(0.1)


def _until_settled(installation: Installation) -> None:
    with _events(installation) as events:
        wait_for(lambda: not events.open_traces(limit=1), 300)


def _until_scored(installation: Installation) -> None:
    with _events(installation) as events:
        wait_for(lambda: not events.backlog(), 600)


def _missing(installation: Installation, ids: Sequence[str]) -> int:
    """How many acknowledged traces lack a span or their interaction."""
    with _events(installation) as events:
        recorded = events.known(ids)
        return sum(each not in recorded or events.span_count(each) != 3 for each in ids)


def _bytes(installation: Installation) -> int:
    folder = installation.folder.root / "events"
    return sum(file.stat().st_size for file in folder.glob("*") if file.is_file())


@contextmanager
def _events(installation: Installation) -> Generator[EventStore]:
    config = installation.config()
    with open_ground(config, system_clock) as ground:
        events = open_events(config.store, config.data, ground.database, system_clock)
        try:
            yield events
        finally:
            events.close()


if __name__ == "__main__":
    main()
