"""What incidents are called."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.alerting.notices_made import RESOLVED, notice
from tests.alerting.timeline import T0, World
from tests.dashboard.alarm import SLOW

from groundwatch.alerting import intake
from groundwatch.alerting.channels import wording
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.phrasing import figure, headline_of
from groundwatch.alerting.titles import LONGEST, title_of
from groundwatch.anomaly.findings import Finding
from groundwatch.domain.alerts import Alert, Incident
from groundwatch.store.alerts import incidents
from groundwatch.store.database import Database

NAMED = {"alertname": "slow", "application": "shop"}


def alert(labels: dict[str, str], **annotations: str) -> Alert:
    return Alert(labels, T0, T0 + timedelta(hours=1), T0, annotations)


@pytest.mark.parametrize(
    ("labels", "said", "title"),
    [
        (NAMED, {"summary": "Answers take 6 s."}, "shop: Answers take 6 s"),
        (NAMED, {"summary": "Answers of shop take 6 s."}, "Answers of shop take 6 s"),
        ({"alertname": "x"}, {"summary": "Down. Ask the team."}, "Down"),
        ({"alertname": "x"}, {"summary": "p95 is 1.5 s; since noon"}, "p95 is 1.5 s"),
        ({"alertname": "x"}, {"summary": "a\x00b\u202ec\nd"}, "a b c"),
        ({"alertname": "x"}, {"description": "Only this"}, "Only this"),
        (NAMED, {}, "slow (application=shop)"),
        ({"n": "1"}, {"summary": " "}, "alerts (n=1)"),
        (NAMED, {"summary": "y" * 400}, "shop: " + "y" * (LONGEST - 7) + "…"),
    ],
)
def test_an_incident_is_called_by_what_its_alert_says(
    labels: dict[str, str], said: dict[str, str], title: str
):
    assert title_of(labels, alert(labels, **said)) == title


def test_the_title_is_of_the_worst_alert_and_the_name_stays_beside_it(database: Database):
    world = World(
        database,
        {"route": {"receiver": "default", "group_by": ["alertname"], "group_wait": "0s",
                   "group_interval": "1s"},
         "receivers": [{"name": "default", "channels": ["c"]}], "automatic": {"enabled": False}},
    )  # fmt: skip
    for severity, text in (("low", "Slow."), ("critical", "Nothing answers"), ("low", "Late")):
        labels = {"alertname": "A", "application": "shop", "severity": severity, "n": text}
        intake.post(
            database, lambda: world.now,
            [Posted(labels, {"summary": text}, ends_at=world.now + timedelta(hours=1))],
        )  # fmt: skip
        world.run(world.seconds + 3)
    with database.read() as c:
        (incident,) = incidents.unresolved(c)
    assert (incident.title, incident.name) == ("shop: Nothing answers", "A")
    assert [each.notice.title for each in world.told] == [
        "shop: Slow", "shop: Nothing answers", "shop: Nothing answers",
    ]  # fmt: skip
    assert {each.notice.name for each in world.told} == {"A"}


def test_notices_say_the_title_and_the_name_once_each():
    made = notice(title="shop: Answers take 9 s")
    assert wording.headline(made) == "[FIRING (2)] high: shop: Answers take 9 s"
    assert ("alert", "SlowAnswers") in wording.facts(made)
    (line,) = wording.lines(RESOLVED)
    assert line.endswith("łate on a (resolved) [SlowAnswers, instance=a]")


CAUSE = SLOW.contributors[0]


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (SLOW, "Answers take 9.1 s with gpt-4.1 (usual 1.5 s)"),
        (
            replace(SLOW, labels={"application": "shop", "model": "m"}, contributors=()),
            "Answers take 5.7 s with m (usual 900 ms to 3.2 s)",
        ),
        (
            replace(SLOW, contributors=(replace(CAUSE, share=0.2),)),
            "Answers take 5.7 s (usual 900 ms to 3.2 s)",
        ),
        (
            replace(SLOW, metric="requests", value=0.0, expected=(12.0, 1400.0),
                    contributors=(replace(CAUSE, dimension="source", label="hr", before=None),)),
            "0 questions a minute from hr (usual 12 to 1,400)",
        ),
        (
            replace(SLOW, metric="flagged", value=2.1, expected=(0.0, 0.0),
                    labels={"flag": "secret"},
                    contributors=(replace(CAUSE, before=1.0, during=0.0, metric="quality.safety",
                                          dimension="topic", label="berths"),)),
            "2.1 answers a minute are flagged as secret about berths (usual 0)",
        ),
        (
            replace(SLOW, metric="errors.mix", value=0.41, expected=(0.0, 0.25),
                    contributors=(replace(CAUSE, dimension="error_type", label="timeout",
                                          before=0.1, during=0.6, metric="errors"),)),
            "The mix of errors changed by 0.41 with timeout (usual 0 to 0.25)",
        ),
        (
            replace(SLOW, metric="custom.queue", value=7.0, expected=None, contributors=(),
                    labels={"zone": "eu"}),
            "custom.queue is 7 for zone eu",
        ),
    ],
)  # fmt: skip
def test_an_anomaly_is_told_in_words(finding: Finding, said: str):
    assert headline_of(finding) == said


@pytest.mark.parametrize(
    ("value", "metric", "said"),
    [
        (0.034, "latency", "34 ms"), (42.4, "latency", "42 s"), (600, "freshness", "10 min"),
        (9000, "freshness", "2 h"), (0.0042, "cost", "$0.0042"), (3.2, "cost", "$3.20"),
        (0.714, "quality.overall", "71%"), (0.004, "satisfaction", "0.4%"),
        (1234, "tokens.output", "1,234 tokens"), (0.25, "errors", "0.25"),
    ],
)  # fmt: skip
def test_figures_have_units(value: float, metric: str, said: str):
    assert figure(value, metric) == said


@pytest.mark.parametrize(("title", "beside"), [("Answers fail", "slow"), ("slow", "")])
def test_the_name_stands_beside_a_title_that_says_something_else(title: str, beside: str):
    incident = Incident("1", "k", "{}", "team", NAMED, title, T0, None)
    assert (incident.name, incident.byname) == ("slow", beside)
