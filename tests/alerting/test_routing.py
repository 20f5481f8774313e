"""Trees and which receivers they lead to; the same cases are put to amtool where it is there."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.tools import tool

from groundwatch.alerting.policy import RouteSettings
from groundwatch.alerting.routing import group_key, tree
from groundwatch.errors import ConfigInvalid

TREE = {
    "receiver": "root",
    "group_by": ["alertname"],
    "group_wait": "10s",
    "routes": [
        {"receiver": "audit", "matchers": ['team=~".+"'], "continue": True},
        {
            "receiver": "web",
            "match": {"team": "web"},
            "group_by": ["..."],
            "routes": [
                {"receiver": "web-page", "matchers": ["severity=critical"], "group_wait": "0s"},
                {"matchers": ['env!="prod"'], "receiver": "nowhere"},
            ],
        },
        {"receiver": "db", "match_re": {"team": "db|sql"}, "matchers": '{env="prod"}'},
        {"matchers": ["team=ops"], "repeat_interval": "1h"},
    ],
}
CASES = [
    ({}, ["root"]),
    ({"team": "web", "env": "prod"}, ["audit", "web"]),
    ({"team": "web", "env": "prod", "severity": "critical"}, ["audit", "web-page"]),
    ({"team": "web"}, ["audit", "nowhere"]),
    ({"team": "sql", "env": "prod"}, ["audit", "db"]),
    ({"team": "sqlx", "env": "prod"}, ["audit"]),
    ({"team": "db"}, ["audit"]),
    ({"team": "ops"}, ["audit", "root"]),
]


@pytest.mark.parametrize(("labels", "receivers"), CASES)
def test_reaches(labels: dict[str, str], receivers: list[str]):
    root = tree(RouteSettings.model_validate(TREE))
    assert [route.receiver for route in root.reached(labels)] == receivers


@pytest.mark.integration
def test_reaches_what_alertmanager_reaches(tmp_path: Path):
    amtool = tool("amtool", "prometheus-alertmanager")
    names = {"root", "audit", "web", "web-page", "nowhere", "db"}
    file = tmp_path / "am.yml"
    ours = json.loads(json.dumps(TREE))
    ours["routes"][2]["matchers"] = ['env="prod"']
    file.write_text(json.dumps({"route": ours, "receivers": [{"name": name} for name in names]}))
    for labels, receivers in CASES:
        given = [f"{name}={value}" for name, value in labels.items()]
        told = subprocess.run(
            [amtool, "config", "routes", "test", f"--config.file={file}", *given],
            capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        assert told.stdout.strip().split(",") == receivers


def test_inherits():
    root = tree(RouteSettings.model_validate(TREE))
    (_, page) = root.reached({"team": "web", "env": "prod", "severity": "critical"})
    assert (page.group_by, page.timers.wait.total_seconds()) == (("...",), 0)
    (_, ops) = root.reached({"team": "ops"})
    assert (ops.receiver, ops.timers.repeat.total_seconds()) == ("root", 3600)
    assert ops.timers.wait.total_seconds() == 10


def test_groups_by_values():
    root = tree(RouteSettings.model_validate(TREE))
    one, other = {"alertname": "A", "x": "1"}, {"alertname": "A", "x": "2"}
    assert root.group(one) == {"alertname": "A"}
    assert group_key(root, one) == group_key(root, other)
    everything = root.reached({"team": "web", "env": "prod"})[1]
    assert group_key(everything, one) != group_key(everything, other)
    assert group_key(root, one) != group_key(everything, one)


def test_an_id_survives_changes_elsewhere_in_the_tree():
    before = {route.id for route in tree(RouteSettings.model_validate(TREE)).walk()}
    changed = {**TREE, "routes": [{"matchers": ["new=1"]}, *TREE["routes"]]}
    assert before < {route.id for route in tree(RouteSettings.model_validate(changed)).walk()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"receiver": ""}, "receiver"),
        ({"matchers": ["a=b"]}, "root takes everything"),
        ({"continue": True}, "root takes everything"),
        ({"mute_time_intervals": ["x"]}, "time intervals"),
        ({"routes": [{"matchers": ["a"]}]}, "not understood"),
        ({"routes": [{}, {"matchers": ["a=b"]}]}, "never reached"),
        ({"routes": [{"matchers": ["a=b"]}, {"matchers": ["a=b", "c=d"]}]}, "never reached"),
        ({"group_by": ["...", "a"]}, "stands alone"),
        ({"group_interval": "0s"}, "above 0"),
    ],
)
def test_refuses(change: dict[str, object], said: str):
    with pytest.raises(ConfigInvalid, match=said):
        tree(RouteSettings.model_validate({**TREE, **change}))


def test_overlapping_routes_that_can_be_reached_are_taken():
    routes = [{"matchers": ["a=b", "c=d"]}, {"matchers": ["a=b"]}, {"matchers": ["c=d"]}]
    tree(RouteSettings.model_validate({"receiver": "x", "routes": routes}))
