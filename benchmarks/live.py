"""Live numbers over websockets, to a hundred listeners at once.

A server with an hour of recorded interactions is listened to by a hundred clients in a process of
their own. How late an update is counts from the moment its numbers were taken for to the moment a
client has read it.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, at_most, percentile, plain, show
from benchmarks.harness import (
    ADMIN,
    cpu_seconds,
    family,
    install,
    load_average,
    options,
    say,
    serving,
)
from groundwatch.client import Client, Interaction, Options

LISTENERS = 100
SECONDS = 15.0
_NO_EMBEDDER = {"embedder": {"kind": "none"}}


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        figures += measure(Path(folder) / "live", 5.0 if given.quick else SECONDS)
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


def measure(root: Path, seconds: float) -> list[Figure]:
    """Record, then listen."""
    installation = install(root)
    installation.configure(settings=_NO_EMBEDDER)
    with serving(installation) as server:
        key = installation.key(ADMIN)
        _record(server.url, key)
        own = family(server.process)[:1]
        say(f"{LISTENERS} listen for {seconds:.0f} s")
        before = cpu_seconds(own)
        late = asyncio.run(_all(server.url, key, seconds))
        used = cpu_seconds(own) - before
    expected = LISTENERS * seconds
    return [
        plain("live.listeners", LISTENERS, "1"),
        plain("live.updates", len(late), "1"),
        plain("live.delivered", len(late) / expected, "ratio"),
        plain("live.late.p50", 1000 * percentile(late, 0.5), "ms"),
        plain("live.late.p95", 1000 * percentile(late, 0.95), "ms"),
        at_most("live.late.p99", 1000 * percentile(late, 0.99), "ms", 50.0),
        at_most("live.cpu", used / seconds, "cores", 0.25),
    ]


def _record(url: str, key: str) -> None:
    client = Client(url, key, "bench", options=Options(queue_bytes=100_000_000))
    for number in range(2_000):
        outcome = "failed" if number % 20 == 0 else "answered"
        one = Interaction("How long?", "26 weeks.", duration=0.1 + number % 10 / 10, cost=0.001)
        one.outcome, one.user, one.model = outcome, f"user-{number % 50}", f"model-{number % 3}"
        client.observe(one)
    assert client.close(60).complete


async def _all(url: str, key: str, seconds: float) -> list[float]:
    listener = Path(__file__).with_name("live_listeners.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(listener), url, str(LISTENERS), str(seconds),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate(key.encode())
    assert process.returncode == 0
    late: list[float] = json.loads(told)
    return late


if __name__ == "__main__":
    main()
