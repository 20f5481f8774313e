"""`groundwatch rescore` lets a period wait for scores again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groundwatch.app.owner import open_store
from groundwatch.cli.main import app
from groundwatch.cli.rescore import moment
from groundwatch.cli.terminal import load
from groundwatch.domain.clock import system_clock
from groundwatch.errors import InvalidInput
from groundwatch.store.events import Entry
from tests.analytics.asked import asked, quality

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("36h", NOW - timedelta(hours=36)),
        ("7d", NOW - timedelta(days=7)),
        ("90m", NOW - timedelta(minutes=90)),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
        ("2026-11-19T08:00Z", datetime(2026, 11, 19, 8, tzinfo=UTC)),
        ("2026-11-19T08:00+02:00", datetime(2026, 11, 19, 6, tzinfo=UTC)),
    ],
)
def test_moments_are_read(text: str, found: datetime):
    assert moment(text, NOW) == found


@pytest.mark.parametrize("text", ["", "yesterday", "7w", "-1d", "999999999d"])
def test_what_is_no_moment_is_refused(text: str):
    with pytest.raises(InvalidInput, match="no moment"):
        moment(text, NOW)


def test_a_period_waits_again(tmp_path: Path):
    config = tmp_path / "groundwatch.yaml"
    config.write_text("data: data\n")
    now = system_clock()
    ones = [asked(n, now - timedelta(hours=n), application=f"app-{n % 2}") for n in range(1, 5)]
    with open_store(load(config)) as (_, events):
        events.record([Entry(one) for one in ones])
        events.put_scores([(one.id, quality(0.8)) for one in ones])

    def run(*options: str) -> dict[str, int]:
        command = ["rescore", "--config", str(config), "--json", *options]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        found: dict[str, int] = json.loads(result.output)
        return found

    assert run("--since", "150m") == {"pending": 2}
    assert run("--since", "2d", "--application", "app-1") == {"pending": 1}
    assert run("--since", "2d") == {"pending": 1}


def test_the_wrong_way_round_is_refused(tmp_path: Path):
    config = tmp_path / "groundwatch.yaml"
    config.write_text("data: data\n")
    command = ["rescore", "--config", str(config), "--since", "1h", "--until", "2h"]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, InvalidInput)
