"""Real events of a real folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.waiting import until

from groundwatch.sources.base import Wake
from groundwatch.sources.watching import RETRY_SECONDS, FolderWatch, KeptWatch


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
    until(lambda: "hr/new.md" in hints)
    hints.clear()
    (tmp_path / "hr" / "new.md").write_text("changed")
    until(lambda: "hr/new.md" in hints)
    (tmp_path / "old.md").rename(tmp_path / "renamed.md")
    until(lambda: {"old.md", "renamed.md"} <= set(hints))
    hints.clear()
    (tmp_path / "renamed.md").unlink()
    until(lambda: "renamed.md" in hints)
    (tmp_path / "hr").rename(tmp_path / "people")
    until(lambda: {"hr/", "people/"} <= set(hints))


def test_reading_a_file_hints_at_nothing(hints: list[str], tmp_path: Path) -> None:
    for _ in range(20):
        (tmp_path / "old.md").read_text()
    (tmp_path / "last.md").write_text("last")
    until(lambda: "last.md" in hints)
    assert "old.md" not in hints


def test_a_system_that_gives_no_more_watches_is_asked_again_later(tmp_path: Path) -> None:
    now, tries = 0.0, 0

    def start(root: Path, wake: Wake) -> FolderWatch:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError(28, "inotify watch limit reached")
        return FolderWatch(root, wake)

    watch = KeptWatch(tmp_path, lambda _: None, start, lambda: now)
    assert not watch.is_deaf, "nothing was refused yet"
    assert [watch.ensure() for _ in range(3)] == [False] * 3
    assert (watch.is_deaf, tries) == (True, 1)
    now = RETRY_SECONDS
    assert watch.ensure(), "from now on, so that a scan follows"
    assert (watch.is_deaf, watch.ensure()) == (False, False)
    watch.close()
