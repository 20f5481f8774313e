"""What the watch costs those who ask.

A server answers questions at 30 % of what it can, sent at fixed moments whatever becomes of those
before; an answer's time counts from the moment it should have been asked. In turn, in short blocks,
the watch works (it scores our answers, folds, judges) or is held still. Each block has its
counterpart right beside it, the order turned each time, so that what else goes on in the machine
meets both. The ratio of the two p95 is what watching costs; its interval comes from drawing such
rounds again and again. What was not scored in a block is scored in the next ones, so that a watch
that works never rests. Then the same while it takes 20 traces a second of other applications.
Beside it: the processor time of serving and engine for an answer, which no neighbour disturbs.
"""

import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
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
)
from benchmarks.rag_traces import CONVENTIONS, Traces

SHARE = 0.3
TRACES_A_SECOND, REQUESTS_A_SECOND = 20, 4
ASKERS = 4
SETTINGS = {"embedder": {"cache": {"max_bytes": 0}}, "otlp": {"quiet_seconds": 1}}
"""Traces are put together a second after they came, so that it happens in the block."""
_LATE = 0.02
_DRAWS = 2_000
_SEED = 7
MILLISECONDS = 1_000.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long all of it takes; `blocks` of each kind."""

    documents: int
    warm: float
    seconds: float
    blocks: int


FULL, QUICK = Plan(500, 5.0, 4.0, 12), Plan(100, 2.0, 1.5, 3)


class Kind(StrEnum):
    """What the watch does in a block."""

    HELD = "held"
    OURS = "ours"
    TRACES = "traces"


@dataclass(frozen=True, slots=True)
class Block:
    """What happened in a block.

    Attributes:
        seconds: times of answers.
        late: how many were asked for late by this process itself.
        answering: processor time of serving and engine.
        watching: processor time of the watch.
    """

    seconds: list[float]
    late: int
    answering: float
    watching: float


Round = dict[Kind, Block]


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
            figures = [
                figure
                for kind in (Kind.OURS, Kind.TRACES)
                for figure in _figures(
                    kind,
                    _in_turn(kind, installation, server, client, questions, (rate, plan)),
                    plan.seconds,
                )
            ]
    return [
        plain("watching.capacity", capacity, "answers/s"),
        plain("watching.rate", rate, "answers/s"),
        *figures,
    ]


def _figures(kind: Kind, rounds: Sequence[Round], seconds: float) -> list[Figure]:
    drawn = random.Random(_SEED)  # noqa: S311  a sample, not a secret
    ratios = [_ratio(drawn.choices(rounds, k=len(rounds)), kind) for _ in range(_DRAWS)]
    name, found = f"watching.{kind}.p95.ratio", _ratio(rounds, kind)
    return [
        *_told(f"{kind}.{Kind.HELD}", _of(rounds, Kind.HELD), seconds),
        *_told(kind, _of(rounds, kind), seconds),
        at_most(name, found, "x", 1.05) if kind is Kind.OURS else plain(name, found, "x"),
        plain(f"{name}.from", percentile(ratios, 0.025), "x"),
        plain(f"{name}.to", percentile(ratios, 0.975), "x"),
        plain(f"watching.{kind}.late", sum(b.late for r in rounds for b in r.values()), "1"),
    ]


def _told(name: str, blocks: Sequence[Block], seconds: float) -> list[Figure]:
    found = _all(blocks)
    answering = sum(each.answering for each in blocks) / len(found)
    watching = sum(each.watching for each in blocks) / (len(blocks) * seconds)
    return [
        plain(f"watching.{name}.answers", len(found), "1"),
        plain(f"watching.{name}.p50", percentile(found, 0.5) * MILLISECONDS, "ms"),
        plain(f"watching.{name}.p95", percentile(found, 0.95) * MILLISECONDS, "ms"),
        plain(f"watching.{name}.answering", answering * MILLISECONDS, "ms CPU"),
        plain(f"watching.{name}.watch", watching, "cores"),
    ]


def _ratio(rounds: Sequence[Round], kind: Kind) -> float:
    """The p95 of all answers with the watch at work, through that with it held."""
    on, off = _of(rounds, kind), _of(rounds, Kind.HELD)
    return percentile(_all(on), 0.95) / percentile(_all(off), 0.95)


def _of(rounds: Sequence[Round], kind: Kind) -> list[Block]:
    return [each[kind] for each in rounds]


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


def _in_turn(  # noqa: PLR0917  everything it takes
    kind: Kind,
    installation: Installation,
    server: Server,
    client: httpx.Client,
    questions: list[str],
    pace: tuple[float, Plan],
) -> list[Round]:
    """Blocks with the watch at work and held beside each other, the order turned each time."""
    rate, plan = pace
    watch, engine = (_process(server, role) for role in ("watch", "engine"))
    key = installation.key(ADMIN)
    files = [installation.folder.root / "groundwatch.db"]
    files += (installation.folder.root / "events").glob("*.sqlite")

    def block(number: int) -> Block:
        first = number * int(rate * plan.seconds) % len(questions)  # the same for all of a round
        answering, watching = cpu_seconds([server.process, engine]), cpu_seconds([watch])
        seconds, late = _block(client, questions[first:] + questions[:first], rate, plan.seconds)
        answering = cpu_seconds([server.process, engine]) - answering
        return Block(seconds, late, answering, cpu_seconds([watch]) - watching)

    rounds: list[Round] = []
    kinds = [Kind.HELD, kind]
    for number in range(plan.blocks):
        found: Round = {}
        for each in kinds:
            with _doing(each, server, key, plan.seconds, (watch, files)):
                found[each] = block(number)
        kinds.reverse()
        rounds.append(found)
        say(f"{kind}, round {number + 1} of {plan.blocks}: p95 {_ratio([found], kind):.2f} times")
    return rounds


@contextmanager
def _doing(
    kind: Kind,
    server: Server,
    key: str,
    seconds: float,
    held: tuple[psutil.Process, Sequence[Path]],
) -> Generator[None]:
    match kind:
        case Kind.HELD:
            with _held(*held):
                yield
        case Kind.OURS:
            yield
        case Kind.TRACES:
            with _traces(server, key, seconds):
                yield


def _process(server: Server, role: str) -> psutil.Process:
    found = [each for each in server.process.children() if role in each.cmdline()]
    assert len(found) == 1, found
    return found[0]


@contextmanager
def _held(process: psutil.Process, files: Sequence[Path]) -> Generator[None]:
    """Hold a process still, at a moment at which it keeps nobody from writing."""
    process.suspend()
    while not all(_is_free(file) for file in files):
        process.resume()
        time.sleep(0.003)
        process.suspend()
    try:
        yield
    finally:
        process.resume()


def _is_free(file: Path) -> bool:
    """Whether another process can write to a database."""
    with closing(sqlite3.connect(file, timeout=0.02, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.execute("ROLLBACK")
        return True


def _block(
    client: httpx.Client, questions: Sequence[str], rate: float, seconds: float
) -> tuple[list[float], int]:
    """Ask at fixed moments; times count from when a question was due."""
    began = time.perf_counter() + 0.1
    asked: list[Future[float]] = []
    late = 0

    def one(due: float, question: str) -> float:
        _ask(client, question)
        return time.perf_counter() - due

    with ThreadPoolExecutor(32) as pool:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            late += time.perf_counter() - due > _LATE
            asked.append(pool.submit(one, due, questions[number % len(questions)]))
    return [each.result() for each in asked], late


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


if __name__ == "__main__":
    main()
