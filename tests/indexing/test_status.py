"""Sources as the asker may know them."""

from datetime import UTC, datetime

import pytest
from tests.indexing.test_batch import Bench
from tests.retrieval.test_library import identity

from groundwatch.domain.status import Status
from groundwatch.errors import NotFound
from groundwatch.indexing.status import Health, SourceBook, SourceInfo, find, judge

NOW = datetime(2026, 3, 1, tzinfo=UTC)
INFO = SourceInfo("docs", "filesystem", "/srv/docs")
STAFF, ADMIN = identity("anna", "staff", role="editor"), identity("greta", role="admin")
STRANGER = identity("eve", role="editor")


@pytest.mark.parametrize(
    ("health", "lag", "failed", "status"),
    [
        (None, None, 0, Status.UNKNOWN),
        (Health(), None, 0, Status.UNKNOWN),
        (Health(error="the folder is not there"), None, 0, Status.DEGRADED),
        (Health(last_scan_at=NOW), 61.0, 0, Status.WARNING),
        (Health(last_scan_at=NOW), 1.0, 2, Status.WARNING),
        (Health(last_scan_at=NOW, unlisted=(("shut", "no"),)), None, 0, Status.WARNING),
        (Health(last_scan_at=NOW, is_deaf=True), None, 0, Status.WARNING),
        (Health(last_scan_at=NOW), None, 0, Status.HEALTHY),
    ],
)
def test_a_source_is_judged_with_its_reason(health, lag, failed, status):
    judged, reason = judge(health, lag, failed)
    assert judged is status
    assert reason


@pytest.fixture
def bench(database):
    bench = Bench(database)
    bench.source.files |= {"a.md": "one", "bad.md": "CORRUPT"}
    bench.scan_and_run()
    bench.source.files["late.md"] = "three"
    bench.intake.scan("docs")
    return bench


@pytest.fixture
def book(bench):
    return SourceBook(bench.database, bench.clock)


def health(bench):
    return Health(last_scan_at=bench.now)


def test_a_reader_sees_documents_failures_and_changes_they_may_read(bench, book):
    status = book.get(STAFF, INFO, health(bench))
    assert (status.documents, status.failed) == (1, 1)
    assert [failure.reason for failure in status.failures] == ["corrupt"]
    assert {change.path for change in status.changes} == {"a.md", "bad.md"}
    assert status.location == ""


def test_who_may_read_nothing_learns_nothing(bench, book):
    status = book.get(STRANGER, INFO, health(bench))
    assert (status.documents, status.failed, status.pending, status.processed) == (0, 0, 0, 0)
    assert (status.failures, status.changes, status.last_change_at) == ((), (), None)
    assert (status.lag_seconds, status.average_seconds, status.estimated_completion) == (
        None,
        None,
        None,
    )


def test_who_manages_sees_the_queue_and_every_failure(bench, book):
    status = book.get(ADMIN, INFO, health(bench))
    assert (status.pending, status.failed, status.processed) == (1, 1, 1)
    assert status.location == "/srv/docs"
    assert status.estimated_completion is not None


def test_where_a_source_is_and_what_refuses_is_for_those_who_manage_it(bench, book):
    away = Health(error="the folder /srv/docs is not there")
    shut = Health(last_scan_at=bench.now, unlisted=(("secret-plans", "Permission denied"),))
    assert "/srv" not in book.get(STAFF, INFO, away).reason
    assert "secret-plans" not in repr(book.get(STAFF, INFO, shut))
    assert "folder" not in book.get(STAFF, INFO, shut).reason
    assert "/srv/docs" in book.get(ADMIN, INFO, away).reason
    assert [each.path for each in book.get(ADMIN, INFO, shut).remarks] == ["secret-plans/"]


def test_what_failed_can_be_tried_again(bench, book):
    bench.source.files["bad.md"] = "mended"
    assert book.retry(STRANGER, INFO, None) == 0
    assert book.retry(STAFF, INFO, ["a.md"]) == 0
    assert book.retry(STAFF, INFO, ["bad.md"]) == 1
    bench.run()
    assert book.get(ADMIN, INFO, health(bench)).failed == 0


def test_an_unknown_source_is_not_found():
    assert find([INFO], "docs") is INFO
    with pytest.raises(NotFound):
        find([INFO], "nothing")


def test_what_is_searchable_in_part_only_says_so_until_it_is_whole(bench, book):
    def remarks(asker):
        return [(each.path, each.text) for each in book.get(asker, INFO, health(bench)).remarks]

    bench.source.files["scan.md"] = "HALF a page"
    bench.scan_and_run()
    assert remarks(ADMIN) == remarks(STAFF) == [("scan.md", "1 of 2 pages are images.")]
    assert remarks(STRANGER) == []
    bench.source.files["scan.md"] = "a whole page"
    bench.scan_and_run()
    assert remarks(ADMIN) == []
