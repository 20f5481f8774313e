"""The serve half, assembled: from a question to a recorded interaction."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import assert_never

from groundwatch.access.directory import Directory
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.app.dealing import DEAL_SECONDS, Dealing
from groundwatch.app.ground import Ground
from groundwatch.app.periodic import every
from groundwatch.app.sampling import sampling_of
from groundwatch.config import Config, changed
from groundwatch.generation.answerer import Answerer
from groundwatch.generation.asking import Asking
from groundwatch.generation.extractive import ExtractiveAnswerer
from groundwatch.generation.ways import Way
from groundwatch.models.embedder import Embedder
from groundwatch.retrieval.ranking import RemoteRanking
from groundwatch.retrieval.retriever import Retriever
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
            lambda changes: make_way(ground, changed(config, changes)),
            ground.clock,
        )
        turn = dealing.lead if leads else dealing.follow
        turn()
        stack.enter_context(every(DEAL_SECONDS, turn))
        asking = Asking(dealing.way, recorder, ground.clock)
        retriever = dealing.way("", "").retriever
        yield Answering(directory, retriever, asking, recorder, events, sampled_out, dealing)


def make_way(ground: Ground, config: Config) -> Way:
    """How questions are answered under a configuration."""
    retriever = Retriever(ground.database, RemoteRanking(ground.engine), config.retrieval)
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
