"""The decision which paths need work after a listing."""

from hypothesis import given
from hypothesis import strategies as st

from groundwatch.indexing.reconcile import differences
from groundwatch.sources.base import Entry, Unlisted
from groundwatch.store.ledger import Event, Known, State


def known(stamp, state=State.DONE):
    return Known(stamp, 10, "hash", state)


def test_each_difference_is_found_and_removals_come_first():
    before = {
        "same.md": known(1),
        "edited.md": known(1),
        "gone.md": known(1),
        "waiting.md": known(0, State.READY),
        "failed.md": known(1, State.FAILED),
        "quarantined.md": known(1, State.QUARANTINED),
    }
    seen = [
        Entry(path, 2 if path == "edited.md" else 1, 10) for path in before if path != "gone.md"
    ]
    assert differences(before, [*seen, Entry("new.md", 1, 1)]) == [
        ("gone.md", Event.DELETED),
        ("edited.md", Event.CHANGED),
        ("failed.md", Event.CHANGED),
        ("new.md", Event.CHANGED),
    ]


def test_of_a_folder_that_cannot_be_listed_nothing_is_concluded():
    before = {path: known(1) for path in ("shut/a.md", "shut/in/b.md", "shutter/c.md", "d.md")}
    assert differences(before, [Unlisted("shut", "Permission denied"), Entry("d.md", 1, 10)]) == [
        ("shutter/c.md", Event.DELETED)
    ]


paths = st.sampled_from("abcdefgh")


@given(st.dictionaries(paths, st.integers(0, 2)), st.dictionaries(paths, st.integers(0, 2)))
def test_doing_the_work_leaves_no_difference(indexed, listed):
    before = {path: known(stamp) for path, stamp in indexed.items()}
    entries = [Entry(path, stamp, 10) for path, stamp in listed.items()]
    after = dict(before)
    for path, event in differences(before, entries):
        if event is Event.DELETED:
            del after[path]
        else:
            after[path] = known(listed[path])
    assert differences(after, entries) == []
