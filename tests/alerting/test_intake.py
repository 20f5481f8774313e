"""What is taken in, and how posts of one alert become one, as Alertmanager merges them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.alerting.timeline import made

from groundwatch.alerting.intake import Posted, merged, post, taken_at
from groundwatch.domain.alerts import Alert
from groundwatch.errors import InvalidInput
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
TIMEOUT = timedelta(minutes=5)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def taken(starts: float | None = None, ends: float | None = None, **labels: str) -> Alert:
    said = Posted(
        labels or {"a": "b"},
        starts_at=None if starts is None else at(starts),
        ends_at=None if ends is None else at(ends),
    )
    return taken_at(said, NOW, TIMEOUT, "api")


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (None, None, (0, 5, True)),
        (-3, None, (-3, 5, True)),
        (-3, 10, (-3, 10, False)),
        (None, -1, (-1, -1, False)),
        (None, 10, (0, 10, False)),
        (90, 100, (0, 100, False)),  # the sender's clock is ahead: ours decides
    ],
)
def test_times(starts: float | None, ends: float | None, expected: tuple[float, float, bool]):
    alert = taken(starts, ends)
    assert (alert.starts_at, alert.ends_at, alert.timed_out) == (
        at(expected[0]), at(expected[1]), expected[2],
    )  # fmt: skip
    assert alert.sender_starts_at == (None if starts is None else at(starts))


def alert(starts: float, ends: float, updated: float, timed_out: bool = False) -> Alert:
    return Alert({"a": "b"}, at(starts), at(ends), at(updated), timed_out=timed_out)


@pytest.mark.parametrize(
    ("before", "new", "expected"),
    [
        # a timeout moves on, the earliest start stays
        (alert(-9, 1, -4, True), alert(0, 5, 0, True), (-9, 5)),
        # an end ends it
        (alert(-9, 60, -4), alert(-9, 0, 0), (-9, 0)),
        # an end that was said for certain outlasts an earlier guess
        (alert(-9, 60, -4), alert(0, 5, 0, True), (-9, 60)),
        # ended long ago: another life
        (alert(-60, -30, -30), alert(0, 5, 0, True), (0, 5)),
        # ended twice: the later end
        (alert(-9, -1, -1), alert(-9, -2, 0), (-9, -1)),
    ],
)
def test_merges(before: Alert, new: Alert, expected: tuple[float, float]):
    found = merged(before, new)
    assert (found.starts_at, found.ends_at) == (at(expected[0]), at(expected[1]))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"labels": {}}, "at least one label"),
        ({"labels": {"a": ""}}, "at least one label"),
        ({"labels": {"a": "b"}, "starts_at": at(1), "ends_at": at(0)}, "before it starts"),
        ({"labels": {"a": "x" * 4097}}, "more than 4096"),
        ({"labels": {"x" * 300: "b"}}, "has no name"),
        ({"labels": {str(n): "b" for n in range(65)}}, "at most 64"),
        ({"labels": {"a": "b"}, "annotations": {"": "b"}}, "has no name"),
    ],
)
def test_refuses(said: dict[str, Any], why: str):
    with pytest.raises(InvalidInput, match=why):
        taken_at(Posted(**said), NOW, TIMEOUT, "api")


def test_one_batch_may_name_an_alert_twice_and_text_of_any_kind_is_kept(database: Database):
    made(database)
    odd = {"a": "\u202ey\ud800\0", "b": "ł" * 100}
    first, last = Posted(odd, ends_at=at(60)), Posted(odd, {"summary": "x"}, ends_at=at(0))
    post(database, lambda: NOW, [first, last, Posted({"c": "d"})])
    with database.read() as c:
        assert [each.labels for each in posted.firing(c, NOW)] == [{"c": "d"}]
        assert len(posted.page(c, NOW, after="", limit=9, also_over=True)) == 2


def test_too_many_at_once_are_refused(database: Database):
    with pytest.raises(InvalidInput, match="10,000"):
        post(made(database), lambda: NOW, [Posted({"a": "b"})] * 10_001)
