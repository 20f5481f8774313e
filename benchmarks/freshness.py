"""From a save or a call to what a search shows.

A real server with its worker; this process polls through the retriever of the product every
millisecond or so. The clock starts when the save or the call has returned, as a person's does.
"""

import random
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from benchmarks.corpora import read_corpus, write_files
from benchmarks.figures import Figure, at_most, middle, percentile, plain, show
from benchmarks.harness import (
    ADMIN,
    PRINCIPALS,
    SOURCE,
    Installation,
    Options,
    index_everything,
    install,
    load_average,
    options,
    say,
    searching,
    serving,
)
from groundwatch.domain.documents import document_id
from groundwatch.domain.queries import EVERYTHING
from groundwatch.retrieval.retriever import Retriever
from groundwatch.store import ledger
from groundwatch.store.database import Database
from groundwatch.store.ledger import Event, Tracked

TIMES = 40
DOCUMENTS = 1_000
_POLL_SECONDS = 0.001
_GIVE_UP_SECONDS = 30.0
_STAGES = ("read", "parse", "chunk", "embed", "store", "index")
_SEED = 7


def main() -> None:
    given = options(__doc__)
    figures = [plain("load average at the start", load_average(), "")]
    with tempfile.TemporaryDirectory(prefix="groundwatch-bench-") as folder:
        figures += _measured(given, Path(folder) / "fresh")
    figures.append(plain("load average at the end", load_average(), ""))
    show(figures)


def _measured(given: Options, root: Path) -> list[Figure]:
    times = 5 if given.quick else TIMES
    corpus = read_corpus(given.data / "retrieval" / "dbpedia_entity")
    installation = install(root, {})
    write_files(corpus.documents[: 50 if given.quick else DOCUMENTS], installation.documents)
    with serving(installation) as server, searching(installation) as (retriever, ground):
        say("indexing what is there before")
        index_everything(installation)
        trial = _Trial(installation, retriever, server.url)
        figures = [plain("each measured", times, "times")]
        for name, target, measure in (
            ("save a new file, searchable", 100.0, trial.new),
            ("save an edited file, searchable", 100.0, trial.edit),
            ("delete a file, gone", 50.0, trial.delete),
            ("revoke by API, hidden", 50.0, trial.revoke),
            ("revoke by rules, hidden", 50.0, trial.reload),
        ):
            say(name)
            taken = [measure(number) * 1e3 for number in range(times)]
            figures.append(at_most(f"{name}, median", middle(taken), "ms", target))
            figures.append(plain(f"{name}, p95", percentile(taken, 0.95), "ms"))
            figures.append(plain(f"{name}, longest", max(taken), "ms"))
            if name.startswith(("save", "delete")):
                figures += _stages(name.split(",")[0], ground.database, times)
        figures.append(plain("one poll", trial.poll() * 1e3, "ms"))
        trial.close()
        return figures


class _Trial:
    """Changes a document and looks until a search shows it.

    Every document holds a word that no other holds, and a sentence to be found by.
    """

    def __init__(self, installation: Installation, retriever: Retriever, url: str) -> None:
        self._installation = installation
        self._retriever = retriever
        headers = {"Authorization": f"Bearer {installation.key(ADMIN)}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60)
        self._words = random.Random(_SEED)  # noqa: S311  only has to differ

    def close(self) -> None:
        self._http.close()

    def new(self, number: int) -> float:
        """Save a new file."""
        return self._save(f"new-{number}.md")

    def edit(self, number: int) -> float:
        """Save other content under a known name."""
        return self._save(f"new-{number}.md")

    def delete(self, number: int) -> float:
        """Delete a file."""
        word = self._word()
        self._save(f"delete-{number}.md", word)
        self._file(f"delete-{number}.md").unlink()
        return self._until(lambda: not self._shows(word))

    def revoke(self, number: int) -> float:
        """Take everybody's permission by a call."""
        word, name = self._word(), f"revoke-{number}.md"
        self._save(name, word)
        address = f"/v1/documents/{document_id(SOURCE, name)}/acl"
        self._http.put(address, json={"allow": [f"user:{ADMIN}"]}).raise_for_status()
        return self._until(lambda: not self._shows(word))

    def reload(self, number: int) -> float:
        """Take everybody's permission by a rule in the configuration."""
        word, name = self._word(), f"rule-{number}.md"
        self._save(name, word)
        rules: list[Mapping[str, object]] = [
            {"path": "**", "allow": ["everyone"]},
            *(
                {"path": f"rule-{each}.md", "allow": [f"user:{ADMIN}"]}
                for each in range(number + 1)
            ),
        ]
        self._installation.configure(rules, {})
        return self._until(lambda: not self._shows(word))

    def poll(self) -> float:
        """Seconds of one look: what the measuring itself adds."""
        word = self._word()
        taken = []
        for _ in range(20):
            began = time.perf_counter()
            self._shows(word)
            taken.append(time.perf_counter() - began)
        return middle(taken)

    def _save(self, name: str, word: str = "") -> float:
        word = word or self._word()
        file = self._file(name)
        text = f"# Note {word}\n\nThe vessel {word} lies at the northern pier and pays per week.\n"
        whole = file.with_name(f".{name}.tmp")
        whole.write_text(text)
        whole.replace(file)
        return self._until(lambda: self._shows(word))

    def _file(self, name: str) -> Path:
        return self._installation.documents / name

    def _word(self) -> str:
        return "zq" + "".join(self._words.choices("bcdfghjklmnprstvwxz", k=10))

    def _shows(self, word: str) -> bool:
        question = f"where does the vessel {word} lie"
        found = self._retriever.search(question, PRINCIPALS, EVERYTHING, 5).result.passages
        return any(word in passage.text for passage in found)

    def _until(self, condition: Callable[[], bool]) -> float:
        began = time.perf_counter()
        while not condition():
            if time.perf_counter() - began > _GIVE_UP_SECONDS:
                raise SystemExit(f"nothing changed within {_GIVE_UP_SECONDS:g} seconds")
            time.sleep(_POLL_SECONDS)
        return time.perf_counter() - began


def _stages(name: str, database: Database, times: int) -> list[Figure]:
    """What the tracking records say of the last runs."""
    event = Event.DELETED if name.startswith("delete") else Event.CHANGED
    with database.read() as connection:
        recent = ledger.recent(connection, limit=4 * times)
    runs = [run for run in recent if run.event is event][:times]
    figures = [plain(f"  {name}: queue", middle([_queued(run) for run in runs]), "ms")]
    for stage in _STAGES:
        taken = [run.timings[stage] * 1e3 for run in runs if stage in run.timings]
        if taken:
            figures.append(plain(f"  {name}: {stage}", middle(taken), "ms"))
    whole = [(run.finished_at - run.queued_at).total_seconds() * 1e3 for run in runs]
    return [*figures, plain(f"  {name}: queued to finished", middle(whole), "ms")]


def _queued(run: Tracked) -> float:
    assert run.started_at is not None
    return (run.started_at - run.queued_at).total_seconds() * 1e3


if __name__ == "__main__":
    main()
