"""The serve half, assembled: from a question to a recorded interaction."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import assert_never

from groundwatch.access.directory import Directory
from groundwatch.app.ground import Ground
from groundwatch.config import Config
from groundwatch.domain.interactions import Interaction
from groundwatch.generation.answerer import Answerer
from groundwatch.generation.asking import Asking
from groundwatch.generation.extractive import ExtractiveAnswerer
from groundwatch.models.embedder import Embedder
from groundwatch.retrieval.ranking import RemoteRanking
from groundwatch.retrieval.retriever import Retriever
from groundwatch.store.events import Entry, EventStore, open_events
from groundwatch.telemetry.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Answering:
    """Everything that answers."""

    directory: Directory
    retriever: Retriever
    asking: Asking
    recorder: Recorder
    events: EventStore


@contextmanager
def open_answering(ground: Ground) -> Generator[Answering]:
    """Assemble the serve half on open ground; closing it writes the last interactions."""
    config = ground.config
    with ExitStack() as stack:
        directory = Directory(config.users, config.groups)
        events = open_events(config.store, config.data, ground.database, ground.clock)
        stack.callback(events.close)
        recorder = Recorder(_writer(events))
        stack.callback(recorder.close)
        retriever = Retriever(ground.database, RemoteRanking(ground.engine), config.retrieval)
        answerer = make_answerer(config, ground.embedder)
        asking = Asking(retriever, answerer, recorder, ground.clock)
        yield Answering(directory, retriever, asking, recorder, events)


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


def _writer(events: EventStore) -> Callable[[Sequence[Interaction]], object]:
    def write(group: Sequence[Interaction]) -> object:
        return events.record([Entry(one) for one in group])

    return write
