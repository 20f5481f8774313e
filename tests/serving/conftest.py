"""A server over the fakes, and clients of its people."""

from collections.abc import Callable, Iterator

import httpx
import pytest
import structlog
from tests.serving.fakes import World, world
from tests.serving.servers import served

from groundwatch.serving.api import create_api


@pytest.fixture(autouse=True, scope="session")
def plain_log() -> Iterator[None]:
    """One line an event: the ready-made renderer draws every local variable of a traceback."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def address(here: World) -> Iterator[str]:
    with served(create_api(here.services())) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[Callable[[str], httpx.Client]]:
    """Makes a client that sends a user's key; of nobody for an empty name."""
    opened: list[httpx.Client] = []

    def of(user: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer gw_{user}"} if user else {}
        opened.append(httpx.Client(base_url=address, headers=headers, timeout=10))
        return opened[-1]

    yield of
    for each in opened:
        each.close()
