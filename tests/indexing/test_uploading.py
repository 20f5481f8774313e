"""Documents over HTTP: durable when taken, somebody's own, followed by jobs."""

from datetime import UTC, datetime

import pytest
from tests.indexing.fakes import FollowedIndex
from tests.indexing.test_batch import Bench
from tests.retrieval.test_library import identity
from tests.retrieval.test_retriever import put as put_document

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import document_id
from groundwatch.domain.jobs import Removal, TaskState, Upload
from groundwatch.errors import Conflict, InvalidInput, NotFound, Overloaded
from groundwatch.indexing.uploading import JobBook, Uploading, UploadLimits
from groundwatch.sources.uploads import UploadSource
from groundwatch.store import documents, ledger

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ANNA, BRAM = identity("anna", "staff", role="editor"), identity("bram", "staff", role="editor")


class Desk:
    """Uploading, its jobs, and workers that run when told."""

    def __init__(self, database):
        self.database = database
        self.bench = Bench(database)
        self.bench.sources["uploads"] = UploadSource(database)
        self.index = FollowedIndex()
        self.woken = 0
        self.uploading = Uploading(
            database, self.index, self._wake, lambda: NOW, UploadLimits(queue=3, max_bytes=100)
        )
        self.jobs = JobBook(database, lambda: NOW)
        self.bench.now = NOW

    def _wake(self):
        self.woken += 1

    def put(self, who, path, text, access=None, replaced=None):
        return self.uploading.put(who, Upload(path, text.encode(), access), replaced)

    def content(self, target):
        with self.database.read() as connection:
            return documents.content(connection, target)


@pytest.fixture
def desk(database):
    return Desk(database)


def target_of(job):
    return job.tasks[0].document_id


def test_an_upload_is_indexed_for_its_uploader_and_its_job_tells(desk):
    job = desk.put(ANNA, "notes/a.md", "hello")
    assert (job.state, job.total, desk.woken) == (TaskState.QUEUED, 1, 1)
    desk.bench.run()
    assert desk.jobs.get(ANNA, job.id).state is TaskState.DONE
    content = desk.content(target_of(job))
    assert (content.text, content.access.allow) == ("hello", {"user:anna"})


def test_two_people_may_use_the_same_path(desk):
    first, second = desk.put(ANNA, "a.md", "hers"), desk.put(BRAM, "a.md", "his")
    desk.bench.run()
    assert desk.content(target_of(first)).text == "hers"
    assert desk.content(target_of(second)).text == "his"


def test_new_content_keeps_the_permissions_that_are_known(desk):
    shared = AccessList(frozenset({"group:staff"}))
    job = desk.put(ANNA, "a.md", "one", shared)
    desk.bench.run()
    desk.put(ANNA, "a.md", "two")
    desk.put(BRAM, "ignored.md", "three", replaced=target_of(job))
    desk.bench.run()
    content = desk.content(target_of(job))
    assert (content.text, content.access, content.meta.version) == ("three", shared, 3)


def test_a_deleted_upload_is_gone_when_the_call_returns(desk):
    job = desk.put(ANNA, "a.md", "one")
    desk.bench.run()
    removal = desk.uploading.delete(ANNA, target_of(job))
    assert desk.content(target_of(job)) is None
    assert desk.index.position > 0
    desk.bench.run()
    assert desk.jobs.get(ANNA, removal.id).state is TaskState.DONE
    assert desk.content(target_of(job)) is None


def test_a_deletion_is_taken_while_the_index_is_away(desk):
    job = desk.put(ANNA, "a.md", "one")
    desk.bench.run()
    desk.index.down = True
    desk.uploading.delete(ANNA, target_of(job))
    assert desk.content(target_of(job)) is None


def test_an_upload_that_was_never_indexed_can_be_replaced_and_deleted(desk):
    job = desk.put(ANNA, "a.md", "CORRUPT")
    desk.bench.run()
    again = desk.put(ANNA, "", "CORRUPT too", replaced=target_of(job))
    assert target_of(again) == target_of(job)
    with pytest.raises(NotFound):
        desk.uploading.delete(BRAM, target_of(job))
    desk.uploading.delete(ANNA, target_of(job))
    with pytest.raises(NotFound):
        desk.uploading.delete(ANNA, target_of(job))


def test_a_path_used_again_after_a_deletion_is_its_uploaders_alone(desk):
    everyone = AccessList(frozenset({"everyone"}))
    job = desk.put(ANNA, "a.md", "one", everyone)
    desk.bench.run()
    desk.uploading.delete(ANNA, target_of(job))
    desk.bench.run()
    desk.put(ANNA, "a.md", "two")
    desk.bench.run()
    assert desk.content(target_of(job)).access == AccessList(frozenset({"user:anna"}))


def test_somebody_elses_upload_is_refused_like_one_that_does_not_exist(desk):
    job = desk.put(ANNA, "a.md", "one")
    desk.bench.run()
    errors = []
    for target in (target_of(job), document_id("uploads", "nothing")):
        with pytest.raises(NotFound) as error:
            desk.uploading.delete(BRAM, target)
        errors.append(str(error.value))
    assert errors[0] == errors[1]
    with pytest.raises(NotFound):
        desk.jobs.get(BRAM, job.id)


def test_a_document_of_a_source_is_changed_there(desk):
    put_document(desk.database, "a.md", "one")
    with pytest.raises(Conflict, match="source docs"):
        desk.uploading.delete(ANNA, document_id("docs", "a.md"))


def test_a_batch_is_taken_whole_or_not_at_all(desk):
    job = desk.put(ANNA, "a.md", "one")
    desk.bench.run()
    with pytest.raises(NotFound):
        desk.uploading.batch(ANNA, [Upload("b.md", b"two"), Removal("0" * 32)])
    with desk.database.read() as connection:
        assert ledger.counts(connection).waiting == 0
    batch = desk.uploading.batch(ANNA, [Upload("b.md", b"two"), Removal(target_of(job))])
    desk.bench.run()
    told = desk.jobs.get(ANNA, batch.id)
    assert (told.state, told.done, told.failed) == (TaskState.DONE, 2, 0)


def test_a_file_that_cannot_be_indexed_fails_its_task_with_the_reason(desk):
    job = desk.uploading.batch(ANNA, [Upload("a.md", b"CORRUPT"), Upload("b.md", b"fine")])
    desk.bench.run()
    told = desk.jobs.get(ANNA, job.id)
    assert (told.state, told.done, told.failed) == (TaskState.FAILED, 1, 1)
    assert (told.tasks[0].stage, told.tasks[0].reason) == ("parse", "corrupt")


def test_a_full_queue_is_refused_before_anything_is_taken_but_deletions_are_not(desk):
    job = desk.put(ANNA, "a.md", "one")
    desk.bench.run()
    for number in range(3):
        desk.put(ANNA, f"{number}.md", "x")
    with pytest.raises(Overloaded) as full:
        desk.put(ANNA, "more.md", "x")
    assert full.value.retry_after > 0
    desk.uploading.delete(ANNA, target_of(job))
    assert desk.content(target_of(job)) is None


def test_a_document_that_is_too_large_is_refused_with_the_way_out(desk):
    with pytest.raises(InvalidInput, match="max_file_megabytes"):
        desk.put(ANNA, "a.md", "x" * 101)


def test_uploads_survive_a_scan_of_their_source(desk):
    job = desk.put(ANNA, "a.md", "one")
    desk.bench.run()
    assert desk.bench.intake.scan("uploads").queued == 0
    assert desk.content(target_of(job)).text == "one"
