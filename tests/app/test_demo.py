"""`make demo` and `make questions` on the sample company, as the Makefile runs them."""

import json
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import pytest
from examples.harbor.build import build
from ruamel.yaml import YAML

from groundwatch.app.questions.running import _write_config
from groundwatch.app.questions.sets import load_questions
from tests.app.deployment import PATIENCE

pytestmark = [pytest.mark.integration, pytest.mark.slow]

HARBOR = Path("examples/harbor")
EVERY = 4
"""Of the questions of the test half, each fourth is asked: `make questions` asks them all."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A folder with the documents, their permissions, some questions and a prepared model."""
    root = tmp_path_factory.mktemp("harbor")
    build(root / "built")
    (root / "groundwatch.yaml").write_text((HARBOR / "groundwatch.yaml").read_text())
    yaml = YAML(typ="safe", pure=True)
    every = yaml.load(HARBOR / "questions.yaml")
    asked = [each for each in every if each["split"] == "test"][::EVERY]
    with (root / "questions.yaml").open("w") as out:
        yaml.dump(asked, out)
    questions = load_questions(root / "questions.yaml", "test")
    data = _write_config(root / "questions.yaml", None, questions, root / "cache").parent / "data"
    data.mkdir()
    (data / "models").symlink_to(models)
    return root


def command(company: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "groundwatch", "demo", *arguments, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE,
        cwd=company,
    )


def test_the_demo_ends_well_only_when_both_answers_are_right(company: Path) -> None:
    (config,) = (company / "cache").glob("*/groundwatch.yaml")
    shown = command(company, "run", "--exit", "--config", str(config))
    assert shown.returncode == 0, shown.stderr
    found: dict[str, Any] = json.loads(shown.stdout)
    assert found["right"] is True
    assert [each["as"] for each in found["answers"]] == ["elin", "chioma"]
    travel, failover = (each["answer"] for each in found["answers"])
    assert "EUR 48" in travel["text"]
    assert "90 seconds" in failover["text"]
    assert travel["sentences"][0]["citations"]

    policy = company / "built" / "handbook" / "travel-policy-2025.md"
    policy.write_text(policy.read_text().replace("EUR 48", "EUR 84"))
    wrong = command(company, "run", "--exit", "--config", str(config))
    assert (wrong.returncode, json.loads(wrong.stdout)["right"]) == (1, False)
    assert "not the expected ones" in wrong.stderr
    build(company / "built")


def test_the_demo_serves_and_gives_a_link_that_signs_in_once(company: Path) -> None:
    (config,) = (company / "cache").glob("*/groundwatch.yaml")
    arguments = ["demo", "run", "--json", "--config", str(config)]
    command = [sys.executable, "-m", "groundwatch", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            signs_in_once(told(demo))
        finally:
            demo.terminate()


def told(demo: "subprocess.Popen[str]") -> dict[str, Any]:
    """The JSON document that it prints when it serves."""
    assert demo.stdout is not None
    document = takewhile(lambda line: line != "}\n", demo.stdout)
    found: dict[str, Any] = json.loads("".join(document) + "}")
    return found


def signs_in_once(found: dict[str, Any]) -> None:
    assert found["right"] is True
    headers = {"Origin": found["url"]}
    signed_in = httpx.post(found["link"], headers=headers)
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")
    assert httpx.post(found["link"], headers=headers).status_code != 303
    page = httpx.get(found["url"], cookies=dict(signed_in.cookies))
    assert "What would you like to know?" in page.text


def test_questions_are_counted_on_every_surface_and_nothing_leaks(company: Path) -> None:
    asked = command(company, "questions", "--file", "questions.yaml", "--cache", "cache")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    counts = json.loads(asked.stdout)
    assert list(counts) == [
        "answerable",
        "source_in_top3",
        "sentence_found",
        "unanswerable",
        "declined",
        "forbidden",
        "leaks",
    ]
    assert counts["leaks"] == 0
    assert min(counts["answerable"], counts["unanswerable"], counts["forbidden"]) >= 4
    assert counts["source_in_top3"] >= 0.8 * counts["answerable"]
    assert counts["sentence_found"] >= 0.75 * counts["answerable"]
