"""The engine process: the index and the one copy of the embedder, behind a socket."""

import threading
from contextlib import ExitStack

from groundwatch.app.paths import DataFolder
from groundwatch.app.single import only_one
from groundwatch.app.usable import usable
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.index.handlers import index_handlers
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import NO_MODEL, IndexModel
from groundwatch.index.process import open_index
from groundwatch.models.remote import embedder_handlers
from groundwatch.models.select import open_embedder
from groundwatch.retrieval.ranking import LocalRanking, ranking_handlers
from groundwatch.store.database import open_database
from groundwatch.wire.server import Server


def run_engine(config: Config, stop: threading.Event, clock: Clock) -> None:
    """Serve until told to stop.

    Raises:
        Conflict: another engine uses the data folder.
    """
    config = usable(config)
    folder = DataFolder(config.data)
    folder.prepare()
    with only_one(folder.lock("engine"), "engine"), ExitStack() as stack:
        database = open_database(config.store, config.data, clock)
        stack.callback(database.close)
        embedder = open_embedder(config.embedder, folder.models)
        model = IndexModel(embedder.name, embedder.dimensions) if embedder else NO_MODEL
        place = IndexPlace(folder.index, config.data, config.store, model, settings=config.index)
        index = stack.enter_context(open_index(place, database))
        handlers = {
            "ping": lambda _: {},
            **index_handlers(index),
            **ranking_handlers(LocalRanking(embedder, index.search)),
            **(embedder_handlers(embedder) if embedder else {}),
        }
        stack.enter_context(Server(folder.engine_socket, handlers))
        stop.wait()
