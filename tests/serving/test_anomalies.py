"""`/v1/anomalies` over a real store of findings."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from tests.serving.company import NOW, READER, identity
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.store.events.opened import opened

from groundwatch.anomaly.advice import AnomalyClass
from groundwatch.anomaly.bands import BandPoint
from groundwatch.anomaly.book import FindingBook
from groundwatch.anomaly.contributors import Contributor
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.findings import Finding
from groundwatch.anomaly.watcher import Seen
from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.serving.api import create_api
from groundwatch.serving.services import Watch
from groundwatch.store.database import Database

pytestmark = pytest.mark.integration
MINUTE = timedelta(minutes=1)


def finding(name: str, minutes: int, **changed: object) -> Finding:
    """An anomaly that began so many minutes ago."""
    one = Finding(
        id=name, metric="latency", labels={"application": "shop"}, value=9.0, expected=(0.5, 1.0),
        probability=1e-6, layers=(Layer.SEASONAL,), confidence=0.5, severity=Severity.HIGH,
        kind=AnomalyClass.PERFORMANCE, worse=True, description="latency of shop reached 9 s.",
        start=NOW - minutes * MINUTE, peak=NOW, end=None,
        contributors=(Contributor("model", "large", 0.9, 0.3, 1.0, 9.0),), actions=("Look.",),
        interactions={"model": "large"},
        changes=(Event("d1", NOW - timedelta(hours=1), "deploy", component="large"),),
    )  # fmt: skip
    return replace(one, **changed)  # type: ignore[arg-type]


def seen(one: Finding) -> Seen:
    return Seen(one, NOW, (BandPoint(NOW, 9.0, 0.5, 1.0), BandPoint(NOW - MINUTE, 1.0, None, None)))


@pytest.fixture
def get(database: Database):
    book = FindingBook(database)
    over = {"end": NOW - MINUTE, "severity": Severity.LOW, "kind": AnomalyClass.COST}
    book.put([seen(finding("a", 5)), seen(finding("b", 90, **over))])
    here = world()
    here.authentication.people["otto"] = identity("otto", READER | {"watch:read"}, "staff")
    with opened(database, NOW) as events:
        app = create_api(replace(here.services(), watch=Watch(events, findings=book)))
        with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:
            yield lambda path, user="otto": client.get(
                path, headers={"Authorization": f"Bearer gw_{user}"}
            )


def test_findings_are_listed_by_pages_and_filters(get):
    def ids(query: str) -> list[str]:
        return [each["id"] for each in get(f"/v1/anomalies{query}").json()["anomalies"]]

    assert ids("") == ["a", "b"]
    first = get("/v1/anomalies?limit=1").json()
    assert first["next"] == "a"
    assert ids("?limit=1&after=a") == ["b"]
    assert ids("?lasting=true") == ["a"]
    assert ids("?severity=low&severity=high") == ["a", "b"]
    assert ids("?severity=low&kind=cost") == ["b"]
    assert ids("?application=desk") == []
    assert ids(f"?until={quote((NOW - timedelta(hours=1)).isoformat())}") == ["b"]
    assert get("/v1/anomalies?severity=huge").status_code == 422
    assert get("/v1/anomalies?after=nothing").status_code == 422


def test_one_is_shown_with_its_minutes(get):
    found = get("/v1/anomalies/a").json()
    assert found["anomaly"]["contributors"][0]["label"] == "large"
    assert found["anomaly"]["changes"][0]["component"] == "large"
    assert found["series"][0]["high"] == 1.0
    assert found["series"][1]["low"] is None
    assert get("/v1/anomalies/nothing").status_code == 404


def test_who_may_not_watch_is_refused(get):
    assert get("/v1/anomalies", "anna").status_code == 403
    assert get("/v1/anomalies/a", "anna").status_code == 403
