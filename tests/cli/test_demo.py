"""`groundwatch demo traffic` says what it wrote."""

import json
from pathlib import Path

from typer.testing import CliRunner

from groundwatch.app.owner import open_store
from groundwatch.cli.main import app
from groundwatch.cli.terminal import load
from groundwatch.store.events import Filter


def test_traffic_is_counted_for_programs(tmp_path: Path) -> None:
    config = tmp_path / "groundwatch.yaml"
    config.write_text("data: data\n")
    command = ["demo", "traffic", "--history", "2h", "--rate", "1", "--no-live", "--json"]
    result = CliRunner().invoke(app, [*command, "--config", str(config)])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert (found["history"], found["rate"], found["live"]) == ("2h", 1.0, False)
    with open_store(load(config)) as (_, events):
        assert len(events.page(Filter(), limit=10_000)) == found["questions"]


def test_a_fault_comes_with_enough_traffic_to_be_found_in(tmp_path: Path) -> None:
    config = tmp_path / "groundwatch.yaml"
    config.write_text("data: data\n")
    command = ["demo", "traffic", "--history", "1h", "--no-live", "--json", "--config", str(config)]
    rates = [
        json.loads(CliRunner().invoke(app, [*command, *more]).output)["rate"]
        for more in ([], ["--fault", "slow-llm"])
    ]
    assert rates == [3.0, 12.0]
