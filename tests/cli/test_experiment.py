"""`groundwatch experiment` shows, stops and decides."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Compared, Look, Verdict
from groundwatch.analytics.experiments_settings import Goal
from groundwatch.app.owner import open_database_only
from groundwatch.cli.main import app
from groundwatch.cli.terminal import load
from groundwatch.domain.clock import system_clock
from groundwatch.errors import Conflict

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXT = """
data: data
experiments:
  few:
    hypothesis: less is more
    variants:
      usual: {share: 0.5}
      few: {share: 0.5, retrieval: {passages: 4}}
    control: usual
"""
QUALITY = Compared(
    "few", Goal.QUALITY, False, 120, 130, 0.8, 0.84, 0.04, 0.01, None, 0.03, 0.05, 0.0, 0.4,
    is_harmed=False, is_better=True,
)  # fmt: skip
SEEN = Look(
    NOW, Verdict.WINS, "few", ("few has quality 0.84",), ("few were measured",),
    {"few": 120, "usual": 130}, 0, 0.5, (QUALITY,),
)  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "groundwatch.yaml"
    path.write_text(TEXT)
    loaded = load(path)
    with open_database_only(loaded) as database:
        book = ExperimentBook(database, system_clock)
        book.keep_in_line(loaded.experiments)
        book.looked(book.get("few"), SEEN, "", [])
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["experiment", *words, "--config", str(config)])


def test_experiments_are_listed_and_shown(config: Path) -> None:
    listed = run(config, "list").output
    assert "few" in listed
    assert "decidable" in listed
    shown = run(config, "show", "few").output
    for words in ("less is more", "few has quality 0.84", "few were measured", "began", "open)"):
        assert words in shown
    (one,) = json.loads(run(config, "list", "--json").output)
    assert (one["name"], one["state"], one["settings"]["control"]) == ("few", "decidable", "usual")
    assert json.loads(run(config, "show", "few", "--json").output) == one


def test_one_is_stopped_and_decided_with_a_record(config: Path) -> None:
    assert run(config, "stop", "few").exit_code == 2, "a reason is needed"
    assert (
        "everybody gets the control"
        in run(config, "stop", "few", "--reason", "risky", "--as", "greta").output
    )
    assert isinstance(run(config, "stop", "few", "--reason", "x").exception, Conflict)
    decided = run(config, "decide", "few", "few", "--reason", "better", "--as", "ingrid").output
    assert "retrieval: passages: 4" in decided
    records = json.loads(run(config, "show", "few", "--json").output)["records"]
    assert [(each["act"], each["by"]) for each in records] == [
        ("began", ""),
        ("stopped", "greta"),
        ("concluded", "ingrid"),
    ]


def test_what_was_done_is_told_as_json(config: Path) -> None:
    stopped = run(config, "stop", "few", "--reason", "risky", "--json").output
    assert (json.loads(stopped)["state"], json.loads(stopped)["records"][-1]["why"]) == (
        "stopped",
        "risky",
    )
    decided = run(config, "decide", "few", "usual", "--reason", "risky", "--json").output
    assert json.loads(decided)["state"] == "concluded"
    assert json.loads(decided) == json.loads(run(config, "show", "few", "--json").output)
