"""What the routes share at run time."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from groundwatch.alerting.desk import Desk
from groundwatch.errors import Unavailable
from groundwatch.serving.asking import Asker
from groundwatch.serving.live import Live
from groundwatch.serving.rates import RateLimiter
from groundwatch.serving.services import Services
from groundwatch.serving.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Server:
    """The services, and the server's own limits around them.

    Attributes:
        live: None where nothing is watched.
    """

    services: Services
    rates: RateLimiter
    asker: Asker
    live: Live | None = None


def server_of(connection: HTTPConnection) -> Server:
    server = connection.app.state.server
    assert isinstance(server, Server)
    return server


def services_of(connection: HTTPConnection) -> Services:
    return server_of(connection).services


def telemetry_of(connection: HTTPConnection) -> Telemetry:
    """What takes telemetry, or raise Unavailable."""
    telemetry = services_of(connection).telemetry
    if telemetry is None:
        raise Unavailable("this server takes no telemetry")
    return telemetry


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk of alerts, or raise Unavailable."""
    desk = services_of(connection).alerts
    if desk is None:
        raise Unavailable("this server alerts nobody")
    return desk
