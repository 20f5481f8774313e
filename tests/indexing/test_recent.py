"""What was removed a moment ago can be taken up again by its content."""

from groundwatch.domain.documents import Chunk
from groundwatch.indexing.recent import ParsedDocument, RecentlyRemoved


class Seconds:
    now = 0.0

    def __call__(self):
        return self.now


def document(size):
    text = "x" * size
    return ParsedDocument("t", text, (Chunk(0, text, 0, size),), (b"",))


def test_a_removed_document_is_found_by_its_content_until_its_time_is_over():
    clock = Seconds()
    recent = RecentlyRemoved(clock, keep_seconds=30)
    recent.put("hash", document(5))
    assert recent.get("hash") == document(5)
    clock.now = 31
    assert recent.get("hash") is None


def test_the_oldest_goes_when_the_bytes_are_used_up():
    recent = RecentlyRemoved(Seconds(), max_bytes=250)
    for name in ("first", "second", "third"):
        recent.put(name, document(50))
    assert [bool(recent.get(name)) for name in ("first", "second", "third")] == [False, True, True]
