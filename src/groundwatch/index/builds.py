"""Builds that were asked for, the one under way, and when the next may begin."""

import threading
import time
from dataclasses import replace

from groundwatch.errors import Unusable
from groundwatch.index.backend import Backend, Build, Priority, Progress
from groundwatch.index.policy import IndexStats, should_build

REST = 5.0
"""After a build that nobody asked for, growth waits so many times its duration for the next."""

RETRY_SECONDS = 10.0


class Builds:
    """At most one build at a time.

    A build that is asked for while another is under way begins after it: what was erased before
    the call is never in its result.

    Attributes:
        problem: why the last build failed; empty when it did not.
        done: the highest number of `ask` whose build is in use.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = threading.Lock()
        self._build: Build | None = None
        self._asked = ""
        self._asks = self._building = self.done = 0
        self._not_before = 0.0
        self.problem = ""

    def ask(self, reason: str) -> int:
        """Have a build begin soon; returns a number that `done` reaches when it is in use.

        It does not wait for the time at which one that failed is tried again.
        """
        with self._lock:
            self._not_before = 0.0
            self._asks += 1
            self._asked = reason
            return self._asks

    def progress(self) -> Progress | None:
        build = self._build
        return build.progress() if build else None

    def under_way(self) -> bool:
        return self._build is not None

    def consider(self, stats: IndexStats, average: float) -> None:
        """Begin a build if there is a reason and it is time."""
        with self._lock:
            stats = replace(stats, asked=self._asked)
        urgent = bool(stats.damage or stats.asked) and not self.problem
        decision = should_build(stats)
        if not decision.build or (time.monotonic() < self._not_before and not urgent):
            return
        with self._lock:
            self._asked, self._building = "", self._asks
        self._build = self._backend.begin(decision.reason, average, _priority(stats))

    def finished(self) -> bool:
        """Whether a generation was just built.

        A build that failed is noted as `problem` and tried again later.
        """
        if self._build is None or not self._build.finished():
            return False
        build, self._build = self._build, None
        seconds = build.progress().seconds
        try:
            build.check()
        except Unusable as error:
            self.failed(error)
            return False
        self._not_before = time.monotonic() + REST * seconds
        return True

    def succeeded(self) -> None:
        """What was built is in use."""
        self.problem = ""
        self.done = self._building

    def failed(self, error: Unusable) -> None:
        """What was built cannot be used; whoever asked still waits for a build."""
        self.problem = str(error)
        self._not_before = time.monotonic() + RETRY_SECONDS
        with self._lock:
            if self._building > self.done and not self._asked:
                self._asked = "another attempt"

    def close(self) -> None:
        """End the build under way."""
        if self._build:
            self._build.cancel()
            self._build = None


def _priority(stats: IndexStats) -> Priority:
    """Nothing answers while an index is damaged; for growth nobody waits."""
    if stats.damage:
        return Priority.NORMAL
    return Priority.LOW if stats.asked else Priority.IDLE
