"""What holds whatever happens, in any order, with every automatic step on."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.alerting.timeline import ROUTE, World

from groundwatch.alerting import acting
from groundwatch.domain.alerts import rank, severity_of
from groundwatch.store.alerts import incidents
from groundwatch.store.database import Database

NAMES = st.sampled_from("abcdef")
SEVERITIES = st.sampled_from(["low", "medium", "high", "critical"])
SETTINGS = {
    "route": {**ROUTE, "group_by": ["alertname", "n"], "repeat_interval": "1h", "escalation": "p"},
    "receivers": [{"name": "default", "channels": ["c"]}],
    "escalations": [{"name": "p", "steps": [{"after": "30s", "notify": ["d"]}]}],
    "inhibit_rules": [{"source_matchers": ["n=a"], "target_matchers": ["n=b"]}],
    "automatic": {
        "low_per_hour": 2,
        "storm": {"incidents": 2, "collect": "20s"},
        "similar_window": "15s",
        "flapping": {"opened": 3, "window": "2m", "hold": "20s"},
    },
}


class Laws(RuleBasedStateMachine):
    """Alerts come and go, people silence and acknowledge, processes restart."""

    database: Database

    @initialize()
    def begin(self) -> None:
        self.world = World(self.database, SETTINGS, ("c", "d"))
        self.firing: set[tuple[str, str]] = set()
        self.critical: dict[str, float] = {}
        self.silenced_until = 0.0

    def _pass(self, seconds: float) -> None:
        self.world.run(self.world.seconds + seconds)

    @rule(name=NAMES, severity=SEVERITIES)
    def fires(self, name: str, severity: str) -> None:
        self.world.fire(name, severity=severity)
        self.firing.add((name, severity))

    @rule(name=NAMES)
    def ends(self, name: str) -> None:
        for each in sorted(self.firing):
            if each[0] == name:
                self.world.resolve(name, severity=each[1])
        self.firing = {each for each in self.firing if each[0] != name}

    @rule(seconds=st.sampled_from([0.5, 2.0, 7.0, 40.0]))
    def waits(self, seconds: float) -> None:
        self._pass(seconds)

    @rule(seconds=st.sampled_from([3, 30]))
    def silences(self, seconds: int) -> None:
        self.world.silence("n=c", seconds)
        self.silenced_until = self.world.seconds + seconds

    @rule()
    def restarts(self) -> None:
        self.world.restart()

    @rule()
    def acknowledges(self) -> None:
        with self.world.database.read() as c:
            open_ = [each for each in incidents.unresolved(c) if each.told_at]
        if open_:
            said = acting.Acknowledgement("anna", self.world.now + timedelta(seconds=20))
            acting.acknowledge(self.world.database, open_[0].id, said, self.world.now)

    @rule(name=st.sampled_from("def"))
    def a_critical_one_is_told_within_its_wait(self, name: str) -> None:
        if any(each[0] == name for each in self.firing):
            return
        self._pass(60)  # whatever was there before is over, also what is kept open
        self.world.fire(name, severity="critical")
        self.firing.add((name, "critical"))
        began = self.world.seconds
        self._pass(3.5)
        told = [
            each
            for each in self.world.told
            if each.at >= began
            and any(
                alert.labels["n"] == name and alert.labels["severity"] == "critical"
                for alert in each.notice.firing()
            )
        ]
        assert told, f"{name} is critical and was not told"

    @invariant()
    def every_beginning_comes_before_its_end_and_there_is_one_end(self) -> None:
        if not hasattr(self, "world"):
            return
        ended: set[tuple[str, str]] = set()
        begun: set[tuple[str, str]] = set()
        for each in self.world.told:
            key = (each.notice.incident_id, each.channel)
            assert key not in ended, "nothing is told after the end"
            if each.notice.transition == "resolved":
                assert key in begun
                ended.add(key)
            else:
                begun.add(key)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for name, severity in sorted(self.firing):
            self.world.resolve(name, severity=severity)
        self._pass(200)
        begun: set[tuple[str, str]] = set()
        ended: set[tuple[str, str]] = set()
        for each in self.world.told:
            key = (each.notice.incident_id, each.channel)
            (ended if each.notice.transition == "resolved" else begun).add(key)
        assert begun == ended, "whoever was told hears of the end"
        with self.world.database.read() as c:
            assert incidents.unresolved(c) == []


def test_laws(new_database):
    class Here(Laws):
        def __init__(self) -> None:
            super().__init__()
            self.database = new_database("sqlite")

    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_ranks_rise_with_severity():
    order = ["info", "low", "medium", "high", "critical"]
    ranks = [rank(severity_of({"severity": each})) for each in order]
    assert ranks == sorted(ranks)
