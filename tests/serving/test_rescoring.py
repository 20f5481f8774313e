"""`POST /v1/rescore` over the real event store."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.analytics.asked import asked, quality, record
from tests.serving.company import NOW, READER, identity
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.store.events.opened import opened

from groundwatch.serving.api import create_api
from groundwatch.serving.services import Watch
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

pytestmark = pytest.mark.integration

Post = Callable[..., httpx.Response]


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        ones = [
            asked(n, NOW - timedelta(hours=n), application="shop" if n % 2 else "desk")
            for n in range(1, 7)
        ]
        record(store, ones)
        store.put_scores([(one.id, quality(0.9)) for one in ones])
        yield store


@pytest.fixture
def post(events: EventStore) -> Iterator[Post]:
    here = world()
    here.authentication.people["ada"] = identity("ada", READER | {"index:manage"}, "staff")
    here.authentication.people["otto"] = identity("otto", READER | {"watch:read"}, "staff")
    app = create_api(replace(here.services(), watch=Watch(events), clock=lambda: NOW))
    with served(app) as address, httpx.Client(base_url=address, timeout=30) as client:

        def call(body: dict[str, Any], user: str = "ada") -> httpx.Response:
            headers = {"Authorization": f"Bearer gw_{user}"}
            return client.post("/v1/rescore", json=body, headers=headers)

        yield call


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def test_a_period_is_scored_again(post: Post, events: EventStore):
    response = post({"since": ago(4.5), "until": ago(1.5)})
    assert (response.status_code, response.json()) == (202, {"pending": 3})
    assert events.backlog() == 3
    assert post({"since": ago(4.5), "until": ago(1.5)}).json() == {"pending": 0}


def test_of_one_application_until_now(post: Post, events: EventStore):
    assert post({"since": ago(100), "application": "shop"}).json() == {"pending": 3}
    assert {each.interaction.application for each in events.unscored(10)} == {"shop"}


def test_it_takes_the_permission(post: Post, events: EventStore):
    assert post({"since": ago(4)}, "otto").status_code == 403
    assert post({"since": ago(4)}, "nobody").status_code == 401
    assert events.backlog() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"since": "yesterday"},
        {"since": "2026-11-20T08:00:00"},
        {"since": ago(1), "until": ago(2)},
        {"since": ago(-1)},
        {"since": ago(1), "application": ""},
        {"since": ago(1), "applications": ["shop"]},
    ],
)
def test_a_period_that_is_none_is_refused(post: Post, events: EventStore, body: dict[str, Any]):
    assert post(body).status_code == 422
    assert events.backlog() == 0
