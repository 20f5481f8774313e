"""An Alertmanager configuration becomes a policy that routes alike."""

import json
from pathlib import Path

import pytest
from tests.alerting.test_routing import CASES, TREE
from typer.testing import CliRunner

from groundwatch.alerting.importing import imported
from groundwatch.alerting.plan import policy_of
from groundwatch.alerting.routing import tree
from groundwatch.cli.main import app
from groundwatch.errors import ConfigInvalid, InvalidInput

THEIRS = {
    "global": {"resolve_timeout": "3m", "smtp_from": "a@b", "slack_api_url": "https://secret"},
    "route": TREE,
    "receivers": [
        {"name": "root", "slack_configs": [{"channel": "#x", "api_url": "https://secret"}]},
        {"name": "db"},
    ],
    "inhibit_rules": [{"source_match": {"severity": "critical"}, "target_match": {"a": "b"}}],
    "mute_time_intervals": [{"name": "night", "time_intervals": [{"weekdays": ["sunday"]}]}],
    "templates": ["x.tmpl"],
}


def test_routes_alike_and_says_what_is_left():
    text, notes = imported(json.dumps(THEIRS))
    policy = policy_of(text)
    root = tree(policy.route)
    for labels, receivers in CASES:
        assert [route.receiver for route in root.reached(labels)] == receivers
    assert policy.resolve_timeout.total_seconds() == 180
    assert [each.name for each in policy.receivers] == ["root", "db"]
    assert [each.name for each in policy.time_intervals] == ["night"]
    assert "secret" not in text
    said = "\n".join(notes)
    assert "receivers[root]: name its channels (slack)" in said
    assert "templates: has no meaning here" in said
    assert "smtp_from" in said


@pytest.mark.parametrize("text", ["[", "[]", "{}", "route: x"])
def test_refuses_what_is_none(text: str):
    with pytest.raises(InvalidInput):
        imported(text)


def test_what_does_not_fit_is_told():
    with pytest.raises(ConfigInvalid, match="colour"):
        imported(json.dumps({"route": {"receiver": "a", "colour": 1}}))


def test_the_command_prints_the_policy_alone(tmp_path: Path):
    file = tmp_path / "am.yml"
    file.write_text(json.dumps(THEIRS))
    result = CliRunner().invoke(app, ["alert", "import", str(file)])
    assert result.exit_code == 0
    assert policy_of(result.stdout).route.receiver == "root"
    assert "templates" in result.stderr
    told = json.loads(CliRunner().invoke(app, ["alert", "import", str(file), "--json"]).stdout)
    assert told["policy"] == result.stdout
    assert any("templates" in note for note in told["notes"])
