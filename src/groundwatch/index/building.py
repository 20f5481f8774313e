"""The index process's side of a build: starts the builder, watches it, ends it."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from groundwatch.errors import Unusable
from groundwatch.index.backend import Progress
from groundwatch.index.builder import BuildOrder


class BuilderProcess:
    """A builder process at work.

    Args:
        order: what it builds.
        reason: why, for the status.
        log: where its error output goes.
    """

    def __init__(self, order: BuildOrder, reason: str, log: Path) -> None:
        self._name = Path(order.folder).name
        self._reason = reason
        self._log = log
        self._began = time.monotonic()
        self._points = 0
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "groundwatch.index.builder"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, name="index-build", daemon=True)
        self._give(order)
        self._reader.start()

    def progress(self) -> Progress:
        return Progress(self._reason, self._points, time.monotonic() - self._began)

    def finished(self) -> bool:
        return self._process.poll() is not None and not self._reader.is_alive()

    def check(self) -> None:
        """Raise Unusable when the finished build failed."""
        self._end()
        if self._process.returncode != 0:
            raise Unusable(
                f"building {self._name} failed with code {self._process.returncode}; "
                f"{self._log} says why"
            )

    def cancel(self) -> None:
        self._process.kill()
        self._end()

    def _end(self) -> None:
        self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None
        self._process.stdin.close()

    def _give(self, order: BuildOrder) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(order.text() + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._points = json.loads(line)["points"]
