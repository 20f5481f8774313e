import os
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from groundwatch.config import Config, ConfigWatcher, load
from groundwatch.errors import ConfigInvalid

ONE = "users: {anna: }\n"
TWO = "users: {anna: , bob: }\n"


class Told:
    """Keeps what a watcher tells, in order."""

    def __init__(self) -> None:
        self.said: Queue[Config | ConfigInvalid] = Queue()

    def next(self) -> Config | ConfigInvalid:
        return self.said.get(timeout=60)

    def next_users(self) -> set[str]:
        told = self.next()
        while isinstance(told, ConfigInvalid) and "is empty" in str(told):
            told = self.next()  # a busy machine may pause a writer who has only emptied the file
        assert isinstance(told, Config), told
        return set(told.users)

    def next_refusal(self) -> str:
        error = self.next()
        assert isinstance(error, ConfigInvalid)
        return str(error)

    @property
    def is_silent(self) -> bool:
        try:
            self.said.get_nowait()
        except Empty:
            return True
        return False


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "groundwatch.yaml"
    path.write_text(ONE)
    return path


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watcher(path: Path, told: Told) -> Iterator[ConfigWatcher]:
    watcher = ConfigWatcher(
        path,
        {},
        load(path, {}),
        on_change=told.said.put,
        on_refused=told.said.put,
        poll_seconds=60,
    )
    watcher.start()
    yield watcher
    watcher.close()


@pytest.mark.usefixtures("watcher")
class TestSaves:
    def test_written_in_place(self, path: Path, told: Told):
        path.write_text(TWO)

        assert told.next_users() == {"anna", "bob"}

    def test_renamed_into_place(self, path: Path, told: Told):
        (path.parent / "new").write_text(TWO)
        (path.parent / "new").replace(path)

        assert told.next_users() == {"anna", "bob"}

    def test_moved_away_and_written_anew(self, path: Path, told: Told):
        path.rename(path.with_suffix(".yaml~"))
        path.write_text(TWO)

        assert told.next_users() == {"anna", "bob"}

    def test_a_writer_who_pauses_is_waited_for(self, path: Path, told: Told):
        half, rest = "users:\n  anna:\n", "  bob:\n"
        with path.open("w") as file:
            file.write(half)
            file.flush()
            os.fsync(file.fileno())
            file.write(rest)

        assert told.next_users() == {"anna", "bob"}

    def test_a_writer_who_never_closes(self, path: Path, told: Told):
        with path.open("w") as file:
            file.write(TWO)
            file.flush()

            assert told.next_users() == {"anna", "bob"}

    def test_refused_whole_then_taken_whole(self, path: Path, told: Told):
        path.write_text(TWO + "sever: {}\n")
        assert "sever" in told.next_refusal()

        path.write_text(TWO)
        assert told.next_users() == {"anna", "bob"}

    def test_gone_and_back(self, path: Path, told: Told):
        path.unlink()
        assert "no such file" in told.next_refusal()

        path.write_text(TWO)
        assert told.next_users() == {"anna", "bob"}

    def test_many_saves_end_with_the_last(self, path: Path, told: Told):
        for number in range(50):
            path.write_text(f"users: {{u{number}: }}\n")

        while told.next_users() != {"u49"}:
            pass


def test_equal_content_is_no_change(watcher: ConfigWatcher, path: Path, told: Told):
    path.write_text(f"# only a comment\n{ONE}")
    watcher.check()
    path.touch()
    watcher.check()

    assert told.is_silent


def test_a_change_before_the_start_is_noticed(path: Path, told: Told):
    before = load(path, {})
    path.write_text(TWO)
    watcher = ConfigWatcher(path, {}, before, on_change=told.said.put, on_refused=told.said.put)
    watcher.start()

    assert told.next_users() == {"anna", "bob"}
    watcher.close()


def test_file_systems_without_events_are_polled(
    path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
):
    from groundwatch.config import watching

    monkeypatch.setattr(watching, "_observe", lambda folders, hint: None)
    watcher = ConfigWatcher(
        path,
        {},
        load(path, {}),
        on_change=told.said.put,
        on_refused=told.said.put,
        settle_seconds=0.01,
        poll_seconds=0.01,
    )
    watcher.start()
    path.write_text(TWO)

    assert told.next_users() == {"anna", "bob"}
    watcher.close()


def test_links_as_a_config_map_mounts_them(tmp_path: Path, told: Told):
    for name, text in (("..1", ONE), ("..2", TWO)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "groundwatch.yaml").write_text(text)
    (tmp_path / "..data").symlink_to("..1")
    path = tmp_path / "groundwatch.yaml"
    path.symlink_to("..data/groundwatch.yaml")
    watcher = ConfigWatcher(
        path,
        {},
        load(path, {}),
        on_change=told.said.put,
        on_refused=told.said.put,
        poll_seconds=60,
    )
    watcher.start()

    (tmp_path / "..new").symlink_to("..2")
    (tmp_path / "..new").replace(tmp_path / "..data")

    assert told.next_users() == {"anna", "bob"}
    watcher.close()


def test_a_secret_that_changed_is_read_on_demand(tmp_path: Path, told: Told):
    secret = tmp_path / "key"
    secret.write_text("one")
    path = tmp_path / "groundwatch.yaml"
    path.write_text("llm: {endpoints: ['http://h/v1'], model: m, api_key: {file: key}}\n")
    watcher = ConfigWatcher(
        path, {}, load(path, {}), on_change=told.said.put, on_refused=told.said.put
    )
    secret.write_text("two")

    watcher.check()

    config = told.next()
    assert isinstance(config, Config)
    assert config.llm is not None
    assert config.llm.api_key == "two"


def test_a_callback_that_fails_does_not_end_the_watch(path: Path, caplog):
    calls: Queue[int] = Queue()

    def fail(config: Config) -> None:
        calls.put(len(config.users))
        raise RuntimeError

    watcher = ConfigWatcher(path, {}, load(path, {}), on_change=fail, on_refused=lambda error: None)
    watcher.start()
    path.write_text(TWO)
    assert calls.get(timeout=60) == 2
    path.write_text("users: {a: , b: , c: }\n")
    assert calls.get(timeout=60) == 3
    watcher.close()

    assert "taking over the configuration" in caplog.text


def test_nothing_is_told_after_closing(watcher: ConfigWatcher, path: Path, told: Told):
    watcher.close()
    path.write_text(TWO)

    assert told.is_silent
    assert "config-watch" not in {thread.name for thread in threading.enumerate()}
