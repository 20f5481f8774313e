"""Parses files in a process of its own, so that a hostile file harms nothing else."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from math import ceil
from pathlib import PurePosixPath
from typing import Any

import psutil  # type: ignore[import-untyped]

from groundwatch.errors import DocumentRejected, GroundwatchError, Unavailable
from groundwatch.indexing.parse import frames
from groundwatch.indexing.parse.parsed import Parsed

_WATCH_SECONDS = 0.05
_NEAR_THE_LIMIT = 0.7
_END_SECONDS = 2.0
_CHILD = "groundwatch.indexing.parse.child"
_ENDED_FROM_OUTSIDE = (0, -signal.SIGTERM, -signal.SIGKILL, -signal.SIGINT, -signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class ParserLimits:
    """What one file may take.

    Attributes:
        seconds: time for one file, by the clock and of the processor.
        megabytes: memory of the process; a file that needs more is rejected.
        idle_seconds: how long an unused process is kept warm.
        kept_megabytes: a process that grew beyond this is replaced after its file.
    """

    seconds: float = 60.0
    megabytes: int = 1024
    idle_seconds: float = 30.0
    kept_megabytes: int = 256


class ParserProcess:
    """One warm child process, started when first needed; for one thread at a time."""

    def __init__(self, limits: ParserLimits) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, while it runs."""
        return self._child.pid if self._child else None

    def parse(self, name: str, data: bytes) -> Parsed:
        """Parse one file.

        Raises:
            DocumentRejected: also `timeout`, `out-of-memory`, and `corrupt` where the file made
                the process crash.
            Unavailable: the process was ended from outside, twice.
        """
        try:
            return self._parse_once(name, data)
        except _Ended as ended:
            if ended.code not in _ENDED_FROM_OUTSIDE:
                raise ended.error(name) from None
        try:
            return self._parse_once(name, data)
        except _Ended as ended:
            raise ended.error(name) from None

    def close(self) -> None:
        """End the child process."""
        self._end(kill=False)

    def _parse_once(self, name: str, data: bytes) -> Parsed:
        child = self._child or self._started()
        requests, answers = _descriptors(child)
        watch = _Watch(child.pid, self._limits, name)
        try:
            frames.send(requests, {"name": name, "data": data}, watch.wait)
            message = frames.receive(answers, watch.wait)
        except frames.PipeClosed:
            raise _Ended(self._end(kill=False), out_of_memory=watch.near_the_limit) from None
        except DocumentRejected:
            self._end(kill=True)
            raise
        if watch.megabytes() > self._limits.kept_megabytes:
            self._end(kill=False)
        return self._unpacked(message, watch, name)

    def _unpacked(self, message: dict[str, Any], watch: "_Watch", name: str) -> Parsed:
        try:
            return frames.unpack(message)
        except DocumentRejected as error:
            if error.reason == "corrupt" and watch.near_the_limit:
                # A library that gets no more memory takes the file for damaged.
                raise _out_of_memory(name, self._limits.megabytes) from None
            raise

    def _started(self) -> subprocess.Popen[bytes]:
        limits = self._limits
        arguments = [str(limits.megabytes), str(ceil(limits.seconds)), str(limits.idle_seconds)]
        self._child = subprocess.Popen(  # noqa: S603 - our own module, arguments are numbers
            [sys.executable, "-I", "-X", "utf8", "-m", _CHILD, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        os.set_blocking(_descriptors(self._child)[0], False)
        return self._child

    def _end(self, *, kill: bool) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        if kill:
            child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        try:
            return child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


class _Watch:
    """Looks at time and memory while the child works."""

    def __init__(self, pid: int, limits: ParserLimits, name: str) -> None:
        self._process = psutil.Process(pid)
        self._limits = limits
        self._name = PurePosixPath(name).name
        self._deadline = time.monotonic() + limits.seconds
        self._most = 0.0

    @property
    def near_the_limit(self) -> bool:
        return self._most > self._limits.megabytes * _NEAR_THE_LIMIT

    def wait(self) -> float:
        """Return how long to wait before the next look; reject the file that takes too much."""
        if time.monotonic() > self._deadline:
            problem = f"needs more than {self._limits.seconds:g} seconds"
            raise DocumentRejected("parse", "timeout", f"{self._name} {problem} to parse.")
        if self.megabytes() > self._limits.megabytes:
            raise _out_of_memory(self._name, self._limits.megabytes)
        return _WATCH_SECONDS

    def megabytes(self) -> float:
        """Return the memory the child holds now."""
        try:
            held = float(self._process.memory_info().rss) / 1_048_576
        except psutil.NoSuchProcess:
            held = 0.0
        self._most = max(self._most, held)
        return held


class _Ended(Exception):
    """The child went away instead of answering."""

    def __init__(self, code: int, *, out_of_memory: bool) -> None:
        super().__init__(code)
        self.code = code
        self._out_of_memory = out_of_memory

    def error(self, name: str) -> GroundwatchError:
        """Return what the caller is told: crashes are the file's fault, other ends are not."""
        name = PurePosixPath(name).name
        if self.code == -signal.SIGXCPU:
            return DocumentRejected("parse", "timeout", f"{name} takes too much processor time.")
        if self._out_of_memory or self.code == -signal.SIGKILL:
            return _out_of_memory(name, None)
        if self.code in _ENDED_FROM_OUTSIDE:
            return Unavailable("The parser process was ended from outside; try again.")
        how = f"signal {-self.code}" if self.code < 0 else f"exit code {self.code}"
        message = f"{name} makes the parser crash ({how}); save it again."
        return DocumentRejected("parse", "corrupt", message)


def _out_of_memory(name: str, megabytes: int | None) -> DocumentRejected:
    name = PurePosixPath(name).name
    limit = f" ({megabytes} MB allowed)" if megabytes else ""
    message = f"{name} takes too much memory to parse{limit}; split the document."
    return DocumentRejected("parse", "out-of-memory", message)


def _descriptors(child: subprocess.Popen[bytes]) -> tuple[int, int]:
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdin.fileno(), child.stdout.fileno()
