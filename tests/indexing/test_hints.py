"""Hints are coalesced, bounded, and overflow into a scan."""

import threading

from groundwatch.indexing.hints import HintBatch, Hints


def test_hints_of_one_moment_come_as_one_batch():
    hints = Hints(limit=10)
    for path in ("a.md", "b.md", "a.md"):
        hints.add("docs", path)
    assert hints.take(timeout=1) == HintBatch({"docs": frozenset({"a.md", "b.md"})})
    assert not hints.take(timeout=0)


def test_more_hints_than_fit_become_a_scan_and_later_ones_wait_for_it():
    hints = Hints(limit=2)
    for number in range(5):
        hints.add("docs", f"{number}.md")
    hints.add("other", "x.md")
    assert hints.take(timeout=1) == HintBatch({"other": frozenset({"x.md"})}, frozenset({"docs"}))
    hints.add("docs", "late.md")
    assert hints.take(timeout=1).paths == {"docs": frozenset({"late.md"})}


def test_closing_wakes_the_one_who_waits():
    hints = Hints(limit=2)
    taken = []
    waiting = threading.Thread(target=lambda: taken.append(hints.take(timeout=30)))
    waiting.start()
    hints.close()
    waiting.join(timeout=5)
    assert taken == [HintBatch()]


def test_hints_of_many_threads_are_all_taken():
    hints = Hints(10_000, settle_seconds=0)

    def tell(first):
        for number in range(first, first + 500):
            hints.add("docs", f"{number}.md")

    threads = [threading.Thread(target=tell, args=(first,)) for first in range(0, 4000, 500)]
    for thread in threads:
        thread.start()
    seen: set[str] = set()
    while len(seen) < 4000 and (batch := hints.take(20)):
        seen |= batch.paths["docs"]
    for thread in threads:
        thread.join()
    assert len(seen) == 4000
