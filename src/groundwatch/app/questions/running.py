"""A question set from its files to its results: a server of its own, indexed, asked, stopped."""

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundwatch.app.ground import open_ground
from groundwatch.app.owner import open_access
from groundwatch.app.paths import DataFolder
from groundwatch.app.questions.asking import ask_all
from groundwatch.app.questions.counting import Result
from groundwatch.app.questions.leaks import Mark, marks_for
from groundwatch.app.questions.sets import Question, load_questions
from groundwatch.app.questions.shown import Shown
from groundwatch.app.syncing import sync
from groundwatch.config import Config, load, system_environment
from groundwatch.domain.clock import system_clock
from groundwatch.domain.documents import DocumentContent
from groundwatch.errors import InvalidInput, Unavailable
from groundwatch.store import documents
from groundwatch.store.database import Database

START_SECONDS = 120.0
CONFIG_NAME = "groundwatch.yaml"
_LOOK_SECONDS = 0.1


def run_set(
    file: Path,
    docs: Path | None,
    split: str,
    cache: Path,
    *,
    indexing: Callable[[], Shown],
    asking: Callable[[], Shown],
) -> list[Result]:
    """Ask a set of questions of a server that holds its documents.

    Args:
        file: the questions; a `groundwatch.yaml` beside it or in `docs` says who may read what.
        docs: the folder of documents; None takes that of the configuration.
        split: which half to ask.
        cache: where the index of this set is kept from one run to the next.
        indexing: makes a progress display for indexing.
        asking: makes one for asking.
    """
    questions = load_questions(file, split)
    config_path = _write_config(file, docs, questions, cache)
    config = load(config_path, system_environment())
    with _server(config, config_path) as url:
        with indexing() as progress:
            sync(config, [], progress.show)
        askers = sorted({question.asker for question in questions})
        keys, marks = _prepare(config, askers)
        with asking() as progress:
            return ask_all(url, keys, marks, questions, progress.show)


def _write_config(
    file: Path, docs: Path | None, questions: Sequence[Question], cache: Path
) -> Path:
    """The set's own configuration with a data folder, a port and limits for this purpose."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    found = next(
        (
            folder / CONFIG_NAME
            for folder in (file.parent, *([docs, docs.parent] if docs else []))
            if (folder / CONFIG_NAME).exists()
        ),
        None,
    )
    settings = yaml.load(found) if found else _as_the_set_says(docs, questions)
    origin = found.parent if found else Path.cwd()
    _point_at(settings, docs, origin)
    marker = hashlib.sha256(repr((docs, found, settings["sources"])).encode()).hexdigest()[:12]
    folder = (cache / f"questions-{marker}").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    settings |= {
        "data": str(folder / "data"),
        "server": {"port": 0, "limits": {"requests_per_minute": 1_000_000}},
    }
    path = folder / CONFIG_NAME
    with path.open("w") as out:
        yaml.dump(settings, out)
    return path


def _as_the_set_says(docs: Path | None, questions: Sequence[Question]) -> dict[str, Any]:
    """Without a configuration everybody reads everything but what the set forbids to them."""
    if docs is None:
        raise InvalidInput(f"say which documents to ask: there is no {CONFIG_NAME} beside the set")
    rules: list[dict[str, Any]] = [{"path": "**", "allow": ["everyone"]}]
    rules += [
        {"path": literal_glob(path), "deny": [f"user:{question.asker}"]}
        for question in questions
        if question.kind == "forbidden"
        for path in (question.source, *question.also)
    ]
    users: dict[str, dict[str, str]] = {question.asker: {} for question in questions}
    source = {"name": "documents", "path": str(docs), "permissions": rules}
    return {"sources": [source], "users": users}


def literal_glob(path: str) -> str:
    """A pattern that matches exactly this path."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def _point_at(settings: dict[str, Any], docs: Path | None, origin: Path) -> None:
    """Make folders absolute; the documents given take the place of the first source's."""
    for source in settings["sources"]:
        source["path"] = str((origin / source["path"]).resolve())
    if docs is not None:
        settings["sources"][0]["path"] = str(docs.resolve())


@contextmanager
def _server(config: Config, config_path: Path) -> Generator[str]:
    """A server until the block ends; yields its address."""
    folder = DataFolder(config.data)
    folder.prepare()
    folder.address.unlink(missing_ok=True)
    command = [sys.executable, "-m", "groundwatch", "serve", "--config", str(config_path)]
    with folder.log("server").open("ab") as log:
        server = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield _address(folder, server)
    finally:
        server.terminate()
        server.wait(timeout=60)


def _address(folder: DataFolder, server: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + START_SECONDS
    while not folder.address.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise Unavailable(f"the server does not start; {folder.log('server')} says why")
        time.sleep(_LOOK_SECONDS)
    return str(json.loads(folder.address.read_text())["url"])


def _prepare(
    config: Config, askers: Sequence[str]
) -> tuple[Mapping[str, str], Mapping[str, Sequence[Mark]]]:
    """A key for each asker, and what each must not see."""
    with open_access(config) as access, open_ground(config, system_clock) as ground:
        contents = _all_documents(ground.database)
        keys = {
            asker: access.credentials.create_key(asker, name="questions").token for asker in askers
        }
        marks = {asker: marks_for(contents, access.directory.principals(asker)) for asker in askers}
    return keys, marks


def _all_documents(database: Database) -> list[DocumentContent]:
    with database.read() as connection:
        found, after = [], None
        while page := documents.page(connection, principals=None, after=after, limit=500):
            contents = (documents.content(connection, meta.id) for meta in page)
            found += [content for content in contents if content is not None]
            after = (page[-1].source, page[-1].path)
        return found
