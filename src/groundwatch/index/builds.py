"""Builds that were asked for, the one under way, and when the next may begin."""

import threading
import time
from dataclasses import replace
from pathlib import Path

from groundwatch.errors import Unusable
from groundwatch.index import generations
from groundwatch.index.builder import BuildOrder
from groundwatch.index.building import Build, Progress
from groundwatch.index.place import IndexPlace
from groundwatch.index.policy import IndexStats, should_build

REST = 5.0
"""After a build that nobody asked for, growth waits so many times its duration for the next."""

RETRY_SECONDS = 10.0


class Builds:
    """At most one builder process at a time.

    A build that is asked for while another is under way begins after it: what was erased before
    the call is never in its result.

    Attributes:
        problem: why the last build failed; empty when it did not.
        done: the highest number of `ask` whose build is in use.
    """

    def __init__(self, place: IndexPlace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._build: Build | None = None
        self._asked = ""
        self._asks = self._building = self.done = 0
        self._not_before = 0.0
        self.problem = ""

    def ask(self, reason: str) -> int:
        """Have a build begin soon; returns a number that `done` reaches when it is in use."""
        with self._lock:
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
        folder = generations.next_folder(self._place.root)
        order = BuildOrder(
            store_url=self._place.store.url,
            data=str(self._place.data),
            folder=str(folder),
            model=stats.wanted.name,
            dimensions=stats.wanted.dimensions,
            average=average,
            graph_above=self._place.graph_above,
            background=not stats.damage,
        )
        self._build = Build(order, decision.reason, self._place.root / "build.log")

    def finished(self) -> Path | None:
        """The folder of a generation that was just built; None while there is none.

        A build that failed is noted as `problem` and tried again later.
        """
        if self._build is None or not self._build.finished():
            return None
        build, self._build = self._build, None
        seconds = build.progress().seconds
        try:
            build.check()
        except Unusable as error:
            self.failed(error)
            return None
        self._not_before = time.monotonic() + REST * seconds
        return build.folder

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
