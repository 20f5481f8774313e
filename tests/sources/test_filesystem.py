"""A folder as a source: what is listed, what is read, what is refused."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.waiting import until

from groundwatch.domain.access import AccessList
from groundwatch.errors import DocumentRejected, Unavailable
from groundwatch.sources.base import Entry, Unlisted
from groundwatch.sources.filesystem import FilesystemSettings, FilesystemSource, PathRule
from groundwatch.sources.watching import FolderWatch


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "docs"
    (root / "hr").mkdir(parents=True)
    (root / "hr" / "pay.md").write_text("Pay day is the 25th.")
    (root / "readme.txt").write_text("Welcome.")
    return root


def source(root, **settings):
    return FilesystemSource(FilesystemSettings(name="docs", path=root, **settings), max_bytes=1000)


def paths(source, under=""):
    return sorted(found.path for found in source.entries(under) if isinstance(found, Entry))


def unlisted(source, under=""):
    return [found for found in source.entries(under) if isinstance(found, Unlisted)]


@pytest.fixture
def refused():
    """A folder that everybody may enter; permissions stop us too, also as root."""
    with TemporaryDirectory() as place:
        root = Path(place)
        root.chmod(0o755)
        (root / "hr").mkdir()
        (root / "hr" / "pay.md").write_text("Pay day is the 25th.")
        (root / "readme.txt").write_text("Welcome.")
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(root, 65534, -1)
            os.chown(root / "hr", 65534, -1)
            os.seteuid(65534)
        yield root
        if is_root:
            os.seteuid(0)
        root.chmod(0o755)
        (root / "hr").chmod(0o755)


def test_lists_files_with_stamp_and_size(folder):
    entry = next(entry for entry in source(folder).entries() if entry.path == "readme.txt")
    info = (folder / "readme.txt").stat()
    assert (entry.stamp, entry.size) == (info.st_mtime_ns, info.st_size)
    assert paths(source(folder)) == ["hr/pay.md", "readme.txt"]
    assert paths(source(folder), "hr") == ["hr/pay.md"]
    assert paths(source(folder), "hr/pay.md") == ["hr/pay.md"]
    assert paths(source(folder), "nowhere") == []


def test_patterns_decide_what_is_in(folder):
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x")
    (folder / "~$open.docx").write_text("x")
    assert paths(source(folder)) == ["hr/pay.md", "readme.txt"]
    assert paths(source(folder, include=("**/*.md",))) == ["hr/pay.md"]
    assert paths(source(folder, exclude=("hr/**",))) == [".git/config", "readme.txt", "~$open.docx"]
    assert source(folder, exclude=("hr/**",)).read("hr/pay.md") is None


def test_reads_bytes_with_their_stamp(folder):
    item = source(folder).read("hr/pay.md")
    assert item.data == b"Pay day is the 25th."
    assert item.stamp == (folder / "hr/pay.md").stat().st_mtime_ns


@pytest.mark.parametrize("path", ["gone.md", "hr", "../outside.md", "/etc/passwd", "readme.txt/x"])
def test_what_is_no_file_of_the_folder_is_not_there(folder, path):
    (folder.parent / "outside.md").write_text("secret")
    assert source(folder).read(path) is None


def test_symbolic_links_are_not_followed(folder):
    (folder.parent / "outside.md").write_text("secret")
    (folder / "link.md").symlink_to(folder.parent / "outside.md")
    (folder / "loop").symlink_to(folder)
    (folder / "out").symlink_to(folder.parent)
    assert paths(source(folder)) == ["hr/pay.md", "readme.txt"]
    assert source(folder).read("link.md") is None
    assert source(folder).read("out/outside.md") is None
    assert source(folder).read("loop/readme.txt") is None


def test_a_pipe_is_no_document_and_does_not_block(folder):
    os.mkfifo(folder / "pipe.md")
    assert paths(source(folder)) == ["hr/pay.md", "readme.txt"]
    assert source(folder).read("pipe.md") is None


def test_a_large_file_is_rejected_with_the_way_out(folder):
    (folder / "big.txt").write_text("x" * 1001)
    with pytest.raises(DocumentRejected, match="max_file_megabytes") as rejected:
        source(folder).read("big.txt")
    assert (rejected.value.stage, rejected.value.reason) == ("read", "too-large")


def test_a_vanished_folder_is_unavailable_and_says_that_nothing_was_removed(folder):
    watched = source(folder)
    shutil.rmtree(folder)
    with pytest.raises(Unavailable, match="nothing was removed"):
        list(watched.entries())
    with pytest.raises(Unavailable):
        watched.read("readme.txt")


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["unlistable", "listable, but no more"])
def test_a_folder_that_refuses_is_told_and_stops_nothing(refused, mode):
    (refused / "hr").chmod(mode)
    assert paths(source(refused)) == ["readme.txt"]
    for under, path in (("", "hr"), ("hr", "hr"), ("hr/pay.md", "hr/pay.md")):
        assert unlisted(source(refused), under) == [Unlisted(path, "Permission denied")]
    assert unlisted(source(refused, exclude=("hr/**",))) == []


def test_a_source_that_refuses_as_a_whole_is_unavailable(refused):
    refused.chmod(0o300)
    with pytest.raises(Unavailable, match="nothing was removed"):
        list(source(refused).entries())


def test_a_source_may_be_a_link_to_its_folder(folder):
    (folder.parent / "link").symlink_to(folder)
    assert paths(source(folder.parent / "link")) == ["hr/pay.md", "readme.txt"]


def test_permissions_come_from_the_rules(folder):
    rules = (
        PathRule(path="**", allow=("group:staff",), tags=("all",)),
        PathRule(path="hr/**", allow=("group:hr",), deny=("user:eve",)),
    )
    permissions = source(folder, permissions=rules).permissions("hr/pay.md")
    assert permissions.access == AccessList(frozenset({"group:hr"}), frozenset({"user:eve"}))
    assert permissions.tags == ("all",)
    assert source(folder).permissions("hr/pay.md").access == AccessList()


class TestWatch:
    @pytest.fixture
    def hinted(self, folder):
        seen: set[str] = set()
        watch = FolderWatch(folder, seen.add)
        yield seen
        watch.close()

    def test_edits_additions_and_removals_are_hinted(self, folder, hinted):
        (folder / "readme.txt").write_text("changed")
        (folder / "new.md").write_text("new")
        (folder / "hr" / "pay.md").unlink()
        until(lambda: {"readme.txt", "new.md", "hr/pay.md"} <= hinted)

    def test_an_atomic_save_hints_its_final_name(self, folder, hinted):
        (folder / "draft.tmp").write_text("x")
        (folder / "draft.tmp").rename(folder / "readme.txt")
        until(lambda: "readme.txt" in hinted)

    def test_renamed_and_moved_folders_are_hinted_as_folders(self, folder, hinted):
        (folder / "hr").rename(folder / "people")
        until(lambda: {"hr/", "people/"} <= hinted)
        (folder / "people").rename(folder.parent / "away")
        (folder.parent / "away").rename(folder / "back")
        until(lambda: "back/" in hinted or "back/pay.md" in hinted)

    def test_deep_new_folders_are_seen(self, folder, hinted):
        deep = folder / "a" / "b" / "c"
        deep.mkdir(parents=True)
        (deep / "note.md").write_text("x")
        until(lambda: "a/b/c/note.md" in hinted)

    def test_reading_is_no_change(self, folder, hinted):
        (folder / "readme.txt").read_text()
        (folder / "end.md").write_text("x")
        until(lambda: "end.md" in hinted)
        assert "readme.txt" not in hinted
