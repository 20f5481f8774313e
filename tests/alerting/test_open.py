"""What of alerting the live numbers say."""

from tests.alerting.timeline import OFF, ROUTE, World

from groundwatch.alerting import acting
from groundwatch.app.telemetry import open_alerts
from groundwatch.store.database import Database


def test_open_incidents_are_told_live_the_worst_first(database: Database):
    world = World(database, {"route": {**ROUTE, "group_by": ["alertname", "n"]}, "automatic": OFF})
    nothing = open_alerts(database)
    assert (nothing["open"], nothing["incidents"]) == (0, [])
    world.fire("a", severity="low")
    world.fire("b", severity="critical")
    world.fire("over", severity="high")
    world.run(2)
    world.resolve("over", severity="high")
    world.run(30)
    acting.assign(database, world.incident(1).id, "ben", "anna", world.now)
    found = open_alerts(database)
    assert (found["open"], found["by_severity"]) == (2, {"critical": 1, "low": 1})
    shown = found["incidents"]
    assert isinstance(shown, list)
    assert [(x["title"], x["name"], x["severity"], x["owner"]) for x in shown] == [
        ("A (n=b)", "A", "critical", "ben"), ("A (n=a)", "A", "low", ""),
    ]  # fmt: skip
