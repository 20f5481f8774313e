"""The server's way to the watch process; light, so that the server need not read telemetry."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundwatch.config import Config
from groundwatch.serving.services import Services
from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.otlp.delivery import Deliver, Delivery, Reply
from groundwatch.telemetry.otlp.edge import OtlpEdge
from groundwatch.wire.client import Client

DELIVER_SECONDS = 8.0
"""Clients wait for ten seconds; then they are better told to come again."""

_MEGABYTE = 1 << 20


def remote_delivery(client: Client) -> Deliver:
    """Deliveries to a watch process."""

    def deliver(delivery: Delivery) -> Reply:
        told = client.call("otlp", delivery.packed(), timeout=DELIVER_SECONDS)
        return Reply(told["status"], told["body"], delivery.encoding, told["retry_after"])

    return deliver


@contextmanager
def open_otlp(config: Config, socket: Path) -> Generator[OtlpEdge]:
    """The server's way to the watch process behind a socket, until the block ends."""
    client = Client(socket)
    try:
        yield OtlpEdge(
            remote_delivery(client),
            Admission(config.otlp.waiting_megabytes * _MEGABYTE),
            config.otlp.body_megabytes * _MEGABYTE,
        )
    finally:
        client.close()


@contextmanager
def open_grpc(config: Config, services: Services) -> Generator[None]:
    """OTLP over gRPC beside the server, if the configuration has a port for it."""
    if not config.otlp.grpc_port or services.otlp is None:
        yield
        return
    from groundwatch.serving.otlp_grpc import grpc_listening

    authenticate, host = services.authenticate, config.server.host
    with grpc_listening(services.otlp, authenticate, host, config.otlp.grpc_port):
        yield
