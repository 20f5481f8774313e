"""The bytes of uploaded documents."""

from hashlib import sha256

from tests.store.samples import NOW

from groundwatch.store import uploads


def put(c, path, data, source="uploads"):
    return uploads.put(c, source, path, data, tags=("a", "b"), user="anna", now=NOW)


def test_bytes_come_back_until_they_are_removed(database):
    data = bytes(range(256)) * 5000
    with database.write() as c:
        kept = put(c, "anna/x.pdf", data)
        assert (kept.size, kept.content_hash) == (len(data), sha256(data).hexdigest())
        assert uploads.read(c, "uploads", "anna/x.pdf") == (kept, data)
        assert uploads.get(c, "uploads", "anna/x.pdf") == kept
        assert uploads.remove(c, "uploads", "anna/x.pdf")
        assert not uploads.remove(c, "uploads", "anna/x.pdf")
        assert uploads.read(c, "uploads", "anna/x.pdf") is None
        assert uploads.get(c, "uploads", "anna/x.pdf") is None


def test_new_bytes_replace_the_old(database):
    with database.write() as c:
        put(c, "x", b"old")
        put(c, "x", b"newer")
        assert [entry.size for entry in uploads.entries(c, "uploads")] == [5]


def test_entries_lie_below_a_path(database):
    with database.write() as c:
        for path in ("a/1", "a/2", "ab/3", "a"):
            put(c, path, b"")
        put(c, "a/1", b"", source="other")
        assert [one.path for one in uploads.entries(c, "uploads", "a")] == ["a", "a/1", "a/2"]
        assert [one.path for one in uploads.entries(c, "uploads", "a/")] == ["a/1", "a/2"]
