"""A batch of ledger items, from a source to the store, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.indexing.fakes import CountingEmbedder, FakeSource, FollowedIndex, chunk, parse

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import document_id
from groundwatch.indexing.batch import BatchIndexer
from groundwatch.indexing.hints import HintBatch
from groundwatch.indexing.intake import Intake
from groundwatch.indexing.preparing import Preparer
from groundwatch.sources.base import Source
from groundwatch.store import changes, documents, ledger, permissions, vectors
from groundwatch.store.ledger import State

START = datetime(2026, 3, 1, tzinfo=UTC)


class Bench:
    """An indexer over fakes, with a clock that stands where it is put."""

    def __init__(self, database):
        self.now = START
        self.database = database
        self.source = FakeSource()
        self.embedder = CountingEmbedder()
        self.index = FollowedIndex()
        self.sources: dict[str, Source] = {"docs": self.source}
        self.intake = Intake(
            database, self.sources, self.clock, room=lambda: True, notify=lambda: None
        )
        self.indexer = BatchIndexer(
            database,
            self.sources,
            preparer=Preparer(parse, chunk),
            embedder=self.embedder,
            follow=self.index,
            clock=self.clock,
            pipeline="p1",
            max_attempts=2,
        )

    def clock(self):
        return self.now

    def run(self):
        with self.database.write() as connection:
            items = ledger.claim(connection, "w", self.now, lease_seconds=60, limit=100)
        return self.indexer.process(items)

    def scan_and_run(self):
        self.intake.scan("docs")
        return self.run()

    def item(self, path):
        with self.database.read() as connection:
            return ledger.get(connection, "docs", path)

    def content(self, path):
        with self.database.read() as connection:
            return documents.content(connection, document_id("docs", path))


@pytest.fixture
def bench(database):
    return Bench(database)


def test_a_new_file_is_stored_with_text_vectors_and_permissions_and_the_index_follows(bench):
    bench.source.files["a.md"] = "one\ntwo"
    assert bench.scan_and_run() == 1
    content = bench.content("a.md")
    assert content.text == "one\ntwo"
    assert content.access == AccessList(frozenset({"group:staff"}))
    with bench.database.read() as connection:
        assert vectors.missing(connection, "fake-2", 10) == []
        assert bench.index.position == changes.latest(connection)
    assert bench.item("a.md").state is State.DONE


def test_an_edit_embeds_only_what_changed(bench):
    bench.source.files["a.md"] = "one\ntwo"
    bench.scan_and_run()
    bench.embedder.embedded.clear()
    bench.source.files["a.md"] = "one\nthree"
    bench.scan_and_run()
    assert bench.content("a.md").text == "one\nthree"
    assert bench.embedder.embedded == ["a.md\nthree"]


def test_a_touched_file_with_the_same_bytes_is_neither_parsed_nor_embedded(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    bench.embedder.embedded.clear()
    with bench.database.write() as connection:
        ledger.enqueue(connection, "docs", [("a.md", ledger.Event.CHANGED)], bench.now)
    assert bench.run() == 1
    assert bench.embedder.embedded == []
    assert bench.content("a.md").text == "one"


def test_a_removed_file_is_gone_from_the_store_and_the_index_follows(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    del bench.source.files["a.md"]
    bench.scan_and_run()
    assert bench.content("a.md") is None
    assert bench.item("a.md").state is State.TOMBSTONE
    with bench.database.read() as connection:
        assert bench.index.position == changes.latest(connection)


def test_a_file_that_comes_back_is_indexed_again(bench):
    for text in ("one", None, "one"):
        bench.source.files = {} if text is None else {"a.md": text}
        bench.scan_and_run()
    assert bench.content("a.md").text == "one"


def test_a_corrupt_file_is_quarantined_with_its_reason_and_the_rest_goes_on(bench):
    bench.source.files |= {"a.md": "one", "bad.md": "CORRUPT", "c.md": "three"}
    assert bench.scan_and_run() == 2
    bad = bench.item("bad.md")
    assert (bad.state, bad.stage, bad.reason) == (State.QUARANTINED, "parse", "corrupt")
    assert bench.content("a.md")
    assert bench.content("c.md")
    assert bench.intake.scan("docs").queued == 0


def test_a_file_that_became_corrupt_no_longer_answers_with_its_old_text(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    bench.source.files["a.md"] = "CORRUPT"
    bench.scan_and_run()
    assert bench.content("a.md") is None
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    assert bench.content("a.md").text == "one"


def test_a_text_that_cannot_be_embedded_rejects_only_its_document(bench):
    bench.source.files |= {"a.md": "one", "bad.md": "fine\nUNEMBEDDABLE"}
    bench.scan_and_run()
    assert (bench.item("bad.md").stage, bench.item("bad.md").state) == (
        "embed",
        State.QUARANTINED,
    )
    assert bench.content("a.md")


def test_an_engine_that_is_down_postpones_and_a_dead_letter_keeps_its_reason(bench):
    bench.source.files["a.md"] = "one"
    bench.index.down = True
    bench.scan_and_run()
    assert bench.item("a.md").state is State.READY
    bench.now += timedelta(seconds=10)
    bench.run()
    failed = bench.item("a.md")
    assert (failed.state, failed.error) == (State.FAILED, "the engine is down")
    bench.index.down = False
    bench.scan_and_run()
    assert bench.item("a.md").state is State.DONE


def test_a_document_whose_runs_never_end_is_abandoned_until_it_changes(bench):
    bench.source.files["a.md"] = "one"
    bench.intake.scan("docs")
    for _ in range(2):
        with bench.database.write() as connection:
            ledger.claim(connection, "killed", bench.now, lease_seconds=60, limit=1)
        bench.now += timedelta(seconds=61)
    bench.run()
    item = bench.item("a.md")
    assert (item.state, item.reason, item.attempts) == (State.QUARANTINED, "abandoned", 3)
    assert bench.scan_and_run() == 0, "a scan does not try it again"
    bench.source.files["a.md"] = "two"
    bench.scan_and_run()
    assert bench.content("a.md").text == "two"


def test_a_source_that_vanishes_removes_nothing(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    bench.source.down = True
    with pytest.raises(Exception, match="docs is down"):
        bench.intake.scan("docs")
    assert bench.content("a.md").text == "one"


@pytest.mark.parametrize("path", ["", "shut", "shut/a.md"])
def test_a_folder_that_cannot_be_listed_any_more_keeps_what_was_indexed_of_it(bench, path):
    bench.source.files |= {"shut/a.md": "one", "b.md": "two"}
    bench.scan_and_run()
    bench.source.unlisted = ("shut",)
    bench.source.files["b.md"] = "three"
    if path:
        bench.intake.take(HintBatch({"docs": frozenset({path})}))
    assert [each.path for each in bench.intake.scan("docs").unlisted] == ["shut"]
    bench.run()
    assert bench.content("shut/a.md").text == "one"
    assert bench.content("b.md").text == "three"


def test_changed_rules_reach_store_and_index_without_parsing(bench):
    bench.source.files |= {"a.md": "one", "b.md": "two"}
    bench.scan_and_run()
    bench.embedder.embedded.clear()
    bench.source.access = AccessList(frozenset({"group:hr"}))
    bench.source.tags = ("private",)
    bench.intake.bring_in_line(bench.index)
    with bench.database.read() as connection:
        assert bench.index.position == changes.latest(connection)
    assert bench.content("a.md").access.allow == {"group:hr"}
    bench.run()
    assert bench.content("a.md").meta.tags == ("private",)
    assert bench.embedder.embedded == []
    assert bench.intake.apply_permissions("docs") == 0


def test_rules_that_change_back_before_any_work_is_done_are_those_that_count(bench):
    narrow, wide = AccessList(frozenset({"group:hr"})), AccessList(frozenset({"everyone"}))
    bench.source.files["a.md"] = "one"
    bench.source.access = narrow
    bench.scan_and_run()
    for access in (wide, narrow):
        bench.source.access = access
        assert bench.intake.apply_permissions("docs") == 1
        assert bench.content("a.md").access == access
    bench.run()
    assert bench.content("a.md").access == narrow
    assert bench.intake.apply_permissions("docs") == 0


def test_rules_never_overwrite_what_was_set_by_hand(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    by_hand = AccessList(frozenset({"user:anna"}))
    with bench.database.write() as connection:
        permissions.put_explicit(connection, document_id("docs", "a.md"), by_hand)
    bench.source.files["a.md"] = "two"
    bench.scan_and_run()
    assert bench.content("a.md").access == by_hand


def test_a_rename_embeds_nothing_whichever_half_comes_first(bench):
    bench.source.files["old.md"] = "one\ntwo"
    bench.scan_and_run()
    bench.embedder.embedded.clear()
    title = bench.content("old.md").meta.title
    bench.indexer._preparer = Preparer(lambda name, data: parse(title, data), chunk)
    bench.source.files = {"new.md": "one\ntwo"}
    bench.scan_and_run()
    assert bench.content("new.md").text == "one\ntwo"
    assert bench.embedder.embedded == []


def test_a_source_that_left_the_configuration_takes_its_documents_along(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    bench.sources.clear()
    bench.intake.bring_in_line(bench.index)
    assert bench.content("a.md") is None, "before any worker has looked at it"
    bench.run()
    assert bench.content("a.md") is None


def test_rules_that_change_while_a_document_is_parsed_are_those_that_count(bench):
    def parse_slowly(name, data):
        bench.source.access = AccessList(frozenset({"group:board"}))
        return parse(name, data)

    bench.indexer._preparer = Preparer(parse_slowly, chunk)
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    assert bench.content("a.md").access == AccessList(frozenset({"group:board"}))
    assert bench.intake.apply_permissions("docs") == 0


def test_what_a_scan_misses_is_gone_before_any_worker_has_time(bench):
    bench.source.files["a.md"] = "one"
    bench.scan_and_run()
    bench.source.files.clear()
    bench.intake.scan("docs")
    assert bench.content("a.md") is None
