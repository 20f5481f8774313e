"""`groundwatch report` makes reports of what is stored."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from groundwatch.cli.main import app
from groundwatch.errors import InvalidInput


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "groundwatch.yaml"
    path.write_text("data: data\n")
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["report", *words, "--config", str(config)])


@pytest.mark.parametrize(
    ("kind", "day", "label"),
    [
        ("daily", "2026-03-03", "Tuesday, 3 March 2026"),
        ("weekly", "2026-03-04", "Week 10 of 2026: 2 to 8 March 2026"),
        ("executive", "2026-03-03", "25 February to 3 March 2026"),
    ],
)
def test_every_kind_is_printed_of_its_date(config: Path, kind: str, day: str, label: str) -> None:
    made = json.loads(run(config, kind, "--date", day, "--json").output)
    assert made["kind"] == kind
    assert made["label"] == label
    assert made == json.loads(run(config, kind, "--date", day, "--format", "json").output) | {
        "made_at": made["made_at"]
    }


def test_a_file_is_written_and_none_that_cannot_be(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "week.pdf"
    done = run(config, "weekly", "--date", "2026-03-04", "--format", "pdf", "--out", str(file))
    assert file.read_bytes().startswith(b"%PDF")
    assert f"{file}: {file.stat().st_size} bytes" in done.output.replace("\n", "")
    away = str(tmp_path / "away" / "day.html")
    assert isinstance(run(config, "daily", "--out", away).exception, InvalidInput)
    assert isinstance(run(config, "daily", "--date", "3.3.2026").exception, InvalidInput)
    assert json.loads(run(config, "list", "--json").output) == []
