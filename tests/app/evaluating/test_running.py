"""`groundwatch evaluate` over real processes: asked, measured, compared."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.app.deployment import Deployment

pytestmark = [pytest.mark.integration, pytest.mark.slow]

THINGS = (
    "anchor", "buoy", "crane", "dinghy", "engine", "fender",
    "galley", "hatch", "jetty", "keel", "ladder", "mast",
)  # fmt: skip
DOCUMENTS = {
    f"{thing}.md": f"# The {thing}\n\nThe {thing} weighs {number + 20} kilograms when dry.\n"
    for number, thing in enumerate(THINGS)
} | {"hr/salaries.md": "# Salaries\n\nThe salary of the harbour master is 7,400 doubloons.\n"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A data folder that no server runs on."""
    root = tmp_path_factory.mktemp("evaluated")
    (root / "models").mkdir()
    settings = {"embedder": {"kind": "none"}}
    return Deployment(root, root / "models", documents=DOCUMENTS, settings=settings)


@pytest.fixture(scope="module")
def questions(company: Deployment) -> Path:
    lines = [
        {
            "id": thing,
            "question": f"How much does the {thing} weigh?",
            "answer": f"{number + 20} kilograms",
            "sources": [f"{thing}.md"],
        }
        for number, thing in enumerate(THINGS)
    ]
    lines += [
        {"id": "secret", "question": "What is the salary of the harbour master in doubloons?",
         "kind": "unanswerable"},
        {"id": "absent", "question": "Who painted the lighthouse?", "as": "hana",
         "kind": "unanswerable"},
    ]  # fmt: skip
    path = company.root / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def told(company: Deployment, *arguments: str) -> tuple[dict[str, Any], str]:
    """The JSON of the last line, and everything."""
    out = company.cli("evaluate", *arguments).stdout
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found, out


def test_a_set_is_asked_and_measured_without_being_recorded(company: Deployment, questions: Path):
    answers = company.root / "answers.jsonl"
    found, out = told(company, str(questions), "--as", "bob", "--out", str(answers))
    assert found["questions"] == len(THINGS) + 2
    (side,) = found["configurations"]
    means = side["means"]
    assert means["outcome_right"]["mean"] > 0.85
    recall = means["recall_at_k"]
    assert (recall["mean"], recall["high"], recall["n"]) == (1.0, 1.0, len(THINGS))
    assert 0.7 < recall["low"] < 1.0, "twelve right ones prove no certainty"
    assert means["mrr"]["mean"] > 0.9
    assert means["answer_recall"]["mean"] > 0.9
    assert means["accuracy"]["mean"] > 0.7
    assert means["failed"]["mean"] == 0.0
    assert means["seconds"]["mean"] > 0.0
    assert "verdict" not in found
    assert "recall_at_k" in out
    lines = [json.loads(line) for line in answers.read_text().splitlines()]
    assert [line["id"] for line in lines] == [*THINGS, "secret", "absent"]
    assert "20 kilograms" in lines[0]["response"]
    assert "doubloons" not in lines[-2]["response"]
    assert company.interactions() == []


def test_two_configurations_are_compared(company: Deployment, questions: Path):
    root = company.root / "poorer"
    poorer = Deployment(
        root,
        company.root / "models",
        documents={path: DOCUMENTS[path] for path in ("anchor.md", "buoy.md")},
        settings={"embedder": {"kind": "none"}},
    )
    common = (str(questions), "--as", "bob")
    found, out = told(company, *common, "--against", str(poorer.config_path))
    assert len(found["configurations"]) == 2
    for measure in ("answer_recall", "recall_at_k", "mrr"):
        assert found["differences"][measure]["difference"] < -0.3
        assert found["differences"][measure]["verdict"] == "worse"
    assert "worse: answer_f1, answer_recall, recall_at_k" in found["verdict"]
    assert "worse" in out
    same, _ = told(company, *common, "--no-index", "--against", str(company.config_path))
    claims = {n: d["verdict"] for n, d in same["differences"].items() if n != "seconds"}
    assert set(claims.values()) == {"no difference shown"}


def test_an_unknown_asker_is_refused(company: Deployment, questions: Path):
    failed = company.cli("evaluate", str(questions), "--as", "zoe", "--no-index", code=1)
    assert "zoe" in failed.stderr
