"""Traces of three spans sent to Groundwatch's peers exactly as `otlp` sends them to Groundwatch."""

import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

import httpx

from benchmarks.figures import Figure, plain
from benchmarks.harness import cpu_seconds, family, proportional_megabytes, say, wait_for
from benchmarks.peers.trace_servers import PEERS, Started, TraceServer, started
from benchmarks.rag_traces import Traces

BATCH, CONNECTIONS, SPANS = 50, 2, 3
MILLISECONDS = 1_000.0
_AFTER_THE_LAST = 2.0
"""Seconds between the last acknowledgement and the kill: ample for whoever means to write."""


def peers(traces: int) -> list[Figure]:
    """Processor time of a durable trace and what a kill loses, for each peer."""
    figures: list[Figure] = []
    for peer in PEERS:
        with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
            figures += _cost(peer, Path(folder) / "cost", traces)
            figures += _loss(peer, Path(folder) / "loss", traces)
    return figures


def _cost(peer: TraceServer, folder: Path, traces: int) -> list[Figure]:
    with started(peer, folder) as running:
        if running is None:
            return []
        say(f"{peer.name}: {traces} traces")
        _send(running, BATCH * 2, seed=99)
        wait_for(lambda: running.spans() == BATCH * 2 * SPANS, 300)
        of = family(running.process)
        disk, before, began = _bytes(folder), cpu_seconds(of), time.perf_counter()
        _send(running, traces, seed=0)
        wait_for(lambda: running.spans() == (BATCH * 2 + traces) * SPANS, 900)
        seconds, taken = time.perf_counter() - began, cpu_seconds(of) - before
        name = f"otlp.{peer.name}"
        return [
            plain(f"{name}.durable.cpu", taken / traces * MILLISECONDS, "ms/trace"),
            plain(f"{name}.rate", traces / seconds, "traces/s"),
            plain(f"{name}.disk", (_bytes(folder) - disk) / traces, "B/trace"),
            plain(f"{name}.memory", proportional_megabytes(family(running.process)), "MB"),
        ]


def _loss(peer: TraceServer, folder: Path, traces: int) -> list[Figure]:
    with started(peer, folder) as running:
        if running is None:
            return []
        say(f"{peer.name}: kill -9 two seconds after the last acknowledgement")
        acknowledged = _send(running, traces, seed=7) * SPANS
        time.sleep(_AFTER_THE_LAST)
        running.kill()
        lost = acknowledged - running.spans()
        return [plain(f"otlp.{peer.name}.killed.missing", lost / acknowledged, "share of spans")]


def _send(running: Started, traces: int, seed: int) -> int:
    """Send over some connections, again what is asked for again; returns how many were taken."""
    made = Traces("openinference", time.time_ns(), seed)
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for _ in range(traces // BATCH):
        waiting.put(made.request(BATCH)[1])
    threads = [threading.Thread(target=_work, args=(running, waiting)) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return traces // BATCH * BATCH


def _work(running: Started, waiting: "SimpleQueue[bytes]") -> None:
    headers = {"Content-Type": "application/x-protobuf", **running.headers}
    with httpx.Client(base_url=running.url, headers=headers, timeout=120) as client:
        while True:
            try:
                data = waiting.get_nowait()
            except Empty:
                return
            while (reply := client.post("/v1/traces", content=data)).status_code != 200:
                assert reply.status_code in (429, 503), reply.text
                time.sleep(0.1)


def _bytes(folder: Path) -> int:
    files: Sequence[Path] = [each for each in folder.rglob("*") if each.is_file()]
    return sum(file.stat().st_size for file in files if file.name != "log")
