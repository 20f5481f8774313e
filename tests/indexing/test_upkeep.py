"""Upkeep: what is forgotten, and what is made again."""

from datetime import timedelta

import pytest
from tests.indexing.test_batch import Bench

from groundwatch.domain.documents import document_id
from groundwatch.indexing.upkeep import SPARES_KEPT, make_again, tidy
from groundwatch.store import documents, ledger, vectors


@pytest.fixture
def bench(database):
    bench = Bench(database)
    bench.source.files |= {"a.md": "one", "b.md": "two"}
    bench.scan_and_run()
    return bench


def waiting(bench):
    with bench.database.read() as connection:
        return ledger.counts(connection).waiting


def test_another_pipeline_makes_every_document_again_once(bench):
    assert not make_again(bench.database, bench.intake, "p1")
    assert make_again(bench.database, bench.intake, "p2")
    assert waiting(bench) == 2
    bench.indexer._pipeline = "p2"
    bench.embedder.embedded.clear()
    assert bench.run() == 2
    assert bench.embedder.embedded == []
    with bench.database.read() as connection:
        meta = documents.metas(connection, [document_id("docs", "a.md")])
        assert documents.reusable(
            connection,
            meta[document_id("docs", "a.md")].content_hash,
            pipeline="p2",
            model="fake-2",
        )
    assert not make_again(bench.database, bench.intake, "p2")
    assert waiting(bench) == 0


def test_vectors_of_removed_documents_are_kept_for_a_rename_and_no_longer(bench):
    del bench.source.files["a.md"]
    bench.scan_and_run()

    def spared():
        with bench.database.read() as connection:
            return vectors.recall(connection, "fake-2", ["a.md\none"])

    tidy(bench.database, bench.clock)
    assert spared()
    bench.now += SPARES_KEPT + timedelta(seconds=1)
    tidy(bench.database, bench.clock)
    assert not spared()
