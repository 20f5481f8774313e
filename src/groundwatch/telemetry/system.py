"""How loaded the machine is, looked at once a second."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from groundwatch.domain import metrics
from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import Point
from groundwatch.store.events.commits import Committed

MACHINE = ""
"""The application under which the machine's numbers are kept: it is nobody's."""
_MOST_LOOKS = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the machine.

    Attributes:
        cpu, memory, disk: shares in use, 0 to 1; the disk is that of the data folder,
            None when it is gone.
        network: bytes a second, sent and received; None at the first look.
        connections: that are open in our processes; None where that may not be seen, or was not
            looked at this time.
        queues: entries waiting, by queue; as for connections.
        lag: seconds that the oldest answer without scores has waited, 0 when none waits; as for
            connections.
    """

    cpu: float
    memory: float
    disk: float | None = None
    network: float | None = None
    connections: int | None = None
    queues: Mapping[str, int] = field(default_factory=dict)
    lag: float | None = None

    def points(self) -> list[Point]:
        """What it adds to the cells."""
        found = [
            Point(metrics.CPU.name, self.cpu),
            Point(metrics.MEMORY.name, self.memory),
        ]
        if self.disk is not None:
            found.append(Point(metrics.DISK.name, self.disk))
        if self.network is not None:
            found.append(Point(metrics.NETWORK.name, self.network))
        if self.connections is not None:
            found.append(Point(metrics.CONNECTIONS.name, float(self.connections)))
        for queue, waiting in self.queues.items():
            found.append(Point(metrics.QUEUE.name, float(waiting)))
            found.append(Point(metrics.QUEUE.name, float(waiting), "queue", queue))
        if "scoring" in self.queues:
            found.append(Point(metrics.BACKLOG.name, float(self.queues["scoring"])))
        if self.lag is not None:
            found.append(Point(metrics.LAG.name, self.lag))
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
            disk=self._disk(),
            network=self._network(),
        )

    def _disk(self) -> float | None:
        try:
            return _share(self._psutil.disk_usage(self._folder).percent)
        except OSError:
            return None

    def _network(self) -> float | None:
        counted = self._psutil.net_io_counters()
        if counted is None:  # a machine without a network
            return None
        now, total = self._now(), int(counted.bytes_sent + counted.bytes_recv)
        before, self._bytes = self._bytes, (now, total)
        if before is None or now <= before[0]:
            return None
        return max(0.0, (total - before[1]) / (now - before[0]))

    def connections(self) -> int | None:
        """Connections of our own processes: those of this one's parent and its children.

        Takes some milliseconds, so not every look has them.
        """
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
    """Looks every second and writes a group of looks at once: a commit a second is too many.

    Args:
        look: takes a sample.
        complete: adds to a sample what is costly to look at; called once a group.
        add_points: adds to the minute of a moment, durably.
        batch: looks written together.
    """

    def __init__(
        self,
        look: Callable[[], Sample],
        complete: Callable[[Sample], Sample],
        add_points: Callable[[datetime, str, list[Point]], object],
        clock: Clock,
        batch: int = 5,
    ) -> None:
        self._look = look
        self._complete = complete
        self._add_points = add_points
        self._clock = clock
        self._batch = batch
        self._looks: list[Sample] = []
        self._minute: datetime | None = None

    def sample(self) -> None:
        """Look once; writes when the group is full or a new minute has begun."""
        minute = self._clock().replace(second=0, microsecond=0)
        if self._minute is not None and minute != self._minute:
            self.write()
        self._minute = minute
        sample = self._look()
        if not self._looks:
            sample = self._complete(sample)
        self._looks.append(sample)
        if len(self._looks) >= self._batch:
            self.write()

    def write(self) -> None:
        """Write what was looked at.

        Raises:
            Transient: the store does not take it now; it is written with the next, but for what is
                older than a minute.
        """
        if self._minute is None or not self._looks:
            return
        points = [point for sample in self._looks for point in sample.points()]
        self._looks = self._looks[-_MOST_LOOKS:]
        self._add_points(self._minute, MACHINE, points)
        self._looks = []


def lag(oldest: datetime | None, now: datetime) -> float:
    """Seconds since a moment; 0 without one."""
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def commit_points(committed: Iterable[Committed]) -> list[Point]:
    """What transactions of the event store add to the cells."""
    return [
        point
        for each in committed
        for point in (
            Point(metrics.COMMIT.name, each.seconds),
            Point(metrics.COMMIT_SIZE.name, float(each.works)),
        )
    ]


def _share(percent: float) -> float:
    return min(1.0, max(0.0, percent / 100))
