"""The topics of the watch: kept in the main database, with vectors of the engine's embedder."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from groundwatch.app.paths import DataFolder
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.models.embedder import Embedder, Urgency
from groundwatch.models.remote import RemoteEmbedder
from groundwatch.models.settings import MiniLMSettings, NoEmbedderSettings, OpenAIEmbedderSettings
from groundwatch.scoring.topics.book import Keeping, TopicBook
from groundwatch.store import values
from groundwatch.store.database import Database
from groundwatch.wire.client import Client

if TYPE_CHECKING:
    from groundwatch.models.embedder import Vectors

_PREFIX = "topics:"
_EMBED_SECONDS = 3.0


@contextmanager
def open_topics(config: Config, database: Database, clock: Clock) -> Generator[TopicBook]:
    """The topics of every application of a data folder; what is not kept yet is at the end."""

    def load(application: str) -> str | None:
        with database.read() as connection:
            return values.get(connection, _key(application))

    def save(application: str, text: str) -> None:
        with database.write() as connection:
            values.put(connection, _key(application), text)

    keeping = Keeping(load, save)
    with ExitStack() as stack:
        if isinstance(config.embedder, NoEmbedderSettings):
            book = TopicBook(keeping, clock)
        else:
            engine = Client(DataFolder(config.data).engine_socket, patience=0.0)
            stack.callback(engine.close)
            embed = _Embedding(RemoteEmbedder(engine, _EMBED_SECONDS))
            book = TopicBook(keeping, clock, embed, _described(config))
        stack.callback(book.flush)
        yield book


class _Embedding:
    """Vectors of questions; those that were asked here stand in the engine's cache already."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, texts: Sequence[str]) -> "Vectors":
        return self._embedder.embed(list(texts), Urgency.QUESTION)


def _key(application: str) -> str:
    """Names of applications are of any length; keys are not."""
    return _PREFIX + sha256(application.encode("utf-8", "replace")).hexdigest()[:32]


def _described(config: Config) -> str:
    match config.embedder:
        case MiniLMSettings():
            return "minilm"
        case OpenAIEmbedderSettings(model=model, dimensions=dimensions):
            return f"{model}/{dimensions}"
        case NoEmbedderSettings():
            return ""
