"""The change ledger: hints in, leases, endings, and what it tells."""

from datetime import timedelta

import pytest
from tests.store.samples import NOW

from groundwatch.domain.documents import document_id
from groundwatch.store import ledger
from groundwatch.store.ledger import Counts, Event, Failure, Known, Seen, State

SEEN = Seen("hash", 123_456_789_012_345_678, 42, "acl")
BROKEN = Failure("parse", "corrupt", "the file ends too early")


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def c(database):
    with database.write() as connection:
        yield connection


def changed(c, *paths, at=NOW, **options):
    return ledger.enqueue(c, "files", [(path, Event.CHANGED) for path in paths], at, **options)


def deleted(c, *paths, at=NOW):
    return ledger.enqueue(c, "files", [(path, Event.DELETED) for path in paths], at)


def claim(c, at=NOW, owner="w1", limit=10):
    return ledger.claim(c, owner, at, lease_seconds=60, limit=limit)


def done(c, path="a", at=NOW):
    changed(c, path, at=at)
    (item,) = claim(c, at)
    assert ledger.finish(c, item, at, seen=SEEN)


def row(c, path="a"):
    found = ledger.get(c, "files", path)
    assert found
    return found


def test_a_change_is_claimed_and_finished(c):
    assert changed(c, "a") == {"a": 1}
    (item,) = claim(c)
    assert (item.path, item.document_id, item.version) == ("a", document_id("files", "a"), 1)
    assert (item.state, item.attempts, item.due_at) == (State.RUNNING, 1, later(60))
    assert claim(c) == []
    assert ledger.finish(c, item, later(2), seen=SEEN, timings={"parse": 0.5})
    assert claim(c, later(1000)) == []
    assert ledger.known(c, "files") == {
        "a": Known(SEEN.mtime_ns, SEEN.size, SEEN.content_hash, State.DONE)
    }
    changed(c, "never worked on")
    assert ledger.access_hashes(c, "files") == {"a": SEEN.acl_hash}


def test_repeated_hints_become_one_row_with_a_higher_version(c):
    assert [changed(c, "a"), changed(c, "a")] == [{"a": 1}, {"a": 2}]
    assert [(item.path, item.version) for item in claim(c)] == [("a", 2)]


def test_repeated_hints_of_one_call_become_one(c):
    events = [("a", Event.CHANGED), ("a", Event.ACCESS), ("b", Event.ACCESS)]
    assert ledger.enqueue(c, "files", events, NOW) == {"a": 1, "b": 1}


def test_what_is_claimed_first(c):
    for path in ("gone", "acl"):
        done(c, path)
    changed(c, "scan", at=later(1), bulk=True)
    changed(c, "save", at=later(2))
    ledger.enqueue(c, "files", [("acl", Event.ACCESS)], later(3))
    deleted(c, "gone", at=later(4))
    order = [claim(c, later(10), limit=1)[0].path for _ in range(4)]
    assert order == ["gone", "acl", "save", "scan"]


def test_a_save_overtakes_its_own_scan(c):
    changed(c, "a", "b", bulk=True)
    changed(c, "b", at=later(1))
    assert [item.path for item in claim(c, later(2))] == ["b", "a"]


def test_deletions_of_what_was_never_there_are_ignored(c):
    assert deleted(c, "never") == {}
    done(c)
    deleted(c, "a")
    ledger.finish(c, claim(c)[0], NOW, seen=None)
    assert row(c).state is State.TOMBSTONE
    assert deleted(c, "a") == {}
    assert ledger.known(c, "files") == {}
    assert changed(c, "a") == {"a": 3}


def test_an_event_during_the_run_makes_the_row_ready_again(c):
    changed(c, "a")
    (item,) = claim(c)
    assert changed(c, "a", at=later(1)) == {"a": 2}
    assert claim(c, later(1)) == []
    assert ledger.finish(c, item, later(2), seen=SEEN)
    (again,) = claim(c, later(2))
    assert (again.version, again.finished_version, again.attempts) == (2, 1, 1)
    assert again.content_hash == "hash"
    assert changed(c, "a", at=later(3)) == {"a": 3}
    ledger.fail(c, again, later(4), failure=BROKEN, retry_at=None)
    (afresh,) = claim(c, later(4))
    assert (afresh.state, afresh.attempts) == (State.RUNNING, 1), "the new event begins anew"


def test_a_deletion_takes_a_running_row_over(c):
    changed(c, "a")
    (slow,) = claim(c)
    deleted(c, "a", at=later(1))
    (item,) = claim(c, later(1), owner="w2")
    assert (item.event, item.version) == (Event.DELETED, 2)
    assert not ledger.finish(c, slow, later(2), seen=SEEN)
    assert not ledger.extend(c, slow, later(100))
    assert ledger.finish(c, item, later(2), seen=None)
    assert row(c).state is State.TOMBSTONE


def test_a_lease_that_ran_out_is_claimed_again_and_the_late_worker_ends_nothing(c):
    changed(c, "a")
    (late,) = claim(c)
    assert claim(c, later(59)) == []
    (item,) = claim(c, later(61))
    assert item.attempts == 2
    for ended in (
        ledger.finish(c, late, later(62), seen=SEEN),
        ledger.fail(c, late, later(62), failure=BROKEN, retry_at=None),
        ledger.fail(c, late, later(62), failure=BROKEN, retry_at=later(99)),
        ledger.quarantine(c, late, later(62), failure=BROKEN, seen=SEEN),
    ):
        assert not ended
    assert ledger.finish(c, item, later(62), seen=SEEN)


def test_a_heartbeat_keeps_the_lease(c):
    changed(c, "a")
    (item,) = claim(c)
    assert ledger.extend(c, item, later(120))
    assert claim(c, later(61)) == []
    assert ledger.finish(c, item, later(100), seen=SEEN)


def test_a_failure_is_tried_again_when_its_time_has_come(c):
    changed(c, "a")
    assert ledger.fail(c, claim(c)[0], NOW, failure=BROKEN, retry_at=later(5))
    assert claim(c, later(4)) == []
    (again,) = claim(c, later(5))
    assert (again.attempts, again.stage, again.reason) == (2, "parse", "corrupt")
    assert ledger.finish(c, again, later(6), seen=SEEN)
    assert row(c).error == ""


def test_a_new_event_does_not_wait_for_the_retry_of_the_old_one(c):
    changed(c, "a")
    (item,) = claim(c)
    changed(c, "a", at=later(1))
    ledger.fail(c, item, later(2), failure=BROKEN, retry_at=later(500))
    assert len(claim(c, later(3))) == 1


def test_dead_letters_tell_why_and_can_be_retried(c):
    changed(c, "a", "b", "c")
    one, two, three = claim(c)
    ledger.fail(c, one, NOW, failure=BROKEN, retry_at=None)
    ledger.quarantine(c, two, NOW, failure=Failure("parse", "encrypted", "no"), seen=SEEN)
    ledger.finish(c, three, NOW, seen=SEEN)
    found = [(item.path, item.state, item.reason) for item in ledger.problems(c)]
    assert found == [("a", State.FAILED, "corrupt"), ("b", State.QUARANTINED, "encrypted")]
    assert [item.attempts for item in ledger.problems(c)] == [1, 1]
    assert [item.path for item in ledger.problems(c, after=("files", "a"))] == ["b"]
    assert ledger.problems(c, "other") == []
    assert ledger.known(c, "files")["b"].content_hash == "hash"
    assert claim(c, later(9999)) == []
    assert ledger.retry(c, "files", later(1), paths=["b", "c", "x"]) == 1
    assert [item.path for item in claim(c, later(1))] == ["b"]
    assert ledger.retry(c, "files", later(1)) == 1


def test_a_permission_event_does_not_hide_a_change_that_is_not_indexed(c):
    access = [("a", Event.ACCESS)]
    ledger.enqueue(c, "files", access, NOW)
    (item,) = claim(c)
    assert item.event is Event.CHANGED
    ledger.enqueue(c, "files", access, NOW)
    ledger.fail(c, item, NOW, failure=BROKEN, retry_at=NOW)
    (item,) = claim(c)
    assert item.event is Event.CHANGED
    ledger.finish(c, item, NOW, seen=SEEN)
    ledger.enqueue(c, "files", access, NOW)
    assert claim(c)[0].event is Event.ACCESS


def test_paths_under_a_folder(c):
    done(c, "zz")
    changed(c, "hr/a", "hr/sub/b", "hr2/c", "hr", "hr.md")
    assert ledger.under_prefix(c, "files", "hr/") == ["hr/a", "hr/sub/b"]
    assert ledger.under_prefix(c, "files", "hr") == ["hr", "hr/a", "hr/sub/b"]
    assert len(ledger.under_prefix(c, "files", "")) == 6
    assert ledger.under_prefix(c, "other", "") == []


def test_sources_do_not_meet(c):
    changed(c, "a")
    ledger.enqueue(c, "mail", [("a", Event.CHANGED)], NOW)
    assert ledger.counts(c) == Counts(ready=2)
    assert ledger.counts(c, "mail") == Counts(ready=1)
    assert ledger.counts(c, "mail").waiting == 1


def test_runs_are_tracked_and_make_statistics(c):
    changed(c, "a", "b", "c", "d")
    one, two, *_ = claim(c, limit=2)
    ledger.finish(c, one, later(2), seen=SEEN, timings={"parse": 0.5, "embed": 1.5})
    ledger.fail(c, two, later(4), failure=BROKEN, retry_at=later(60))
    newest, oldest = ledger.recent(c, "files")
    assert (oldest.path, oldest.state, oldest.timings) == (
        "a",
        State.DONE,
        {"parse": 0.5, "embed": 1.5},
    )
    assert (newest.path, newest.state, newest.error) == ("b", State.READY, BROKEN.error)
    found = ledger.statistics(c, "files", NOW, later(10))
    assert (found.processed, found.failed, found.queued) == (1, 1, 3)
    assert found.average_seconds == 3.0
    assert found.completed_at == later(10 + 3 * 5)
    assert ledger.trim_tracking(c, 1) == 1
    assert [run.path for run in ledger.recent(c)] == ["b"]


def test_statistics_without_runs_promise_nothing(c):
    changed(c, "a")
    assert ledger.statistics(c, "", NOW, NOW).completed_at is None
    assert ledger.statistics(c, "other", NOW, NOW).completed_at == NOW


def test_the_wait_between_attempts_doubles_up_to_a_limit():
    waits = [ledger.backoff(attempts).total_seconds() for attempts in (1, 2, 3, 4, 20, 5000)]
    assert waits == [1, 2, 4, 8, 300, 300]


def test_claims_of_open_transactions_do_not_wait_for_each_other(new_database):
    """On SQLite one writes at a time, by design."""
    database = new_database("postgresql")
    with database.write() as c:
        changed(c, *(f"{number}" for number in range(20)))
    with database.write() as one, database.write() as two:
        first, second = claim(one, limit=7), claim(two, owner="w2", limit=20)
    assert (len(first), len(second)) == (7, 13)
    assert not {item.path for item in first} & {item.path for item in second}
