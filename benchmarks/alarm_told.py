"""Who is told of a fault: the engine and five channels to receivers on loopback, as time is moved.

Everything an application's alerts say is one incident; no rule is evaluated. Nobody answers the
first notice, so it escalates; then somebody takes it in hand.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.alerting.everybody import World, check_all, everybody, transitions

from benchmarks.figures import Figure, at_least, at_most, plain
from groundwatch.alerting.acting import Acknowledgement, acknowledge
from groundwatch.alerting.delivering import Deliverer
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.enriching import Enricher
from groundwatch.alerting.running import plan_of, way_of
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.domain.alerts import Incident
from groundwatch.store.alerts import incidents, outbox
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

POLICY = """
default_rules: false
receivers:
  - {{name: nobody}}
  - {{name: everybody, channels: [slack, pager, teams, mail, hook]}}
route:
  receiver: nobody
  routes:
    - {{matchers: ['application="{application}"', 'severity=~"medium|high|critical"'],
       receiver: everybody, group_by: [application], escalation: page}}
escalations:
  - {{name: page, steps: [{{after: 3m, notify: [next]}}]}}
"""
IN_HAND = timedelta(minutes=6)
"""After the first notice."""


class Told:
    """Decides and delivers whenever time has moved on; waits are those of the default policy."""

    def __init__(
        self,
        database: Database,
        events: EventStore,
        clock: Callable[[], datetime],
        world: World,
        settings: AlertingSettings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._world = world
        self._names = [*settings.channels]
        numbers = count()
        self._engine = Engine(
            database, plan_of(settings), clock, "one", new_id=lambda: f"incident-{next(numbers)}",
            enrich=Enricher("", events.events).details,
        )  # fmt: skip
        ways = {name: way_of(name, settings, clock, "") for name in self._names}
        self._deliverer = Deliverer(database, ways, clock, "one")

    def turn(self) -> None:
        """Decide what is due, deliver it, and take in hand what has waited for long."""
        self._engine.tick()
        for name in self._names:
            while self._deliverer.deliver(name):
                pass
        now = self._clock()
        for one in self._incidents():
            is_waiting = one.resolved_at is None and one.acknowledged_at is None
            if is_waiting and now >= one.opened_at + IN_HAND:
                acknowledge(self._database, one.id, Acknowledgement("ada"), now)

    def is_over(self) -> bool:
        """Whether there was an incident, and every one has ended."""
        found = self._incidents()
        return bool(found) and all(one.resolved_at is not None for one in found)

    def figures(self, name: str, begin: datetime) -> list[Figure]:
        """What the receivers saw, in minutes since a moment.

        Raises:
            AssertionError: a channel was not told as its receivers expect it.
        """
        found = self._incidents()
        if len(found) == 1:
            check_all(self._world, found[0].id)
        said = transitions(self._world.bodies("hook"))
        further = transitions(self._world.bodies("next"))
        with self._database.read() as c:
            sent = [row.finished_at for row in outbox.page(c, incident_id=found[-1].id)]
        first = min(at for at in sent if at is not None)
        return [
            at_most(f"{name}: incidents", len(found), "1", 1),
            plain(f"{name}: first notice after", (first - begin) / timedelta(minutes=1), "min"),
            at_most(f"{name}: begun and not ended", _open(said) + _open(further), "1", 0),
            at_least(f"{name}: escalated", further.count("escalated"), "1", 1),
        ]

    def _incidents(self) -> list[Incident]:
        with self._database.read() as c:
            return incidents.page(c, after="", limit=100, receiver="everybody")


def _open(said: list[str]) -> int:
    begun = said.count("firing") + ("escalated" in said)
    return begun - said.count("resolved")


@contextmanager
def telling(
    database: Database, events: EventStore, clock: Callable[[], datetime], application: str
) -> Generator[Told]:
    """Tell receivers of every kind about an application until the block ends."""
    with TemporaryDirectory() as root, everybody() as world:
        policy = Path(root) / "policy.yaml"
        policy.write_text(POLICY.format(application=application))
        settings = AlertingSettings.model_validate(
            {"policy": str(policy), "channels": world.channels()}
        )
        yield Told(database, events, clock, world, settings)
