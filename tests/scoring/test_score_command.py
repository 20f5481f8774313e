"""`groundwatch score` as people run it: a real process on real files."""

import json
import subprocess
import sys

import pytest
from tests.scoring.given import HARBOUR

GOOD = {
    "id": "good",
    "query": "When did the harbour open?",
    "contexts": list(HARBOUR),
    "response": "The harbour of Lindholm opened in 1962.",
    "label": 0,
    "meta": {"model": "x"},
}
BAD = GOOD | {"id": 7, "response": "The harbour of Lindholm opened in 1972."}


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "groundwatch", "score", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_answers_are_scored_with_spans_and_reasons(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(map(json.dumps, (GOOD, BAD))))
    done = run(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    good, bad = lines(target)
    assert (good["id"], bad["id"]) == ("good", 7)
    assert good["faithful"] > 0.5 > bad["faithful"]
    assert (good["flag"], bad["flag"]) == (False, True)
    (start, end, reason) = bad["spans"][0]
    assert (str(BAD["response"])[start:end], reason) == ("1972", "new_number")
    assert good["spans"] == []
    assert set(good["scores"]) == {
        "relevance", "accuracy", "completeness", "coherence", "consistency", "safety",
        "compliance", "retrieval",
    }  # fmt: skip
    assert good["calibration"]["state"] == "default"
    assert bad["status"] == "degraded"


def test_bad_lines_are_named_and_the_rest_is_scored(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        json.dumps(GOOD).encode(),
        b"{not json",
        b"",
        b"[1, 2]",
        b'{"id": "x", "response": 5}',
        b'{"id": "y", "contexts": [1]}',
        b"\xff\xfe{}",
        b"[" * 5000,
        json.dumps(BAD).encode(),
        b"{}",
    ]
    source.write_bytes(b"\n".join(rows))
    done = run(source, target, "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert [each["number"] for each in said["bad"]] == [2, 4, 5, 6, 7, 8]
    assert said["answers"] == 3
    assert [each["id"] for each in lines(target)] == ["good", 7, 10]
    empty = lines(target)[-1]
    assert (empty["faithful"], empty["flag"], empty["overall"]) == (None, False, None)
    assert "there is no answer" in empty["reasons"]
    assert not target.with_name("out.jsonl.part").exists()


def test_a_file_of_enough_answers_has_its_own_line(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [GOOD | {"id": at} for at in range(180)] + [BAD | {"id": at} for at in range(180, 240)]
    source.write_text("\n".join(map(json.dumps, rows)))
    assert run(source, target).returncode == 0
    found = lines(target)
    assert {each["calibration"]["state"] for each in found} == {"calibrated"}
    assert [each["id"] for each in found if each["flag"]] == list(range(180, 240))
    assert run(source, target, "--no-calibrate").returncode == 0
    assert {each["calibration"]["state"] for each in lines(target)} == {"default"}


def test_a_refusal_says_nothing_false(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(GOOD | {"response": "Unable to answer based on given passages."}))
    assert run(source, target).returncode == 0
    (found,) = lines(target)
    assert (found["faithful"], found["flag"]) == (1.0, False)
    assert found["scores"]["accuracy"]["value"] is None


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    done = run(tmp_path / name, tmp_path / "out.jsonl")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
