"""The serving process: API, pages and MCP."""

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from groundwatch.access.authentication import Authenticator
from groundwatch.access.credentials import Credentials
from groundwatch.alerting.desk import Desk
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.anomaly.book import FindingBook
from groundwatch.app.answering import Answering, open_answering
from groundwatch.app.explaining import explain
from groundwatch.app.exposing import Exposing, exposed
from groundwatch.app.ground import Ground, open_ground
from groundwatch.app.handing_over import open_grpc, open_otlp
from groundwatch.app.health import Probes
from groundwatch.app.links import sign_in_link
from groundwatch.app.paths import DataFolder
from groundwatch.app.periodic import every
from groundwatch.app.present import Present
from groundwatch.app.reporting import report_desk
from groundwatch.app.services import Searching, Sources
from groundwatch.app.telemetry import open_telemetry
from groundwatch.app.waking import waking
from groundwatch.app.watched import watch_of
from groundwatch.config import Config, ConfigWatcher, restart_needed, system_environment
from groundwatch.domain.clock import Clock
from groundwatch.errors import ConfigInvalid, GroundwatchError, Unavailable
from groundwatch.indexing.intake import Intake
from groundwatch.indexing.status import SourceBook
from groundwatch.indexing.uploading import JobBook, Uploading, UploadLimits
from groundwatch.retrieval.library import Library
from groundwatch.serving.services import Services
from groundwatch.telemetry.feedback import FeedbackBook
from groundwatch.wire.client import Client

if TYPE_CHECKING:
    import uvicorn


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers.

    Attributes:
        url: how people reach it.
        link: makes a one-time link for a user.
    """

    url: str
    link: Callable[[str], str]
    answering: Answering


def serve(
    config: Config,
    config_path: Path,
    clock: Clock,
    *,
    host: str = "",
    port: int | None = None,
    before: Callable[[Ground, Answering], None] | None = None,
    ready: Callable[[Running], None] | None = None,
) -> None:
    """Serve until interrupted; `supervising.server_processes` run already.

    Args:
        config: what to serve.
        config_path: its file, watched for changes.
        clock: tells the time.
        host: listen here instead of where the configuration says.
        port: listen here instead; 0 takes a free port.
        before: called when questions can be asked and before the server listens.
        ready: called when it listens.

    Raises:
        Unavailable: the port is taken.
    """
    folder = DataFolder(config.data)
    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as stack:
        ground = stack.enter_context(open_ground(config, clock))
        answering = stack.enter_context(open_answering(ground, leads=True))
        if before is not None:
            before(ground, answering)
        _bring_in_line(ground)
        worker = Client(folder.worker_socket)
        stack.callback(worker.close)
        present = Present(config)
        stack.enter_context(_watching(config, config_path, present, answering))
        authenticator = Authenticator(ground.database, answering.directory, clock)
        credentials = Credentials(
            ground.database,
            answering.directory,
            clock,
            authenticator=authenticator,
            session_hours=config.server.session_hours,
        )
        stack.enter_context(every(60.0, authenticator.note_uses))
        services = make_services(ground, answering, authenticator, credentials, worker, present)
        exposing = Exposing.of(ground, answering, worker)
        services = _with_telemetry(stack, ground, answering, services, worker, exposing, present)
        listener = _listen(host or config.server.host, config.server.port if port is None else port)
        stack.callback(listener.close)
        url = config.server.public_url or _url(listener)
        _announce(folder.address, url, _url(listener))
        stack.callback(partial(folder.address.unlink, missing_ok=True))
        running = Running(url, partial(sign_in_link, credentials, url), answering)
        stack.enter_context(exposed(exposing, config.server.metrics_port))
        _run(services, listener, exposing, partial(ready, running) if ready else None)


def _with_telemetry(  # noqa: PLR0917  everything it is made of
    stack: ExitStack,
    ground: Ground,
    answering: Answering,
    services: Services,
    worker: Client,
    exposing: Exposing,
    present: Present,
) -> Services:
    """The services with the ways of telemetry, in and out."""
    socket_file = ground.folder.socket("watch")
    watch = Client(socket_file, patience=1.0)
    stack.callback(watch.close)
    probes = Probes(ground, answering, worker, watch, present)
    telemetry = open_telemetry(ground, answering, exposing.exposition, probes.all())
    services = replace(
        services,
        otlp=stack.enter_context(open_otlp(ground.config, socket_file)),
        telemetry=stack.enter_context(telemetry),
    )
    stack.enter_context(open_grpc(ground.config, services))
    return services


def _leave(number: int, _: FrameType | None) -> None:
    """End as an interrupt does: what is open is closed, the last interactions are written."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def _announce(address: Path, url: str, local: str) -> None:
    """Say how the server is reached; whoever sees the file sees all of it.

    `local` is where it listens, `url` where people find it.
    """
    partial_file = address.with_suffix(".partial")
    partial_file.write_text(json.dumps({"url": url, "local": local, "pid": os.getpid()}))
    partial_file.replace(address)


def _bring_in_line(ground: Ground) -> None:
    """Let nobody read by rules that were changed while no server ran; the index follows."""
    from groundwatch.app.worker import make_sources

    intake = Intake(
        ground.database,
        make_sources(ground.config, ground),
        ground.clock,
        room=lambda: True,
        notify=lambda: None,
    )
    intake.bring_in_line(lambda _: None)


def make_services(  # noqa: PLR0917  everything it is made of
    ground: Ground,
    answering: Answering,
    authenticator: Authenticator,
    credentials: Credentials,
    worker: Client,
    present: Callable[[], Config],
) -> Services:
    """What the HTTP server needs of the rest."""
    config = ground.config
    limits = UploadLimits(
        config.indexing.queue_limit, config.indexing.max_file_megabytes * 1_000_000
    )
    desk = Desk(
        ground.database,
        lambda: present().alerting,
        ground.clock,
        lambda: uuid4().hex,
        config.server.public_url,
    )
    watch = watch_of(present, answering.events, FindingBook(ground.database))
    return Services(
        authenticate=authenticator.authenticate,
        sessions=credentials,
        asking=answering.asking,
        searching=Searching(answering.retriever),
        library=Library(ground.database, ground.index),
        explain_access=lambda document, user: explain(present(), ground.database, document, user),
        uploads=Uploading(
            ground.database, ground.index.follow, waking(worker), ground.clock, limits
        ),
        jobs=JobBook(ground.database, ground.clock),
        sources=Sources(SourceBook(ground.database, ground.clock), worker, present),
        feedback=FeedbackBook(answering.events, answering.recorder.flush, answering.sampled_out),
        embedder=ground.embedder,
        sink=answering.recorder,
        ready=partial(_is_ready, ground),
        clock=ground.clock,
        settings=config.server,
        watch=replace(
            watch,
            incidents=desk.open,
            experiments=ExperimentBook(ground.database, ground.clock),
            configured=lambda: present().experiments,
        ),
        alerts=desk,
        reports=report_desk(present, ground.database, answering.events, ground.clock),
    )


def _is_ready(ground: Ground) -> bool:
    try:
        ground.database.ping()
        return not ground.index.status().problem
    except GroundwatchError:
        return False


@contextmanager
def _watching(
    config: Config, config_path: Path, present: Present, answering: Answering
) -> Generator[None]:
    """Take over users, groups and sources as the file changes, until the block ends."""
    log = structlog.get_logger("configuration")

    def change(new: Config) -> None:
        for setting in restart_needed(present.config, new):
            log.warning("takes effect at the next start", setting=setting)
        answering.directory.replace(new.users, new.groups)
        answering.dealing.configure(new.experiments)
        present.config = new
        log.info("configuration taken over", users=len(new.users), groups=len(new.groups))

    def refused(error: ConfigInvalid) -> None:
        log.warning("configuration refused, the former stays", problems=error.problems)

    with ConfigWatcher(
        config_path, system_environment(), config, on_change=change, on_refused=refused
    ):
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)  # from now on callers wait instead of being refused
    except OSError as error:
        listener.close()
        raise Unavailable(
            f"{host}:{port} cannot be used: {error.strerror}; choose another with server.port "
            "or --port"
        ) from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _run(
    services: Services,
    listener: socket.socket,
    exposing: Exposing,
    ready: Callable[[], None] | None,
) -> None:
    import uvicorn

    from groundwatch.dashboard.pages import add_pages
    from groundwatch.serving.api import create_api

    app = create_api(services)
    add_pages(app)
    settings = uvicorn.Config(
        exposing.measuring(app),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        proxy_headers=False,
        ws_per_message_deflate=False,  # a hundred listeners would be compressed for one by one
    )
    server = uvicorn.Server(settings)
    if ready is not None:
        threading.Thread(target=_when_started, args=(server, ready), daemon=True).start()
    server.run(sockets=[listener])


def _when_started(server: "uvicorn.Server", ready: Callable[[], None]) -> None:
    pause = threading.Event()
    while not server.started and not server.should_exit:
        pause.wait(0.02)
    if server.started:
        ready()
