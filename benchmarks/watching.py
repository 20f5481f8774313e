"""What the watch costs those who ask.

A server answers questions at 30 % of what it can, sent at fixed moments whatever becomes of those
before; an answer's time counts from the moment it should have been asked. In turn, block by block,
the watch works (it takes 20 traces a second over OTLP, puts them together, scores them and our own
answers, and folds) or is held still and gets nothing. The ratio of the two p95 is what watching
costs. Each working block begins when nothing of the block before waits for scores.
"""

import random
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from benchmarks.corpora import Corpus, read_corpus, write_files
from benchmarks.figures import Figure, at_most, percentile, plain, show
from benchmarks.harness import (
    ADMIN,
    READER,
    Installation,
    Options,
    Server,
    cpu_seconds,
    index_everything,
    install,
    load_average,
    options,
    say,
    serving,
    wait_for,
)
from benchmarks.rag_traces import CONVENTIONS, Traces
from groundwatch.app.ground import open_ground
from groundwatch.domain.clock import system_clock
from groundwatch.store.events import open_events

SHARE = 0.3
TRACES_A_SECOND, REQUESTS_A_SECOND = 20, 4
ASKERS = 4
SETTINGS = {"embedder": {"cache": {"max_bytes": 0}}, "otlp": {"quiet_seconds": 1}}
"""Traces are put together a second after they came, so that it happens in the block."""
_LATE = 0.02
_SEED = 7
MILLISECONDS = 1_000.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long all of it takes; `blocks` of each kind."""

    documents: int
    warm: float
    seconds: float
    blocks: int


FULL, QUICK = Plan(5_000, 15.0, 20.0, 6), Plan(100, 3.0, 4.0, 1)


@dataclass(frozen=True, slots=True)
class Block:
    """Times of answers, in seconds, and how many were asked for late by this process itself."""

    seconds: list[float]
    late: int


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        figures += measure(given, Path(folder) / "watched", QUICK if given.quick else FULL)
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


def measure(given: Options, root: Path, plan: Plan) -> list[Figure]:
    """Find the capacity, then blocks in turn."""
    corpus = read_corpus(given.data / "retrieval" / "dbpedia_entity")
    installation = install(root, SETTINGS)
    write_files(corpus.documents[: plan.documents], installation.documents)
    questions = _questions(corpus)
    with serving(installation) as server:
        say(f"indexing {plan.documents} documents")
        index_everything(installation)
        with _asking(installation, server) as client:
            _capacity(client, questions, plan.warm)
            capacity = _capacity(client, questions, plan.warm)
            say(f"capacity {capacity:.1f} answers/s")
            rate = SHARE * capacity
            on, off, used = _in_turn(installation, server, client, questions, (rate, plan))
    return _figures(capacity, rate, on, off, used)


def _figures(
    capacity: float, rate: float, on: Sequence[Block], off: Sequence[Block], used: float
) -> list[Figure]:
    with_it, without = _all(on), _all(off)
    p95, base = percentile(with_it, 0.95), percentile(without, 0.95)
    ratios = [
        percentile(a.seconds, 0.95) / percentile(b.seconds, 0.95)
        for a, b in zip(on, off, strict=True)
    ]
    return [
        plain("watching.capacity", capacity, "answers/s"),
        plain("watching.rate", rate, "answers/s"),
        plain("watching.on.answers", len(with_it), "1"),
        plain("watching.off.answers", len(without), "1"),
        plain("watching.on.p50", percentile(with_it, 0.5) * MILLISECONDS, "ms"),
        plain("watching.off.p50", percentile(without, 0.5) * MILLISECONDS, "ms"),
        plain("watching.on.p95", p95 * MILLISECONDS, "ms"),
        plain("watching.off.p95", base * MILLISECONDS, "ms"),
        at_most("watching.p95.ratio", p95 / base, "x", 1.05),
        plain("watching.p95.ratio.least", min(ratios), "x"),
        plain("watching.p95.ratio.most", max(ratios), "x"),
        plain("watching.cpu", used, "cores"),
        plain("watching.asked.late", sum(each.late for each in (*on, *off)), "1"),
    ]


def _all(blocks: Sequence[Block]) -> list[float]:
    return [seconds for block in blocks for seconds in block.seconds]


def _questions(corpus: Corpus) -> list[str]:
    found = list(corpus.queries.values())
    random.Random(_SEED).shuffle(found)  # noqa: S311  a sample, not a secret
    return found


@contextmanager
def _asking(installation: Installation, server: Server) -> Generator[httpx.Client]:
    headers = {"Authorization": f"Bearer {installation.key(READER)}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


def _ask(client: httpx.Client, question: str) -> None:
    client.post("/v1/answers", json={"question": question}).raise_for_status()


def _capacity(client: httpx.Client, questions: Sequence[str], seconds: float) -> float:
    """Answers a second to a few who each ask again at once."""
    began = time.perf_counter()
    counts = [0] * ASKERS

    def asker(place: int) -> None:
        while time.perf_counter() - began < seconds:
            _ask(client, questions[(place + ASKERS * counts[place]) % len(questions)])
            counts[place] += 1

    threads = [threading.Thread(target=asker, args=(place,)) for place in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def _in_turn(
    installation: Installation,
    server: Server,
    client: httpx.Client,
    questions: Sequence[str],
    pace: tuple[float, Plan],
) -> tuple[list[Block], list[Block], float]:
    """Blocks with and without the watch, the order turned each time; and the watch's processor."""
    rate, plan = pace
    watch = _watch(server)
    key = installation.key(ADMIN)
    on: list[Block] = []
    off: list[Block] = []
    used = 0.0
    for number in range(plan.blocks):
        for works in (True, False) if number % 2 else (False, True):
            _until_scored(installation)
            say(f"block {number + 1} of {plan.blocks}, the watch {'works' if works else 'rests'}")
            if works:
                with _traces(server, key, plan.seconds):
                    before = cpu_seconds([watch])
                    on.append(_block(client, questions, rate, plan.seconds))
                    used += cpu_seconds([watch]) - before
            else:
                with _held(watch):
                    off.append(_block(client, questions, rate, plan.seconds))
    return on, off, used / (plan.blocks * plan.seconds)


def _watch(server: Server) -> psutil.Process:
    found = [each for each in server.process.children() if "watch" in each.cmdline()]
    assert len(found) == 1, found
    return found[0]


@contextmanager
def _held(process: psutil.Process) -> Generator[None]:
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def _block(client: httpx.Client, questions: Sequence[str], rate: float, seconds: float) -> Block:
    """Ask at fixed moments; times count from when a question was due."""
    began = time.perf_counter() + 0.1
    taken: list[float] = []
    late = 0

    def one(due: float, question: str) -> None:
        _ask(client, question)
        taken.append(time.perf_counter() - due)

    with ThreadPoolExecutor(32) as pool:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            late += time.perf_counter() - due > _LATE
            pool.submit(one, due, questions[number % len(questions)])
    assert len(taken) == int(rate * seconds), "some answers failed"
    return Block(taken, late)


@contextmanager
def _traces(server: Server, key: str, seconds: float) -> Generator[None]:
    """20 traces a second from a thread until the block ends; they are made beforehand."""
    made = Traces(CONVENTIONS[0], time.time_ns(), time.time_ns() % 1_000_000)
    each = TRACES_A_SECOND // REQUESTS_A_SECOND
    bodies = [made.request(each)[1] for _ in range(int(seconds * REQUESTS_A_SECOND))]
    stop = threading.Event()
    problems: list[str] = []

    def send() -> None:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-protobuf"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
            for body in bodies:
                reply = client.post("/v1/traces", content=body)
                if reply.status_code != 200:
                    problems.append(reply.text)
                if stop.wait(1 / REQUESTS_A_SECOND):
                    return

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert problems == []


def _until_scored(installation: Installation) -> None:
    config = installation.config()
    with open_ground(config, system_clock) as ground:
        events = open_events(config.store, config.data, ground.database, system_clock)
        try:
            wait_for(lambda: not events.open_traces(limit=1) and not events.backlog(), 900)
        finally:
            events.close()


if __name__ == "__main__":
    main()
