"""Vectors per chunk and model."""

from dataclasses import replace
from datetime import timedelta

from tests.store.samples import NOW, meta, parts

from groundwatch.store import documents, vectors
from groundwatch.store.vectors import UnembeddedChunk

TEXT = "one two three four"
FIRST, SECOND = (part.embedding_text("Leave") for part in parts(TEXT))


def put(c, one):
    return documents.put(c, one, TEXT, parts(TEXT), pipeline="p")


def test_the_chunks_a_new_model_has_not_embedded_are_listed(database):
    with database.write() as c:
        ids = put(c, meta())
        vectors.put(c, "old", dict.fromkeys(ids, b"1234"))
        vectors.put(c, "new", {ids[0]: b"1234"})
        assert vectors.missing(c, "old", 10) == []
        assert vectors.missing(c, "new", 10) == [UnembeddedChunk(ids[1], meta().id, SECOND)]
        assert vectors.missing(c, "new", 10, after=ids[1]) == []


def test_a_copy_and_an_edited_document_find_their_vectors(database):
    with database.write() as c:
        ids = put(c, meta())
        vectors.put(c, "m", dict(zip(ids, [b"aaaa", b"bbbb"], strict=True)))
        assert vectors.recall(c, "m", [FIRST, SECOND, "new text"]) == {
            FIRST: b"aaaa",
            SECOND: b"bbbb",
        }
        assert vectors.recall(c, "other", [FIRST]) == {}


def test_a_second_vector_overwrites_the_first(database):
    with database.write() as c:
        ids = put(c, meta())
        vectors.put(c, "m", {ids[0]: b"aaaa"})
        vectors.put(c, "m", {ids[0]: b"bbbb"})
        assert vectors.recall(c, "m", [FIRST]) == {FIRST: b"bbbb"}


def test_a_document_that_moved_finds_its_vectors_for_a_while(database):
    with database.write() as c:
        ids = put(c, meta())
        vectors.put(c, "m", dict(zip(ids, [b"aaaa", b"bbbb"], strict=True)))
        documents.delete(c, meta().id, 2, spare_at=NOW)
        assert vectors.recall(c, "m", [FIRST, SECOND]) == {FIRST: b"aaaa", SECOND: b"bbbb"}
        assert vectors.forget_spare(c, NOW) == 0
        assert vectors.forget_spare(c, NOW + timedelta(minutes=1)) == 2
        assert vectors.recall(c, "m", [FIRST, SECOND]) == {}


def test_sparing_the_same_text_twice_is_no_conflict(database):
    with database.write() as c:
        for path in ("a", "b"):
            ids = put(c, replace(meta(path)))
            vectors.put(c, "m", dict.fromkeys(ids, b"aaaa"))
        for path in ("a", "b"):
            documents.delete(c, meta(path).id, 2, spare_at=NOW)
        assert vectors.forget_spare(c, NOW + timedelta(minutes=1)) == 2
