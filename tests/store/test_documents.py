"""Documents, their fencing by version, and the live check."""

from dataclasses import replace

import pytest
from tests.store.samples import NOW, meta, parts

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import DocumentContent, document_id
from groundwatch.store import documents, permissions, vectors
from groundwatch.store.documents import FoundChunk

TEXT = "Leave is granted by the team lead within a week."


def put(database, one, text=TEXT, size=10):
    with database.write() as c:
        return documents.put(c, one, text, parts(text, size), pipeline="p1")


def live(database, one):
    with database.read() as c:
        content = documents.content(c, one.id)
        return content and (content.meta.version, content.text)


def test_a_document_comes_back_as_it_was_put(database):
    ids = put(database, meta())
    with database.read() as c:
        assert documents.metas(c, [meta().id, "unknown"]) == {meta().id: meta()}
        assert documents.content(c, meta().id) == DocumentContent(meta(), TEXT, AccessList())
        assert documents.found(c, ids) == {
            id_: FoundChunk(id_, part, meta(), AccessList())
            for id_, part in zip(ids, parts(TEXT), strict=True)
        }


def test_an_equal_or_older_version_never_overwrites(database):
    put(database, meta(version=3))
    assert put(database, meta(version=3), "other") is None
    assert put(database, meta(version=2), "other") is None
    assert live(database, meta()) == (3, TEXT)
    assert put(database, meta(version=4), "other") is not None
    assert live(database, meta()) == (4, "other")


def test_a_deleted_document_is_gone_and_a_late_writer_cannot_bring_it_back(database):
    ids = put(database, meta(version=1))
    with database.write() as c:
        vectors.put(c, "m", dict.fromkeys(ids, b"1234"))
        assert documents.delete(c, meta().id, 5)
    with database.read() as c:
        assert documents.metas(c, [meta().id]) == {}
        assert documents.content(c, meta().id) is None
        assert documents.found(c, ids) == {}
        assert documents.page(c, principals=None) == []
        assert vectors.recall(c, "m", [part.embedding_text("Leave") for part in parts(TEXT)]) == {}
    assert put(database, meta(version=4)) is None
    assert put(database, meta(version=5)) is None
    assert live(database, meta()) is None
    assert put(database, meta(version=6)) is not None


def test_a_deletion_before_the_first_write_holds_too(database):
    with database.write() as c:
        assert documents.delete(c, meta().id, 2)
        assert not documents.delete(c, meta().id, 2)
    assert put(database, meta(version=1)) is None


def test_at_an_equal_version_deletion_wins(database):
    put(database, meta(version=2))
    with database.write() as c:
        assert not documents.delete(c, meta().id, 1)
        assert documents.delete(c, meta().id, 2)
    assert live(database, meta()) is None


def test_nothing_of_a_deleted_document_is_left_in_its_tombstone(database):
    put(database, meta())
    with database.write() as c:
        documents.delete(c, meta().id, 2)
        row = c.exec_driver_sql("SELECT * FROM documents").one()._asdict()
    assert not any(row[name] for name in ("source", "path", "title", "content_hash", "size"))


def test_chunk_ids_are_never_used_again(database):
    first = put(database, meta(version=1))
    second = put(database, meta(version=2))
    with database.write() as c:
        documents.delete(c, meta().id, 3)
    third = put(database, meta(version=4))
    assert max(first) < min(second) <= max(second) < min(third)


def test_chunk_ids_come_in_the_order_of_the_chunks(database):
    text = "x" * 20_000
    ids = put(database, meta(), text)
    with database.read() as c:
        found = documents.found(c, ids)
    assert [found[id_].chunk.ordinal for id_ in ids] == list(range(2000))


def test_a_newer_version_of_the_same_content_keeps_its_chunks(database):
    ids = put(database, meta(version=1))
    touched = replace(meta(version=2), tags=("policy", "new"))
    with database.write() as c:
        assert documents.put_meta(c, touched)
        assert not documents.put_meta(c, touched)
        assert not documents.put_meta(c, replace(meta(version=3), title="Other"))
        assert not documents.put_meta(c, replace(meta(version=3), content_hash="other"))
        found = documents.found(c, ids)
    assert {one.document for one in found.values()} == {touched}


def test_an_empty_document_has_no_chunks(database):
    assert put(database, meta(), "") == []


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\u202eright to left", "x" * 1_000_000])
def test_odd_text_keeps_its_offsets(database, text):
    ids = put(database, replace(meta(), title=text[:9]), text, size=1 + len(text) // 100)
    with database.read() as c:
        content = documents.content(c, meta().id)
        found = documents.found(c, ids[:50])
    assert content
    kept = content.text
    assert len(kept) == len(text)
    for one in found.values():
        assert one.chunk.text == kept[one.chunk.start : one.chunk.end]


def test_a_copy_is_recognised_by_bytes_and_pipeline(database):
    ids = put(database, meta())
    with database.write() as c:
        vectors.put(c, "m", {ids[0]: b"1234"})
        same = documents.reusable(c, meta().content_hash, pipeline="p1", model="m")
        assert documents.reusable(c, meta().content_hash, pipeline="p2", model="m") is None
        assert documents.reusable(c, "other", pipeline="p1", model="m") is None
    assert same
    assert (same.title, same.text, same.chunks) == ("Leave", TEXT, tuple(parts(TEXT)))
    assert same.vectors == (b"1234", *[None] * (len(ids) - 1))


def test_of_two_copies_the_one_with_the_title_is_preferred(database):
    one = replace(meta("a"), content_hash="h")
    two = replace(meta("b"), content_hash="h", title="Two")
    put(database, one)
    put(database, two)
    with database.read() as c:
        for title in ("Leave", "Two"):
            copy = documents.reusable(c, "h", pipeline="p1", model="m", title=title)
            assert copy
            assert copy.title == title


class TestPage:
    @pytest.fixture
    def filled(self, database):
        with database.write() as c:
            for path, access in {
                "hr/a.md": AccessList(frozenset({"group:hr"})),
                "hr/b.md": AccessList(frozenset({"everyone"}), frozenset({"user:eve"})),
                "hr2/c.md": AccessList(frozenset({"everyone", "group:hr"})),
                "hr/nobody.md": AccessList(),
                "Zoo.md": None,
            }.items():
                documents.put(c, meta(path), TEXT, parts(TEXT), pipeline="p1")
                permissions.put_from_rules(c, document_id("files", path), access)
        return database

    def paths(self, database, **filters):
        with database.read() as c:
            return [one.path for one in documents.page(c, **filters)]

    def test_an_administrator_sees_all_in_code_point_order(self, filled):
        every = ["Zoo.md", "hr/a.md", "hr/b.md", "hr/nobody.md", "hr2/c.md"]
        assert self.paths(filled, principals=None) == every

    @pytest.mark.parametrize(
        ("principals", "paths"),
        [
            ({"user:anna", "group:hr", "everyone"}, ["hr/a.md", "hr/b.md", "hr2/c.md"]),
            ({"user:eve", "everyone"}, ["hr2/c.md"]),
            ({"group:hr"}, ["hr/a.md", "hr2/c.md"]),
            (set(), []),
        ],
    )
    def test_others_see_what_they_may_read(self, filled, principals, paths):
        assert self.paths(filled, principals=frozenset(principals)) == paths

    def test_a_prefix_is_a_folder_or_a_path(self, filled):
        inside = ["hr/a.md", "hr/b.md", "hr/nobody.md"]
        assert self.paths(filled, principals=None, prefix="hr/") == inside
        assert self.paths(filled, principals=None, prefix="hr") == inside
        assert self.paths(filled, principals=None, prefix="hr/a.md") == ["hr/a.md"]
        assert self.paths(filled, principals=None, prefix="hr/a") == []

    def test_pages_follow_each_other(self, filled):
        after, seen = None, []
        with filled.read() as c:
            while page := documents.page(c, principals=None, after=after, limit=2):
                seen += [one.path for one in page]
                after = (page[-1].source, page[-1].path)
        assert seen == self.paths(filled, principals=None)

    def test_a_source_narrows(self, filled):
        with filled.write() as c:
            documents.put(c, meta("x", source="mail"), "", [], pipeline="p")
        assert self.paths(filled, principals=None, source="mail") == ["x"]


def test_an_aware_moment_is_kept_to_the_microsecond(database):
    moment = NOW.replace(microsecond=123_457)
    put(database, replace(meta(), modified_at=moment))
    with database.read() as c:
        assert documents.metas(c, [meta().id])[meta().id].modified_at == moment
