"""Jobs follow their documents through the ledger."""

from datetime import timedelta

import pytest
from tests.store.samples import NOW

from groundwatch.domain.documents import document_id
from groundwatch.domain.jobs import Operation, TaskState
from groundwatch.store import jobs, ledger
from groundwatch.store.jobs import NewTask
from groundwatch.store.ledger import Event, Failure, Seen

BROKEN = Failure("parse", "encrypted", "it needs a password")


@pytest.fixture
def c(database):
    with database.write() as connection:
        yield connection


def start(c, job_id, *paths, user="anna", now=NOW):
    versions = ledger.enqueue(c, "uploads", [(path, Event.CHANGED) for path in paths], now)
    tasks = [
        NewTask("uploads", path, document_id("uploads", path), Operation.PUT, versions[path])
        for path in paths
    ]
    jobs.create(c, job_id, user, now, tasks)


def claim(c, limit=1):
    return ledger.claim(c, "w", NOW, lease_seconds=60, limit=limit)


def job(c, job_id="j1"):
    found = jobs.get(c, job_id, NOW)
    assert found
    return found


def states(c, job_id="j1"):
    return [task.state for task in job(c, job_id).tasks]


def test_a_job_goes_from_queued_to_done(c):
    start(c, "j1", "a", "b")
    assert (job(c).state, job(c).total, job(c).queue_size) == (TaskState.QUEUED, 2, 2)
    (first,) = claim(c)
    assert (job(c).state, states(c)) == (TaskState.RUNNING, [TaskState.RUNNING, TaskState.QUEUED])
    ledger.finish(c, first, NOW + timedelta(seconds=2), seen=Seen())
    assert (job(c).done, job(c).finished_at) == (1, None)
    assert job(c).estimated_completion is not None
    ledger.finish(c, claim(c)[0], NOW + timedelta(seconds=5), seen=Seen())
    over = job(c)
    assert (over.state, over.done, over.failed) == (TaskState.DONE, 2, 0)
    assert over.finished_at == NOW + timedelta(seconds=5)
    assert over.estimated_completion is None


def test_a_failed_document_tells_why(c):
    start(c, "j1", "a", "b")
    one, two = claim(c, 2)
    ledger.finish(c, one, NOW, seen=Seen())
    ledger.quarantine(c, two, NOW, failure=BROKEN, seen=Seen())
    assert job(c).state is TaskState.FAILED
    good, bad = job(c).tasks
    assert (good.state, good.error) == (TaskState.DONE, "")
    assert (bad.state, bad.stage, bad.reason, bad.error) == (
        TaskState.FAILED,
        "parse",
        "encrypted",
        "it needs a password",
    )


def test_what_is_tried_again_still_waits(c):
    start(c, "j1", "a")
    ledger.fail(c, claim(c)[0], NOW, failure=BROKEN, retry_at=NOW)
    assert states(c) == [TaskState.QUEUED]
    assert job(c).tasks[0].error == ""


def test_a_later_change_does_not_reopen_a_finished_job(c):
    start(c, "j1", "a")
    ledger.finish(c, claim(c)[0], NOW, seen=Seen())
    start(c, "j2", "a")
    assert (states(c, "j1"), states(c, "j2")) == ([TaskState.DONE], [TaskState.QUEUED])
    ledger.quarantine(c, claim(c)[0], NOW, failure=BROKEN, seen=Seen())
    assert states(c, "j2") == [TaskState.FAILED]


def test_a_task_overtaken_by_a_newer_change_ends_with_it(c):
    start(c, "j1", "a")
    start(c, "j2", "a")
    ledger.finish(c, claim(c)[0], NOW, seen=Seen())
    assert (states(c, "j1"), states(c, "j2")) == ([TaskState.DONE], [TaskState.DONE])


def test_the_deletion_of_what_is_not_there_is_done(c):
    jobs.create(c, "j1", "anna", NOW, [NewTask("uploads", "x", "0" * 32, Operation.DELETE, 0)])
    assert (job(c).state, states(c)) == (TaskState.DONE, [TaskState.DONE])
    assert job(c).finished_at == NOW


def test_pages_of_jobs_newest_first(c):
    for number in range(5):
        start(c, f"j{number}", f"{number}", now=NOW + timedelta(seconds=number // 2))
    start(c, "other", "x", user="bob")
    seen, after = [], ""
    while found := jobs.page(c, NOW, user="anna", after=after, limit=2):
        seen += [one.id for one in found]
        after = found[-1].id
    assert seen == ["j4", "j3", "j2", "j1", "j0"]
    assert {one.id for one in jobs.page(c, NOW, user=None)} == {*seen, "other"}
    assert jobs.page(c, NOW, user="anna", after="unknown") == []
    start(c, "later", "z", user="ben", now=NOW + timedelta(days=1))
    assert jobs.page(c, NOW, user="anna", after="later") == [], "as if it did not exist"
    assert jobs.get(c, "unknown", NOW) is None


def test_old_jobs_are_forgotten(c):
    start(c, "j1", "a")
    assert jobs.forget(c, NOW) == 0
    assert jobs.forget(c, NOW + timedelta(seconds=1)) == 1
    assert jobs.get(c, "j1", NOW) is None
