"""The change log and what the index reads by it."""

import threading

from tests.store.samples import meta, parts, put

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import document_id
from groundwatch.store import changes, documents, permissions, vectors
from groundwatch.store.changes import Change, ChangeKind, IndexedChunk, IndexedDocument

HR = AccessList(frozenset({"group:hr"}))
ID = meta().id


def test_every_change_is_logged_in_order(database):
    with database.write() as c:
        assert changes.latest(c) == 0
        documents.put(c, meta(version=1), "text", parts("text"), pipeline="p")
        permissions.put_from_rules(c, ID, HR)
        documents.delete(c, ID, 2)
        documents.delete(c, ID, 3)
        log = changes.since(c, 0, 10)
        assert [change.kind for change in log] == ["content", "access", "delete"]
        assert {change.document_id for change in log} == {ID}
        assert changes.latest(c) == log[-1].seq
        assert changes.since(c, log[0].seq, 1) == [Change(log[1].seq, ID, ChangeKind.ACCESS)]


def test_a_refused_write_is_not_logged(database):
    with database.write() as c:
        documents.put(c, meta(version=2), "text", parts("text"), pipeline="p")
        before = changes.latest(c)
        documents.put(c, meta(version=1), "text", parts("text"), pipeline="p")
        documents.delete(c, ID, 1)
        assert changes.latest(c) == before


def test_numbers_go_on_after_the_log_was_trimmed(database):
    with database.write() as c:
        for version in range(1, 6):
            documents.put(c, meta(version=version), "text", [], pipeline="p")
        last = changes.latest(c)
        assert changes.trim(c, last - 1) == 3
        assert (changes.oldest(c), changes.latest(c)) == (last - 1, last)
        changes.trim(c, last + 100)
        assert (changes.oldest(c), changes.latest(c)) == (last, last)
        documents.put(c, meta(version=6), "text", [], pipeline="p")
        assert changes.latest(c) > last


def test_the_index_gets_texts_with_their_context_vectors_and_readers(database):
    with database.write() as c:
        ids = put(c, meta(), "one two three four")
        permissions.put_from_rules(c, ID, HR)
        vectors.put(c, "m", {ids[0]: b"1234"})
        documents.put(c, meta("gone"), "text", [], pipeline="p")
        documents.delete(c, document_id("files", "gone"), 2)
        found = changes.indexed(c, [ID, document_id("files", "gone"), "unknown"], "m")
    assert found == [
        IndexedDocument(
            meta(),
            HR,
            (
                IndexedChunk(ids[0], "Leave > Top\none two th", b"1234"),
                IndexedChunk(ids[1], "Leave > Top\nree four", None),
            ),
        )
    ]


def test_a_builder_pages_over_live_documents(database):
    with database.write() as c:
        for number in range(7):
            documents.put(c, meta(f"{number}.md"), "text", [], pipeline="p")
        documents.delete(c, document_id("files", "3.md"), 2)
        after, seen = "", []
        while page := changes.document_ids(c, after, 2):
            seen += page
            after = page[-1]
    assert seen == sorted(document_id("files", f"{n}.md") for n in range(7) if n != 3)


def test_a_follower_misses_nothing_while_many_write(database):
    """What is read up to a number stays all there ever is up to that number."""
    writers, each = 4, 15
    done = threading.Event()
    seen: list[int] = []

    def write(writer):
        for number in range(each):
            with database.write() as c:
                path = f"{writer}/{number}.md"
                documents.put(c, meta(path), "text", parts("text"), pipeline="p")

    def follow():
        position = 0
        while True:
            finished = done.is_set()
            with database.read() as c:
                page = changes.since(c, position, 7)
            seen.extend(change.seq for change in page)
            position = seen[-1] if seen else 0
            if finished and not page:
                return

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    follower = threading.Thread(target=follow)
    for thread in [*threads, follower]:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    follower.join()
    assert seen == sorted(set(seen))
    assert len(seen) == writers * each
