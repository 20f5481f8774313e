"""The decision which paths need work after a scan."""

from hypothesis import given
from hypothesis import strategies as st

from groundwatch.indexing.reconcile import Event, Known, Work, differences
from groundwatch.sources.base import Entry


def test_each_difference_has_its_reason_and_removals_come_first():
    known = {
        "same.md": Known(1, 10, True),
        "edited.md": Known(1, 10, True),
        "gone.md": Known(1, 10, True),
        "back.md": Known(1, 10, False),
        "removed-before.md": Known(1, 10, False),
    }
    seen = [
        Entry("same.md", 1, 10),
        Entry("edited.md", 2, 10),
        Entry("back.md", 1, 10),
        Entry("new.md", 1, 1),
    ]
    assert differences(known, seen) == [
        Work("gone.md", Event.VANISHED),
        Work("edited.md", Event.CHANGED),
        Work("back.md", Event.APPEARED),
        Work("new.md", Event.APPEARED),
    ]


paths = st.sampled_from("abcdefgh")


@given(
    st.dictionaries(paths, st.tuples(st.integers(0, 2), st.booleans())),
    st.dictionaries(paths, st.integers(0, 2)),
)
def test_doing_the_work_leaves_no_difference(known, seen):
    before = {path: Known(stamp, 1, live) for path, (stamp, live) in known.items()}
    entries = [Entry(path, stamp, 1) for path, stamp in seen.items()]
    after = dict(before)
    for work in differences(before, entries):
        live = work.event is not Event.VANISHED
        after[work.path] = Known(seen.get(work.path, 0), 1, live)
    assert differences(after, entries) == []
