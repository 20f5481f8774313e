"""How loaded the machine is, looked at once a second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from groundwatch.domain import metrics
from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import Point

MACHINE = ""
"""The application under which the machine's numbers are kept: it is nobody's."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the machine.

    Attributes:
        cpu, memory, disk: shares in use, 0 to 1; the disk is that of the data folder.
        network: bytes a second, sent and received; None at the first look.
        connections: that are open in our processes; None where that may not be seen.
        queues: entries waiting, by queue.
    """

    cpu: float
    memory: float
    disk: float
    network: float | None = None
    connections: int | None = None
    queues: Mapping[str, int] = field(default_factory=dict)

    def points(self) -> list[Point]:
        """What it adds to the cells."""
        found = [
            Point(metrics.CPU.name, self.cpu),
            Point(metrics.MEMORY.name, self.memory),
            Point(metrics.DISK.name, self.disk),
        ]
        if self.network is not None:
            found.append(Point(metrics.NETWORK.name, self.network))
        if self.connections is not None:
            found.append(Point(metrics.CONNECTIONS.name, float(self.connections)))
        for queue, waiting in self.queues.items():
            found.append(Point(metrics.QUEUE.name, float(waiting)))
            found.append(Point(metrics.QUEUE.name, float(waiting), "queue", queue))
        return found


class Machine:
    """Looks at the machine through psutil.

    Args:
        folder: the data folder; the disk that holds it counts, not `/`.
        now: monotonic seconds.
    """

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        import psutil  # type: ignore[import-untyped]

        self._psutil = psutil
        self._folder = str(folder)
        self._now = now
        self._bytes: tuple[float, int] | None = None
        psutil.cpu_percent(None)  # what it says next is since now

    def look(self) -> Sample:
        """Take a sample; CPU and network are means since the sample before."""
        psutil = self._psutil
        return Sample(
            cpu=_share(psutil.cpu_percent(None)),
            memory=_share(psutil.virtual_memory().percent),
            disk=_share(psutil.disk_usage(self._folder).percent),
            network=self._network(),
            connections=self._connections(),
        )

    def _network(self) -> float | None:
        counted = self._psutil.net_io_counters()
        if counted is None:  # a machine without a network
            return None
        now, total = self._now(), int(counted.bytes_sent + counted.bytes_recv)
        before, self._bytes = self._bytes, (now, total)
        if before is None or now <= before[0]:
            return None
        return max(0.0, (total - before[1]) / (now - before[0]))

    def _connections(self) -> int | None:
        """Connections of our own processes: those of this one's parent and its children."""
        psutil = self._psutil
        try:
            parent = psutil.Process().parent()
            if parent is None:
                return None
            family = [parent, *parent.children(recursive=True)]
            return sum(len(each.net_connections(kind="inet")) for each in family)
        except psutil.Error:  # may not be looked at, or is gone meanwhile
            return None


class Sampler:
    """Looks every second and writes a group of looks at once.

    Args:
        look: takes a sample.
        queues: what waits, by queue.
        add_points: adds to the minute of a moment, durably.
        batch: looks written together: a commit a second would keep the disk awake.
    """

    def __init__(
        self,
        look: Callable[[], Sample],
        queues: Callable[[], Mapping[str, int]],
        add_points: Callable[[datetime, str, list[Point]], object],
        clock: Clock,
        batch: int = 5,
    ) -> None:
        self._look = look
        self._queues = queues
        self._add_points = add_points
        self._clock = clock
        self._batch = batch
        self._waiting: list[Point] = []
        self._looks = 0
        self._minute: datetime | None = None

    def sample(self) -> None:
        """Look once; writes when the batch is full or a new minute has begun."""
        now = self._clock()
        minute = now.replace(second=0, microsecond=0)
        if self._minute not in (None, minute):
            self.write()
        self._minute = minute
        self._waiting += replace(self._look(), queues=self._queues()).points()
        self._looks += 1
        if self._looks >= self._batch:
            self.write()

    def write(self) -> None:
        """Write what was looked at; what is not taken is tried with the next."""
        if self._minute is None or not self._waiting:
            return
        self._add_points(self._minute, MACHINE, self._waiting)
        self._waiting, self._looks = [], 0


def _share(percent: float) -> float:
    return min(1.0, max(0.0, percent / 100))
