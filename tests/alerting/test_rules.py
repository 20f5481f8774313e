"""Rules: what is refused at load, how series come and go, and alerts raised from real numbers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.alerting.timeline import made

from groundwatch.alerting.defaults import default_rules, with_defaults
from groundwatch.alerting.evaluating import Evaluator
from groundwatch.alerting.plan import policy_of
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.rules import Progress, RuleState, step
from groundwatch.alerting.runbooks import EXTRA_RUNBOOKS, names, text_of
from groundwatch.domain.alerts import Alert
from groundwatch.domain.metrics import Point
from groundwatch.errors import ConfigInvalid
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database
from groundwatch.store.events import open_events
from groundwatch.store.settings import StoreSettings

NOW = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"


def rule(**settings: object) -> RuleSettings:
    usual = {"name": "slow", "metric": "latency", "operator": "gt", "threshold": 5}
    return RuleSettings.model_validate({**usual, **settings})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"metric": "latencies"}, "is no metric; there are for instance latency"),
        ({"metric": "nothing"}, "is no metric"),
        ({"split_by": "colour"}, "is not split by 'colour'; it has model"),
        ({"metric": "errors", "of": "p95"}, "has no quantiles"),
        ({"of": "ratio"}, "go together"),
        ({"by_metric": "requests"}, "go together"),
        ({"window": "10s"}, "at least 1m"),
        ({"window": "soon"}, "no span of time"),
        ({"clear": 6}, "good side"),
        ({"operator": "lt", "clear": 4}, "good side"),
        ({"only": "x"}, "needs `split_by`"),
        ({"operator": ">"}, "gt"),
        ({"threshold": "high"}, "number"),
        ({"threshold": float("nan")}, "finite"),
        ({"name": "a b"}, "pattern"),
        ({"colour": 1}, "not permitted"),
    ],
)
def test_refuses(settings: dict[str, object], said: str):
    with pytest.raises(ValidationError, match=said):
        rule(**settings)


def test_metrics_of_ones_own_are_taken():
    own = rule(metric="custom.queue_depth", split_by="anything", of="p95")
    assert own.split_by == "anything"


T, F, N = 9.0, 1.0, None


@pytest.mark.parametrize(
    ("settings", "values", "states"),
    [
        ({}, [F, T, T, F], "inactive firing firing inactive"),
        ({"for": "2m"}, [T, T, T, F], "pending pending firing inactive"),
        ({"for": "2m"}, [T, F, T, T], "pending inactive pending pending"),
        ({"for": "2m"}, [T, N, T, T], "pending no-data pending pending"),
        ({"keep_firing_for": "2m"}, [T, F, F, T, F], "firing firing inactive firing firing"),
        ({"clear": 3}, [T, 4, 3.5, 3, 4], "firing firing firing inactive inactive"),
        ({"operator": "lte", "threshold": 2, "clear": 4}, [F, 3, 4.5], "firing firing inactive"),
        ({"operator": "eq"}, [5.0, 5.1], "firing inactive"),
        ({"operator": "gte"}, [5.0, 4.9], "firing inactive"),
        ({"operator": "lt"}, [5.0, 4.9], "inactive firing"),
        ({}, [N, F, N], "no-data inactive no-data"),
        ({}, [T, *[N] * 14, N], " ".join(["firing"] * 15 + ["no-data"])),
    ],
)  # fmt: skip
def test_steps(settings: dict[str, object], values: list[float | None], states: str):
    progress: Progress | None = None
    seen = []
    for minute, value in enumerate(values):
        progress = step(rule(**settings), progress, value, NOW + minute * MINUTE)
        seen.append(str(progress.state))
    assert " ".join(seen) == states


def test_a_clock_set_back_does_not_stretch_a_wait():
    waiting = step(rule(**{"for": "2m"}), None, T, NOW)
    back = NOW - timedelta(hours=5)
    again = step(rule(**{"for": "2m"}), waiting, T, back)
    assert step(rule(**{"for": "2m"}), again, T, back + 2 * MINUTE).state is RuleState.FIRING


class Scene:
    """Real numbers in a real event store, and an evaluator."""

    def __init__(self, database: Database, folder: Path, *rules: RuleSettings) -> None:
        self.database = made(database)
        self.now = NOW
        self.events = open_events(StoreSettings(), folder, database, lambda: self.now)
        self.rules = rules
        self.evaluator = self.another()

    def another(self) -> Evaluator:
        return Evaluator(self.database, self.events, self.rules, lambda: self.now)

    def measure(self, *points: Point, application: str = "shop") -> None:
        self.events.add_points(self.now, application, points)

    def evaluate(self, minutes: float = 0) -> dict[str, Alert]:
        self.now += timedelta(minutes=minutes)
        self.evaluator.evaluate()
        with self.database.read() as c:
            return {alert.name: alert for alert in posted.firing(c, self.now)}


@pytest.fixture
def sqlite(new_database: Callable[[str], Database]) -> Database:
    return new_database("sqlite")


def test_raises_and_ends_the_alert(sqlite: Database, tmp_path: Path):
    message = "{value} of {threshold} {unknown}"
    texts = {"message": message, "runbook": "high-latency", "remediation": "Look."}
    scene = Scene(sqlite, tmp_path, rule(**texts, labels={"team": "search"}))
    scene.measure(Point("latency", 8), Point("latency", 4))
    alert = scene.evaluate()["slow"]
    assert alert.labels == {"alertname": "slow", "severity": "medium", "team": "search"}
    assert alert.annotations["summary"] == "6 s of 5 s {unknown}"
    assert {name: alert.annotations[name] for name in ("value", "threshold", "metric")} == {
        "value": "6 s", "threshold": "gt 5 s", "metric": "latency",
    }  # fmt: skip
    assert alert.annotations["runbook"] == "high-latency"
    assert alert.annotations["remediation"] == "Look."
    began = alert.starts_at
    scene.evaluator = scene.another()
    assert scene.evaluate(1)["slow"].starts_at == began, "a restart begins nothing anew"
    for _ in range(10):
        scene.measure(Point("latency", 0.1))
    assert scene.evaluate(1) == {}
    scene.events.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "mean of latency is 8 s, limit 5 s"),
        ({"of": "count", "threshold": 0}, "count of latency is 1, limit 0"),
        (
            {"metric": "errors", "of": "ratio", "by_metric": "requests", "threshold": 0.05},
            "errors / requests is 50.0%, limit 5.0%",
        ),
    ],
)
def test_a_rule_without_a_message_says_what_it_measured(
    sqlite: Database, tmp_path: Path, settings: dict[str, object], said: str
):
    scene = Scene(sqlite, tmp_path, rule(**settings))
    scene.measure(Point("latency", 8), Point("requests", 2), Point("errors", 1))
    assert scene.evaluate()["slow"].annotations["summary"] == said


def test_shares_are_of_what_was_asked(sqlite: Database, tmp_path: Path):
    share = rule(name="errors", metric="errors", of="ratio", by_metric="requests",
                 split_by="endpoint", threshold=0.2, at_least=5)  # fmt: skip
    scene = Scene(sqlite, tmp_path, share)
    for endpoint, asked, failed in (("/a", 10, 3), ("/b", 10, 0), ("/few", 2, 2)):
        scene.measure(*[Point("requests", 1, "endpoint", endpoint)] * asked)
        scene.measure(*[Point("errors", 1, "endpoint", endpoint)] * failed)
    looked = {each.measured.labels["endpoint"]: each for each in scene.evaluator.evaluate()}
    assert {name: each.measured.value for name, each in looked.items()} == {
        "/a": 0.3, "/b": 0.0, "/few": None,
    }  # fmt: skip
    assert looked["/few"].progress.state is RuleState.NO_DATA
    assert scene.evaluate()["errors"].labels["endpoint"] == "/a"
    scene.events.close()


def test_each_application_by_itself(sqlite: Database, tmp_path: Path):
    scene = Scene(sqlite, tmp_path, rule(application="*", of="p95"))
    scene.measure(*[Point("latency", 9)] * 3)
    scene.measure(*[Point("latency", 1)] * 3, application="help")
    assert scene.evaluate()["slow"].labels["application"] == "shop"
    scene.events.close()


def test_missing_data_is_said_where_it_is_asked_for(sqlite: Database, tmp_path: Path):
    scene = Scene(sqlite, tmp_path, rule(absent=True, **{"for": "2m"}))
    assert scene.evaluate() == {}
    assert set(scene.evaluate(6)) == {"slow_no_data"}
    scene.measure(Point("latency", 1))
    assert scene.evaluate(0.5) == {}
    scene.events.close()


def test_alerts_of_a_rule_that_is_gone_end(sqlite: Database, tmp_path: Path):
    scene = Scene(sqlite, tmp_path, rule(), rule(name="other"))
    scene.measure(Point("latency", 8))
    assert set(scene.evaluate()) == {"slow", "other"}
    scene.evaluator.follow([rule(name="other")])
    assert set(scene.evaluate(0.2)) == {"other"}
    scene.events.close()


def test_every_runbook_is_there_and_every_one_is_of_a_rule():
    named = {each.runbook for each in default_rules()} | set(EXTRA_RUNBOOKS)
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == named
    assert set(names()) == named


@pytest.mark.parametrize("name", names())
def test_every_runbook_says_what_is_needed(name: str):
    text = text_of(name)
    for heading in ("## What it means", "## What to look at", "## What helps", "## When it ends"):
        assert heading in text


def test_the_default_rules_are_as_they_are_promised():
    rules = {each.name: each for each in default_rules()}
    latency, errors = rules["high_latency"], rules["high_error_rate"]
    assert (latency.threshold, str(latency.severity), latency.of) == (5, "medium", "mean")
    assert (errors.threshold, str(errors.severity), errors.of) == (0.05, "critical", "ratio")
    assert (rules["low_quality"].operator, rules["low_quality"].threshold) == ("lt", 0.7)
    assert (rules["high_cpu"].operator, rules["high_cpu"].threshold) == ("gt", 0.8)
    for each in rules.values():
        assert each.message
        assert each.remediation


def test_ones_own_rule_takes_the_place_of_one_that_comes_along():
    own = rule(name="high_latency", threshold=1)
    found = [each for each in with_defaults([own], use_defaults=True) if each.name == own.name]
    assert found == [own]
    assert with_defaults([own], use_defaults=False) == (own,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("route: [", "not valid YAML on line 1"),
        ("rules: [{name: a, metric: nope, operator: gt, threshold: 1}]", "is no metric"),
        ("colour: 1", "colour"),
        ("rules: [{name: a, metric: latency, operator: gt, threshold: 1},"
         "{name: a, metric: latency, operator: gt, threshold: 2}]", "there twice"),
        ("[]", "valid dictionary"),
        ("a: &a [*a]", "policy"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused_and_says_where(text: str, said: str):
    with pytest.raises(ConfigInvalid, match=said):
        policy_of(text)
