"""What happens when files vanish, are cut short or damaged, and when processes are killed."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from groundwatch.errors import Unavailable, Unusable
from groundwatch.index import generations
from groundwatch.index.builder import BuildOrder, build
from groundwatch.index.building import BuilderProcess
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import Ranking, SearchRequest
from groundwatch.index.process import IndexProcess, open_index
from groundwatch.store import changes
from tests.index.company import SUBJECTS, Company, embed
from tests.index.samples import ANYBODY, MODEL, words
from tests.waiting import until

WRITER = Path(__file__).parent / "writer.py"


def shard(root: Path) -> Path:
    folder = generations.current(root)
    assert folder is not None
    return folder / "shard"


def cut(name: str) -> Callable[[Path], None]:
    """Cuts every file of that name to half its length."""

    def damage(root: Path) -> None:
        found = list(shard(root).rglob(name))
        assert found
        for path in found:
            with path.open("r+b") as file:
                file.truncate(path.stat().st_size // 2)

    return damage


def garbage(name: str) -> Callable[[Path], None]:
    """Overwrites the beginning of every file of that name."""

    def damage(root: Path) -> None:
        found = list(root.rglob(name))
        assert found
        for path in found:
            with path.open("r+b") as file:
                file.write(b"\xa5" * 64)

    return damage


def gone(name: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        for path in list(root.rglob(name)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


DAMAGES = {
    "folder gone": shutil.rmtree,
    "pointer gone": gone("current"),
    "pointer damaged": garbage("current"),
    "manifest gone": gone("manifest.json"),
    "manifest damaged": garbage("manifest.json"),
    "position gone": gone("applied.json"),
    "position damaged": garbage("applied.json"),
    "shard gone": gone("shard"),
    "segments gone": gone("segments"),
    "vectors cut": cut("chunk_0.mmap"),
    "payload cut": cut("page_0.dat"),
    "ids cut": cut("mutable_id_tracker.mappings"),
    "segment description cut": cut("segment.json"),
    "segment description damaged": garbage("segment.json"),
    "configuration damaged": garbage("edge_config.json"),
    "opening killed the process before": lambda root: (shard(root).parent / "opening").touch(),
}


def answers(index: IndexProcess) -> list[tuple[Ranking, set[int]]]:
    """Word weights may differ: a builder measures how long chunks are."""
    found = [index.search(SearchRequest(ANYBODY, embed(word), word)) for word in SUBJECTS]
    return [(rankings.dense, {id_ for id_, _ in rankings.lexical}) for rankings in found]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_index_is_built_anew_and_never_answers_wrongly(
    place: IndexPlace, store: Company, damage: Callable[[Path], None]
) -> None:
    with open_index(place, store.database) as index:
        store.grow(20)
        index.follow(store.latest(), 60)
        expected = answers(index)
    damage(place.root)
    with open_index(place, store.database) as index:
        assert index.status().problem
        with pytest.raises(Unavailable, match="being built"):
            index.search(words("leave"))
        index.follow(store.latest(), 60)
        assert answers(index) == expected
        assert index.status().problem == ""
        assert index.verify(repair=False).agrees


def test_every_file_of_a_graph_that_is_cut_is_noticed_before_it_is_mapped(
    place: IndexPlace, store: Company
) -> None:
    store.grow(20)
    folder = place.root / "gen-000001"
    order = BuildOrder("", str(place.data), str(folder), MODEL.name, 8, graph_above=10)
    assert build(store.database, order).graph_points == 40
    inside = [path for path in (folder / "shard" / "segments").rglob("*") if path.is_file()]
    assert any(path.name.startswith("graph") for path in inside)
    for path in (path for path in inside if path.name != "tracker_journal.dat"):
        with path.open("r+b") as file, contextlib.suppress(OSError):
            file.seek(-1, os.SEEK_END)
            last = file.read()
            file.truncate(file.tell() - 1)
            with pytest.raises(Unusable, match="should hold"):
                generations.open_generation(folder)
            file.seek(0, os.SEEK_END)
            file.write(last)
    generations.open_generation(folder).close()


@pytest.mark.parametrize("damage", [gone("wal"), cut("open-*"), garbage("open-*")])
def test_a_damaged_write_ahead_log_harms_nothing(
    place: IndexPlace, store: Company, damage: Callable[[Path], None]
) -> None:
    with open_index(place, store.database) as index:
        store.grow(20)
        index.follow(store.latest(), 60)
        expected = answers(index)
    damage(place.root)
    with open_index(place, store.database) as index:
        index.follow(store.latest(), 60)
        assert answers(index) == expected


@contextlib.contextmanager
def writing(place: IndexPlace) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, str(WRITER), str(place.root), str(place.data)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def reached(process: "subprocess.Popen[str]", position: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip().isdigit() and int(line) >= position:
            return
    pytest.fail("the index process ended")


@pytest.mark.slow
def test_a_process_killed_while_it_writes_loses_nothing(place: IndexPlace, store: Company) -> None:
    paths = store.grow(5)
    for turn in range(3):
        with writing(place) as process:
            reached(process, store.latest())
            before = store.latest()
            changing = threading.Thread(target=_change, args=(store, paths, turn))
            changing.start()
            reached(process, before + 20 + turn * 7)
            process.kill()
            changing.join()
    with open_index(place, store.database) as index:
        index.follow(store.latest(), 60)
        assert index.verify(repair=False).agrees


def _change(store: Company, paths: list[str], turn: int) -> None:
    for number in range(15):
        store.grow(2, start=1000 * (turn + 1) + 2 * number)
        store.put(paths[number % 5], f"leave again {turn} {number}")
    store.delete(paths[turn])


def test_a_log_that_does_not_reach_back_leads_to_a_build(place: IndexPlace, store: Company) -> None:
    with open_index(place, store.database) as index:
        store.grow(3)
        index.follow(store.latest(), 30)
    store.grow(10, start=10)
    with store.database.write() as c:
        changes.trim(c, store.latest())
    with open_index(place, store.database) as index:
        index.follow(store.latest(), 60)
        assert index.verify(repair=False).agrees


def test_another_store_in_its_place_leads_to_a_build(
    place: IndexPlace, store: Company, tmp_path: Path
) -> None:
    with open_index(place, store.database) as index:
        store.grow(3)
        index.follow(store.latest(), 30)
    with store.database.write() as c:
        c.execute(text("DELETE FROM changes WHERE seq > 2"))
    with open_index(place, store.database) as index:
        until(lambda: index.status().generation == "gen-000002", 60)
        assert index.verify(repair=False).agrees


def test_a_build_that_fails_is_told_and_the_index_goes_on(
    index: IndexProcess, store: Company, place: IndexPlace
) -> None:
    store.grow(3)
    index.follow(store.latest())
    index.rebuild()
    until(lambda: index.status().building)
    _builder(index)._process.kill()
    until(lambda: "build.log says why" in index.status().problem)
    assert len(index.search(words("leave")).lexical) == 2
    index.rebuild(timeout=60)
    assert index.status().problem == ""


def _builder(index: IndexProcess) -> BuilderProcess:
    build = index._keeper.builds._build
    assert isinstance(build, BuilderProcess)
    return build


def test_a_builder_that_cannot_open_the_store_says_why_in_its_log(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    order = BuildOrder("", str(tmp_path / "data"), str(tmp_path / "gen-000001"), "m", 8)
    build = BuilderProcess(order, "test", tmp_path / "build.log")
    until(build.finished, 30)
    with pytest.raises(Unusable, match="failed with code 1"):
        build.check()
    assert "Traceback" in (tmp_path / "build.log").read_text()


def test_a_builder_ends_with_its_parent(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "groundwatch.index.builder"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    order = BuildOrder("", str(tmp_path), "/dev/null/no", MODEL.name, 8)
    assert process.stdin is not None
    process.stdin.write(order.text() + "\n")
    with process:
        process.stdin.close()
        assert process.wait(30) == 1


def test_closing_during_a_build_ends_the_builder(place: IndexPlace, store: Company) -> None:
    store.grow(20)
    with open_index(place, store.database) as index:
        until(lambda: index.status().building, 10)
        process = _builder(index)._process
    assert process.poll() is not None


def test_a_full_disk_stops_following_and_not_answering(place: IndexPlace, store: Company) -> None:
    with open_index(place, store.database) as index:
        store.put("hr/one.md", "parental leave")
        index.follow(store.latest())
    full = replace(place, least_free_bytes=2**60)
    with open_index(full, store.database) as index:
        store.put("hr/two.md", "sabbatical leave")
        with pytest.raises(Unavailable, match="MB free; the index follows the store again"):
            index.follow(store.latest(), timeout=0.5)
        assert len(index.search(words("leave")).lexical) == 1
    with open_index(place, store.database) as index:
        index.follow(store.latest())
        assert len(index.search(words("leave")).lexical) == 2


def test_a_store_that_does_not_answer_is_told_and_the_index_goes_on(
    index: IndexProcess, store: Company
) -> None:
    store.put("hr/one.md", "parental leave")
    index.follow(store.latest())
    with store.database.write() as c:
        c.execute(text("ALTER TABLE changes RENAME TO hidden"))
    until(lambda: _problem(index), 10)
    assert len(index.search(words("leave")).lexical) == 1
    with store.database.write() as c:
        c.execute(text("ALTER TABLE hidden RENAME TO changes"))
    store.put("hr/two.md", "sabbatical leave")
    index.follow(store.latest(), 10)
    assert len(index.search(words("leave")).lexical) == 2


def _problem(index: IndexProcess) -> str:
    return index._problem


def test_an_index_folder_that_cannot_be_made_is_said_plainly(
    place: IndexPlace, store: Company, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    wrong = replace(place, root=tmp_path / "file" / "index")
    with pytest.raises(Unusable, match="cannot be made"), open_index(wrong, store.database):
        pass
