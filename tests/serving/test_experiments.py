"""`/v1/experiments` over the real store, and who may do what."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from tests.serving.company import NOW, READER, identity
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.store.events.opened import opened

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Compared, Look, Verdict
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal
from groundwatch.serving.api import create_api
from groundwatch.serving.services import Watch
from groundwatch.store.database import Database

pytestmark = pytest.mark.integration
HALVES = {
    "usual": {"share": 0.5},
    "few": {"share": 0.5, "description": "fewer passages", "retrieval": {"passages": 4}},
}
FEW = ExperimentSettings.model_validate(
    {"hypothesis": "less is more", "variants": HALVES, "control": "usual"}
)
LATER = FEW.model_copy(update={"starts": NOW + timedelta(days=1)})
QUALITY = Compared(
    "few", Goal.QUALITY, False, 120, 130, 0.8, 0.84, 0.04, 0.01, None, 0.03, 0.05, 0.0, 0.4,
    is_harmed=False, is_better=True,
)  # fmt: skip
SEEN = Look(NOW, Verdict.WINS, "few", ("it wins",), (), {"few": 120}, 2, 0.5, (QUALITY,))
Call = Callable[..., httpx.Response]


@pytest.fixture
def call(database: Database) -> Iterator[Call]:
    book = ExperimentBook(database, lambda: NOW)
    configured = {"few": FEW, "later": LATER}
    book.keep_in_line(configured)
    book.looked(book.get("few"), SEEN, "", [])
    here = world()
    people = here.authentication.people
    people["otto"] = identity("otto", READER | {"watch:read"}, "staff")
    people["nina"] = identity("nina", READER | {"watch:read", "experiments:write"}, "staff")
    with opened(database, NOW) as events:
        watch = Watch(events, experiments=book, configured=lambda: configured)
        app = create_api(replace(here.services(), watch=watch))
        with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:

            def ask(user: str, method: str, path: str, **body: str) -> httpx.Response:
                headers = {"Authorization": f"Bearer gw_{user}"}
                return client.request(method, path, headers=headers, json=body or None)

            yield ask


def test_experiments_are_listed_with_those_to_come(call: Call) -> None:
    found = call("otto", "GET", "/v1/experiments").json()
    (one,) = found["experiments"]
    assert (one["name"], one["run"], one["state"]) == ("few", 1, "decidable")
    assert one["settings"]["variants"]["few"]["changes"] == {"retrieval": {"passages": 4}}
    assert one["look"]["verdict"] == "wins"
    assert one["decision"] is None
    assert list(found["planned"]) == ["later"]


def test_one_is_shown_with_its_looks(call: Call) -> None:
    found = call("otto", "GET", "/v1/experiments/few").json()
    assert found["runs"] == [1]
    (look,) = found["looks"]
    (quality,) = look["comparisons"]
    assert (quality["low"], quality["high"], quality["relative"]) == (
        0.01,
        None,
        pytest.approx(0.05),
    )
    assert call("otto", "GET", "/v1/experiments/few?run=1").json() == found
    assert call("otto", "GET", "/v1/experiments/few?run=2").status_code == 404
    assert call("otto", "GET", "/v1/experiments/none").status_code == 404


def test_who_may_decides_and_the_record_says_who(call: Call) -> None:
    stopped = call("nina", "POST", "/v1/experiments/few/stop", reason="too slow")
    assert stopped.json()["state"] == "stopped"
    assert stopped.json()["records"][-1]["by"] == "nina"
    assert call("nina", "POST", "/v1/experiments/few/stop", reason="again").status_code == 409
    wrong = call("nina", "POST", "/v1/experiments/few/decision", winner="x", reason="y")
    assert wrong.status_code == 422
    decided = call("nina", "POST", "/v1/experiments/few/decision", winner="few", reason="cheap")
    assert decided.json()["state"] == "concluded"
    decision = decided.json()["decision"]
    assert (decision["by"], decision["variant"], decision["why"]) == ("nina", "few", "cheap")
    again = call("nina", "POST", "/v1/experiments/few/decision", winner="few", reason="cheap")
    assert again.status_code == 409
    assert call("nina", "POST", "/v1/experiments/none/stop", reason="x").status_code == 404


def test_others_may_not(call: Call) -> None:
    for user, status in (("otto", 403), ("anna", 403), ("nobody", 401)):
        for path, body in (
            ("stop", {"reason": "x"}),
            ("decision", {"winner": "few", "reason": "x"}),
        ):
            found = call(user, "POST", f"/v1/experiments/few/{path}", **body)
            assert found.status_code == status
    assert call("anna", "GET", "/v1/experiments").status_code == 403
    assert call("anna", "GET", "/v1/experiments/few").status_code == 403
    assert call("otto", "GET", "/v1/experiments").json()["experiments"][0]["state"] == "decidable"
