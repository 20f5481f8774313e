from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.alerting.inhibiting import Inhibitor, inhibitions
from groundwatch.alerting.intervals import NamedIntervalSettings, named
from groundwatch.alerting.matchers import parse
from groundwatch.alerting.muting import Cause, Quiet, active
from groundwatch.alerting.policy import InhibitionSettings, RouteSettings
from groundwatch.alerting.routing import Route, tree
from groundwatch.domain.alerts import Alert, Silence
from groundwatch.errors import ConfigInvalid

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = [
    {"source_matchers": ["severity=critical"], "target_matchers": ["severity=~low|critical"],
     "equal": ["app", "zone"]},
]  # fmt: skip


def alert(ends: timedelta = HOUR, **labels: str) -> Alert:
    return Alert(labels, NOW - HOUR, NOW + ends, NOW)


def inhibitor(*alerts: Alert) -> Inhibitor:
    rules = inhibitions([InhibitionSettings.model_validate(each) for each in RULES])
    return Inhibitor(rules, alerts, NOW)


SOURCE = alert(severity="critical", app="x")


@pytest.mark.parametrize(
    ("source", "target", "is_inhibited"),
    [
        (SOURCE, {"severity": "low", "app": "x"}, True),
        (SOURCE, {"severity": "low", "app": "y"}, False),
        (SOURCE, {"severity": "high", "app": "x"}, False),
        (SOURCE, {"severity": "low", "app": "x", "zone": ""}, True),
        (SOURCE, {"severity": "low", "app": "x", "zone": "1"}, False),
        (alert(severity="critical"), {"severity": "low"}, True),
        # one that matches both sides is not inhibited by one that does, nor by itself
        (SOURCE, {"severity": "critical", "app": "x"}, False),
        (SOURCE, {"severity": "critical", "app": "x", "more": "1"}, False),
        (alert(-HOUR / 2, severity="critical", app="x"), {"severity": "low", "app": "x"}, False),
    ],
)
def test_inhibits(source: Alert, target: dict[str, str], is_inhibited: bool):
    expected = (source.fingerprint,) if is_inhibited else ()
    assert inhibitor(source).inhibited_by(target) == expected


@pytest.mark.parametrize("missing", ["source_matchers", "target_matchers"])
def test_refuses_a_rule_with_one_side(missing: str):
    rule = {name: value for name, value in RULES[0].items() if name != missing}
    with pytest.raises(ConfigInvalid, match="everything"):
        inhibitions([InhibitionSettings.model_validate(rule)])


def route(**settings: object) -> Route:
    child = {"matchers": ["a=b"], **settings}
    root = {"receiver": "x", "routes": [child]}
    return tree(RouteSettings.model_validate(root)).children[0]


def quiet(*silences: Silence) -> Quiet:
    intervals = named(
        tuple(
            NamedIntervalSettings.model_validate(
                {"name": name, "time_intervals": [{"times": [span]}]}
            )
            for name, span in (
                ("noon", {"start_time": "11:00", "end_time": "13:00"}),
                ("night", {"start_time": "22:00", "end_time": "24:00"}),
            )
        )
    )
    return Quiet(inhibitor(SOURCE), active(silences, NOW), intervals, NOW)


def silence(text: str, since: timedelta = -HOUR, until: timedelta = HOUR) -> Silence:
    conditions = tuple(each.condition for each in parse(text))
    return Silence("s1", conditions, NOW + since, NOW + until, "anna", "upgrade", NOW)


@pytest.mark.parametrize(
    ("settings", "silenced", "labels", "causes"),
    [
        ({}, "a=z", {"a": "b"}, []),
        ({}, "a=b", {"a": "b"}, [Cause.SILENCED]),
        ({"mute_time_intervals": ["noon"]}, "a=z", {"a": "b"}, [Cause.MUTE_TIME]),
        ({"mute_time_intervals": ["night"]}, "a=z", {"a": "b"}, []),
        ({"active_time_intervals": ["noon"]}, "a=z", {"a": "b"}, []),
        ({"active_time_intervals": ["night"]}, "a=z", {"a": "b"}, [Cause.NOT_ACTIVE]),
        ({"active_time_intervals": ["night", "noon"]}, "a=z", {"a": "b"}, []),
        (
            {"mute_time_intervals": ["noon"]},
            "a=b",
            {"a": "b", "severity": "low", "app": "x"},
            [Cause.INHIBITED, Cause.MUTE_TIME, Cause.SILENCED],
        ),
    ],
)
def test_says_everything_that_mutes(
    settings: dict[str, object], silenced: str, labels: dict[str, str], causes: list[Cause]
):
    found = quiet(silence(silenced)).mutes(route(**settings), labels)
    assert [each.cause for each in found] == causes
    assert all(each.by for each in found)
    said = [str(each) for each in found]
    assert ("silenced by anna (upgrade)" in said) is (Cause.SILENCED in causes)
    assert ("mute time by noon" in said) is (Cause.MUTE_TIME in causes)


@pytest.mark.parametrize(
    ("since", "until"), [(HOUR, 2 * HOUR), (-2 * HOUR, -HOUR), (-HOUR, 0 * HOUR)]
)
def test_only_silences_in_force_count(since: timedelta, until: timedelta):
    assert quiet(silence("a=b", since, until)).mutes(route(), {"a": "b"}) == ()
