"""The worker process: sources, triggers and indexing workers."""

import os
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from groundwatch.app.ground import Ground, answers, open_ground
from groundwatch.app.paths import DataFolder
from groundwatch.app.periodic import every
from groundwatch.app.single import only_one
from groundwatch.config import Config, ConfigWatcher, system_environment
from groundwatch.domain.clock import Clock
from groundwatch.errors import ConfigInvalid, GroundwatchError
from groundwatch.indexing.batch import BatchIndexer
from groundwatch.indexing.chunk import chunk
from groundwatch.indexing.hints import Hints
from groundwatch.indexing.intake import Intake
from groundwatch.indexing.parse.parser import Parser
from groundwatch.indexing.parse.process import ParserLimits
from groundwatch.indexing.preparing import Preparer
from groundwatch.indexing.reembedding import Reembedding
from groundwatch.indexing.service import IndexingService, Trigger
from groundwatch.indexing.settings import IndexingSettings
from groundwatch.indexing.tokens import by_words
from groundwatch.indexing.upkeep import make_again, tidy
from groundwatch.indexing.workers import Workers
from groundwatch.models.tokens import token_counter
from groundwatch.sources.base import Source
from groundwatch.sources.filesystem import FilesystemSource
from groundwatch.sources.uploads import UploadSource
from groundwatch.sources.watching import KeptWatch
from groundwatch.store import ledger
from groundwatch.wire.server import Server

Payload = dict[str, Any]
PIPELINE = "1"
"""Counts up when parsing or chunking changes what it yields; documents are then made again."""

UPKEEP_SECONDS = 60.0


def run_worker(config: Config, config_path: Path, stop: threading.Event, clock: Clock) -> None:
    """Index until told to stop.

    Raises:
        Conflict: another worker uses the data folder.
    """
    folder = DataFolder(config.data)
    folder.prepare()
    with ExitStack() as stack:
        stack.enter_context(only_one(folder.lock("worker"), "worker"))
        ground = stack.enter_context(open_ground(config, clock))
        _wait_for_engine(folder, stop)
        sources = make_sources(config, ground)
        workers = stack.enter_context(_running_workers(ground, sources))
        service = stack.enter_context(_running_sources(ground, sources, workers, stop))
        if ground.embedder is not None:
            Reembedding(
                ground.database, ground.embedder, clock, owner=_owner(), pause=stop.wait
            ).start()
        stack.enter_context(every(UPKEEP_SECONDS, partial(tidy, ground.database, clock)))
        stack.enter_context(
            ConfigWatcher(
                config_path,
                system_environment(),
                config,
                on_change=partial(_reload, ground, service),
                on_refused=_refused,
            )
        )
        stack.enter_context(Server(folder.worker_socket, _handlers(service, workers)))
        stop.wait()


@contextmanager
def _running_workers(ground: Ground, sources: Mapping[str, Source]) -> Generator[Workers]:
    """Worker threads and their parser, until the block ends."""
    indexing = ground.config.indexing
    limits = ParserLimits(indexing.parse_seconds, indexing.parse_megabytes)
    parser = Parser(limits, children=indexing.workers)
    indexer = make_indexer(ground, sources, parser)
    workers = Workers(
        ground.database,
        lambda: indexer,
        ground.clock,
        name=_owner(),
        count=indexing.workers,
        lease_seconds=indexing.lease_seconds,
        run_seconds=indexing.run_seconds,
    )
    try:
        yield workers
    finally:
        workers.close()
        parser.close()


@contextmanager
def _running_sources(
    ground: Ground, sources: dict[str, Source], workers: Workers, stop: threading.Event
) -> Generator[IndexingService]:
    """Triggers and scans that keep the ledger in step, until the block ends."""
    indexing = ground.config.indexing
    hints = Hints(indexing.queue_limit)
    intake = Intake(
        ground.database,
        sources,
        ground.clock,
        room=partial(_wait_for_room, ground, indexing.queue_limit, stop),
        notify=workers.notify,
    )
    intake.bring_in_line(ground.index.follow)
    make_again(ground.database, intake, pipeline(indexing))
    service = IndexingService(
        sources,
        intake,
        hints,
        partial(_trigger, hints),
        follow=ground.index.follow,
        clock=ground.clock,
        reconcile_seconds=indexing.reconcile_seconds,
    )
    service.start()
    try:
        yield service
    finally:
        service.close()


def pipeline(indexing: IndexingSettings) -> str:
    """Names what turned files into chunks."""
    return f"{PIPELINE}-{indexing.chunk_tokens}"


def _owner() -> str:
    return f"worker-{os.getpid()}"


def _wait_for_engine(folder: DataFolder, stop: threading.Event) -> None:
    """Its first start builds the model; work that began before would only be postponed."""
    while not stop.is_set() and not answers(folder.engine_socket, patience=1.0):
        pass


def make_sources(config: Config, ground: Ground) -> dict[str, Source]:
    """The sources of a configuration, by name, and the uploads."""
    max_bytes = config.indexing.max_file_megabytes * 1_000_000
    sources: list[Source] = [UploadSource(ground.database)]
    sources += [FilesystemSource(settings, max_bytes) for settings in config.sources]
    return {source.name: source for source in sources}


def make_indexer(ground: Ground, sources: Mapping[str, Source], parser: Parser) -> BatchIndexer:
    """An indexer for all worker threads: they share one tokenizer, and the words it counted."""
    indexing = ground.config.indexing
    count = by_words(token_counter(ground.config.embedder))
    cut = partial(chunk, limit_tokens=indexing.chunk_tokens, count=count)
    return BatchIndexer(
        ground.database,
        sources,
        preparer=Preparer(parser.parse_file, cut),
        embedder=ground.embedder,
        follow=ground.index.follow,
        clock=ground.clock,
        pipeline=pipeline(indexing),
        max_attempts=indexing.max_attempts,
    )


def _trigger(hints: Hints, source: Source) -> Trigger | None:
    match source:
        case FilesystemSource():
            return KeptWatch(source.root, partial(hints.add, source.name))
        case _:
            return None


def _wait_for_room(ground: Ground, limit: int, stop: threading.Event) -> bool:
    """Block while the ledger holds more than `limit` waiting changes; False when stopping."""
    while not stop.is_set():
        with ground.database.read() as connection:
            if ledger.waiting(connection) < limit:
                return True
        stop.wait(0.2)
    return False


def _reload(ground: Ground, service: IndexingService, config: Config) -> None:
    log = structlog.get_logger("worker")
    try:
        service.reload(make_sources(config, ground))
        log.info("configuration taken over", sources=len(config.sources))
    except GroundwatchError as error:
        log.warning("configuration not taken over whole, scans follow", error=str(error))


def _refused(error: ConfigInvalid) -> None:
    log = structlog.get_logger("worker")
    log.warning("configuration refused, the former stays", problems=error.problems)


def _handlers(
    service: IndexingService, workers: Workers
) -> Mapping[str, Callable[[Payload], Payload]]:
    def wake(_: Payload) -> Payload:
        workers.notify()
        return {}

    def sync(payload: Payload) -> Payload:
        service.sync(payload["name"])
        return {}

    def scan(payload: Payload) -> Payload:
        return {"error": service.scan(payload["name"])}

    def health(_: Payload) -> Payload:
        return {
            name: {
                "last_scan_at": state.last_scan_at.isoformat() if state.last_scan_at else None,
                "error": state.error,
                "unlisted": [[each.path, each.reason] for each in state.unlisted],
                "is_deaf": state.is_deaf,
            }
            for name, state in service.health().items()
        }

    return {"ping": lambda _: {}, "wake": wake, "sync": sync, "scan": scan, "health": health}
