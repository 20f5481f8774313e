"""How long a start takes, and how much memory a small installation.

The sample company as `make demo EXIT=1` runs it once everything is installed: cold (no data, no
prepared model) and warm (nothing changed), to the first cited answer. Memory is the sum of PSS
over the server and all its children: 10,000 chunks, the sample company among them, after 100
answers.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from benchmarks import stored, windows
from benchmarks.figures import Figure, at_most, middle, plain, show
from benchmarks.harness import (
    READER,
    Options,
    family,
    index_everything,
    install,
    load_average,
    options,
    proportional_megabytes,
    say,
    serving,
    wait_for,
)

HARBOR = Path("examples/harbor")
WARM_STARTS = 7
CHUNKS = 10_000
ANSWERS = 100
_SEED = 7


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        figures += starts(given, Path(folder) / "demo")
        figures += memory(given, Path(folder) / "small")
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


@dataclass(frozen=True, slots=True)
class Start:
    """One run of the demo: seconds to its marks, and processor seconds of all its processes."""

    indexed: float
    answered: float
    ended: float
    cpu: float


def starts(given: Options, root: Path) -> list[Figure]:
    """Cold once, then warm several times."""
    config = _company(root)
    say("cold start")
    cold = _start(config)
    warm = []
    for number in range(2 if given.quick else WARM_STARTS):
        say(f"warm start {number + 1}")
        warm.append(_start(config))
    first = middle([start.answered for start in warm])
    return [
        plain("cold start to first answer, packages installed", cold.answered, "s"),
        plain("cold start, indexed", cold.indexed, "s"),
        plain("cold start, CPU to the end", cold.cpu, "s"),
        at_most(f"warm start to first answer, median of {len(warm)}", first, "s", 8.0),
        plain("warm start, longest", max(start.answered for start in warm), "s"),
        plain("warm start, sources compared", middle([start.indexed for start in warm]), "s"),
        plain("warm start, ended", middle([start.ended for start in warm]), "s"),
        plain("warm start, CPU to the end", middle([start.cpu for start in warm]), "s"),
    ]


def _company(root: Path) -> Path:
    """The sample company with a data folder of its own; returns its configuration."""
    documents = root / "built"
    build = [sys.executable, HARBOR / "build.py", "--out", documents]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    yaml = YAML(typ="safe", pure=True)
    settings = yaml.load(HARBOR / "groundwatch.yaml")
    settings["data"] = str(root / "data")
    settings["sources"][0]["path"] = str(documents)
    config = root / "groundwatch.yaml"
    with config.open("w") as out:
        yaml.dump(settings, out)
    return config


def _start(config: Path) -> Start:
    command = [sys.executable, "-m", "groundwatch", "demo", "run", "--exit", "--config", config]
    cpu, began = _cpu_of_ended(), time.perf_counter()
    marks: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            for mark, sign in (("indexed", "Indexing"), ("answered", "  [1]")):
                if line.startswith(sign):
                    marks.setdefault(mark, time.perf_counter() - began)
    if run.returncode:
        raise SystemExit("the demo did not give the right answers")
    ended = time.perf_counter() - began
    return Start(marks["indexed"], marks["answered"], ended, _cpu_of_ended() - cpu)


def _cpu_of_ended() -> float:
    times = os.times()
    return times.children_user + times.children_system


def memory(given: Options, root: Path) -> list[Figure]:
    """A server that has parsed, indexed, answered."""
    installation = install(root, {})
    build = [sys.executable, HARBOR / "build.py", "--out", installation.documents]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    stored.fill(installation, given.data, 1_000 if given.quick else CHUNKS)
    questions = windows.queries(given.data)
    random.Random(_SEED).shuffle(questions)  # noqa: S311  a sample, not a secret
    with serving(installation) as server:
        index_everything(installation)
        headers = {"Authorization": f"Bearer {installation.key(READER)}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
            wait_for(lambda: client.get("/readyz").status_code == 200)
            client.get("/").raise_for_status()
            before = proportional_megabytes(family(server.process))
            for question in questions[: 10 if given.quick else ANSWERS]:
                client.post("/v1/answers", json={"question": question}).raise_for_status()
        busy = proportional_megabytes(family(server.process))
        wait_for(lambda: "parser processes" not in map(_role, family(server.process)))
        of_each: dict[str, float] = {}
        for process in family(server.process):
            role = _role(process)
            of_each[role] = of_each.get(role, 0.0) + proportional_megabytes([process])
    return [
        at_most("memory after 100 answers, PSS of all", sum(of_each.values()), "MB", 500.0),
        plain("memory while parsers wait for more files", busy, "MB"),
        plain("memory before the answers", before, "MB"),
        *(plain(f"memory, {role}", megabytes, "MB") for role, megabytes in of_each.items()),
    ]


def _role(process: psutil.Process) -> str:
    try:
        command: Sequence[str] = process.cmdline()
    except psutil.ZombieProcess:
        return "ended processes"
    if "run" in command:
        return f"{command[command.index('run') + 1]} process"
    if "serve" in command:
        return "serving process"
    return "parser processes" if any("parse" in part for part in command) else "other processes"


if __name__ == "__main__":
    main()
