"""A server over the fakes, and clients of its people."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from tests.serving.logs import plain_log
from tests.serving.servers import served
from tests.serving.worlds import World, world

__all__ = ["plain_log"]

from groundwatch.serving.api import create_api


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
        opened.append(httpx.Client(base_url=address, headers=headers, timeout=60))
        return opened[-1]

    yield of
    for each in opened:
        each.close()
