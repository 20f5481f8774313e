"""The serve half, assembled: from a question to a recorded interaction."""

import weakref
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import assert_never

from groundwatch.access.directory import Directory
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_settings import FILE, INSTALLATION, Overrides
from groundwatch.app.dealing import DEAL_SECONDS, Dealing
from groundwatch.app.ground import Ground, open_ground
from groundwatch.app.periodic import every
from groundwatch.app.sampling import sampling_of
from groundwatch.config import Config, changed, load, system_environment
from groundwatch.generation.answerer import Answerer
from groundwatch.generation.asking import Asking
from groundwatch.generation.extractive import ExtractiveAnswerer
from groundwatch.generation.ways import Way
from groundwatch.models.embedder import Embedder
from groundwatch.retrieval.ranking import RemoteRanking
from groundwatch.retrieval.retriever import Retriever
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore, open_events
from groundwatch.telemetry.recorder import Recorder
from groundwatch.telemetry.sampled_out import SampledOut, sampled_writer


@dataclass(frozen=True, slots=True)
class Answering:
    """Everything that answers.

    Attributes:
        dealing: by which variants of experiments.
    """

    directory: Directory
    retriever: Retriever
    asking: Asking
    recorder: Recorder
    events: EventStore
    sampled_out: SampledOut
    dealing: Dealing


@contextmanager
def open_answering(ground: Ground, *, leads: bool = False) -> Generator[Answering]:
    """Assemble the serve half on open ground; closing it writes the last interactions.

    The one that `leads` begins and ends experiments as configured; others deal what runs.
    """
    config = ground.config
    with ExitStack() as stack:
        directory = Directory(config.users, config.groups)
        events = open_events(config.store, config.data, ground.database, ground.clock)
        stack.callback(events.close)
        sampled_out = SampledOut(events)
        recorder = Recorder(sampled_writer(events, sampling_of(config), sampled_out))
        stack.callback(recorder.close)
        book = ExperimentBook(ground.database, ground.clock)
        dealing = Dealing(
            book,
            config.experiments,
            partial(make_variant, ground),
            ground.clock,
        )
        turn = dealing.lead if leads else dealing.follow
        turn()
        stack.enter_context(every(DEAL_SECONDS, turn))
        asking = Asking(dealing.way, recorder, ground.clock)
        retriever = dealing.way("", "").retriever
        yield Answering(directory, retriever, asking, recorder, events, sampled_out, dealing)


def make_variant(ground: Ground, changes: Mapping[str, Overrides]) -> Way:
    """How questions are answered with some settings changed, maybe from another installation.

    What was opened of another installation is closed when the way is used no more.

    Raises:
        ConfigInvalid: that installation's configuration cannot be read.
        Unavailable: its store cannot.
    """
    config = changed(ground.config, changes)
    asked = changes.get(INSTALLATION)
    if asked is None:
        return make_way(ground, config)
    other = load(Path(str(asked[FILE])), system_environment(), folders_may_be_away=True)
    with ExitStack() as stack:
        there = stack.enter_context(open_ground(other, ground.clock))
        way = make_way(there, config, also=ground.database)
        weakref.finalize(way.retriever, stack.pop_all().close)
    return way


def make_way(ground: Ground, config: Config, also: Database | None = None) -> Way:
    """How questions are answered under a configuration.

    `also` is a store whose permissions must agree.
    """
    retriever = Retriever(ground.database, RemoteRanking(ground.engine), config.retrieval, also)
    return Way(retriever, make_answerer(config, ground.embedder))


def make_answerer(config: Config, embedder: Embedder | None) -> Answerer:
    """The answerer of the configuration."""
    match config.answers.answerer:
        case "extractive":
            return ExtractiveAnswerer(config.answers, embedder)
        case "llm":
            from groundwatch.generation.llm import LLMAnswerer
            from groundwatch.models.select import open_llm

            assert config.llm is not None, "the configuration refuses an LLM answerer without one"
            return LLMAnswerer(config.answers, open_llm(config.llm), embedder)
        case never:
            assert_never(never)
