"""`groundwatch metrics` names what is measured, built in and one's own."""

import json

from typer.testing import CliRunner

from groundwatch.app.owner import open_store
from groundwatch.cli.main import app
from groundwatch.cli.terminal import load
from groundwatch.domain.clock import system_clock
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import BUILT_IN


def listed(config):
    result = CliRunner().invoke(app, ["metrics", "--json", "--config", str(config)])
    assert result.exit_code == 0, result.output
    return {row["name"]: row for row in json.loads(result.output)}


def test_every_metric_has_unit_and_meaning(tmp_path):
    rows = listed(tmp_path / "none.yaml")
    assert rows.keys() == BUILT_IN.keys()
    assert all(row["unit"] and row["description"] for row in rows.values())
    assert rows["latency"]["unit"] == "s"
    assert "model" in rows["latency"]["split_by"]


def test_ones_own_are_listed_once_they_were_seen(tmp_path):
    config = tmp_path / "groundwatch.yaml"
    config.write_text("data: data\n")
    event = Event("e", system_clock(), "metric", application="shop", metrics={"queue_wait": 0.5})
    with open_store(load(config)) as (_, events):
        events.add_events([event])
    assert set(listed(config)) - BUILT_IN.keys() == {"custom.queue_wait"}


def test_people_get_a_table(tmp_path):
    result = CliRunner().invoke(app, ["metrics", "--config", str(tmp_path / "none.yaml")])
    assert "quality.overall" in result.output
