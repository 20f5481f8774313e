"""Findings: kept, replaced, listed and forgotten."""

from dataclasses import replace
from datetime import timedelta

from tests.store.samples import NOW

from groundwatch.store import findings
from groundwatch.store.database import Database
from groundwatch.store.findings import FindingRow, Wanted

HOUR = timedelta(hours=1)
ONE = FindingRow("a", NOW, None, NOW, "high", "performance", "latency", "shop", '{"x": "ü"}')


def test_a_finding_is_replaced_and_found_again(database: Database):
    with database.write() as c:
        findings.put(c, [ONE])
        findings.put(c, [replace(ONE, ended_at=NOW + HOUR, severity="critical")])
    with database.read() as c:
        assert findings.get(c, "a") == replace(ONE, ended_at=NOW + HOUR, severity="critical")
        assert findings.get(c, "b") is None


def test_findings_are_listed_newest_first_by_pages_and_filters(database: Database):
    rows = [
        replace(ONE, id=f"{n:02}", started_at=NOW - n * HOUR, ended_at=ended, application=name)
        for n, (ended, name) in enumerate(
            [(None, "shop"), (NOW, "desk"), (NOW - HOUR, "shop"), (NOW - 2 * HOUR, "shop")]
        )
    ]
    with database.write() as c:
        findings.put(c, rows)
    with database.read() as c:
        first = findings.page(c, Wanted(), limit=3)
        assert [each.id for each in first] == ["00", "01", "02"]
        rest = findings.page(c, Wanted(), after=(first[-1].started_at, first[-1].id))
        assert [each.id for each in rest] == ["03"]
        for wanted, ids in (
            (Wanted(lasting=True), ["00"]),
            (Wanted(lasting=False, application="shop"), ["02", "03"]),
            (Wanted(since=NOW - HOUR), ["00", "01", "02"]),
            (Wanted(until=NOW - HOUR), ["02", "03"]),
            (Wanted(kind="cost"), []),
            (Wanted(severities=("high",)), ["00", "01", "02", "03"]),
        ):
            assert [each.id for each in findings.page(c, wanted)] == ids


def test_what_is_over_long_ago_is_forgotten_and_what_lasts_is_not(database: Database):
    with database.write() as c:
        findings.put(c, [ONE, replace(ONE, id="b", ended_at=NOW - HOUR)])
        assert findings.forget(c, NOW) == 1
        assert [each.id for each in findings.page(c, Wanted())] == ["a"]
