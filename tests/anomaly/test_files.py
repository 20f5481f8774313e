"""The command that scores a file."""

import csv
import json

import pytest
from tests.anomaly.made_series import daily, with_spike
from typer.testing import CliRunner

from groundwatch.anomaly.files import score_file
from groundwatch.cli.main import app
from groundwatch.errors import InvalidInput


def written(path, rows, header="timestamp,value"):
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def read(path):
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_command_scores_every_row_in_order_and_finds_the_spike(tmp_path):
    series = with_spike(daily(), 2000, 60.0)
    source = written(tmp_path / "in.csv", series)
    target = tmp_path / "out.csv"
    run = CliRunner().invoke(app, ["anomaly", "score", str(source), str(target)])
    assert run.exit_code == 0, run.output
    assert "2304 values scored, 150 of them while learning" in run.output
    rows = read(target)
    assert [row["timestamp"] for row in rows] == [str(at) for at, _ in series]
    scores = [float(row["score"]) for row in rows]
    assert scores.index(max(scores)) == 2000
    assert not any(scores[:150])
    assert min(scores) == 0.0


def test_earlier_scores_do_not_know_later_rows(tmp_path):
    series = with_spike(daily(), 1000, 60.0)
    score_file(written(tmp_path / "whole.csv", series), tmp_path / "a.csv")
    score_file(written(tmp_path / "part.csv", series[:1200]), tmp_path / "b.csv")
    assert read(tmp_path / "a.csv")[:1200] == read(tmp_path / "b.csv")


def test_missing_values_score_nothing_and_iso_times_are_kept_as_they_are(tmp_path):
    rows = [("2026-11-20 10:00:00", 1), ("2026-11-20T10:05:00+01:00", ""), ("1767571200", "nan")]
    source = written(tmp_path / "in.csv", rows)
    summary = score_file(source, tmp_path / "out.csv")
    assert (summary.rows, summary.learning, summary.alarms) == (3, 3, 0)
    assert [(row["timestamp"], row["score"]) for row in read(tmp_path / "out.csv")] == [
        (str(stamp), "0") for stamp, _ in rows
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "first line"),
        ("time,value\n1,2\n", "timestamp and value"),
        ("timestamp,value\nyesterday,2\n", "line 2: 'yesterday' is neither"),
        ("timestamp,value\n1,2\n2,many\n", "line 3: 'many' is no number"),
        ("timestamp,value\ninf,2\n", "line 2"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_no_file(tmp_path, text, message):
    source = tmp_path / "in.csv"
    source.write_text(text)
    target = tmp_path / "out.csv"
    target.write_text("kept")
    with pytest.raises(InvalidInput, match=message):
        score_file(source, target)
    assert target.read_text() == "kept"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_bytes_that_are_no_text_and_missing_files_are_one_line(tmp_path):
    source = tmp_path / "in.csv"
    source.write_bytes(b"timestamp,value\n1,\xff\xfe\n")
    with pytest.raises(InvalidInput, match="UTF-8"):
        score_file(source, tmp_path / "out.csv")
    with pytest.raises(InvalidInput, match="cannot be read"):
        score_file(tmp_path / "absent.csv", tmp_path / "out.csv")


def test_the_summary_is_one_document_for_programs(tmp_path):
    source = written(tmp_path / "in.csv", with_spike(daily(days=4), 1000, 60.0))
    command = ["anomaly", "score", str(source), str(tmp_path / "out.csv"), "--json"]
    run = CliRunner().invoke(app, command)
    assert run.exit_code == 0, run.output
    told = json.loads(run.output)
    assert sorted(told) == ["alarms", "learning", "rows", "threshold"]
    assert told["alarms"] >= 1
    with (tmp_path / "out.csv").open() as rows:
        assert told["rows"] == sum(1 for _ in rows) - 1


def test_layers_can_be_chosen_by_name(tmp_path):
    source = written(tmp_path / "in.csv", with_spike(daily(days=4), 1000, 60.0))
    command = ["anomaly", "score", str(source), str(tmp_path / "out.csv"), "--layer"]
    run = CliRunner().invoke(app, [*command, "range", "--layer", "level"])
    assert run.exit_code == 0, run.output
    with pytest.raises(InvalidInput, match="layers are range, band"):
        CliRunner().invoke(app, [*command, "guess"], catch_exceptions=False)
