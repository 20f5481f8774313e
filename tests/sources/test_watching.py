"""Real events of a real folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.waiting import until

from groundwatch.sources.watching import FolderWatch


@pytest.fixture
def hints(tmp_path: Path) -> Iterator[list[str]]:
    """Everything hinted at in `tmp_path`, in order."""
    (tmp_path / "hr").mkdir()
    (tmp_path / "old.md").write_text("old")
    seen: list[str] = []
    watch = FolderWatch(tmp_path, seen.append)
    yield seen
    watch.close()


def test_every_change_is_hinted_at(hints: list[str], tmp_path: Path) -> None:
    (tmp_path / "hr" / "new.md").write_text("new")
    until(lambda: "hr/new.md" in hints, 10)
    hints.clear()
    (tmp_path / "hr" / "new.md").write_text("changed")
    until(lambda: "hr/new.md" in hints, 10)
    (tmp_path / "old.md").rename(tmp_path / "renamed.md")
    until(lambda: {"old.md", "renamed.md"} <= set(hints), 10)
    hints.clear()
    (tmp_path / "renamed.md").unlink()
    until(lambda: "renamed.md" in hints, 10)
    (tmp_path / "hr").rename(tmp_path / "people")
    until(lambda: {"hr/", "people/"} <= set(hints), 10)


def test_reading_a_file_hints_at_nothing(hints: list[str], tmp_path: Path) -> None:
    for _ in range(20):
        (tmp_path / "old.md").read_text()
    (tmp_path / "last.md").write_text("last")
    until(lambda: "last.md" in hints, 10)
    assert "old.md" not in hints
