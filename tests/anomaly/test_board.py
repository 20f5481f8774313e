"""Many series at once."""

import json

from tests.anomaly.made_series import daily

from groundwatch.anomaly.board import Board, SeriesKey, counted
from groundwatch.anomaly.episodes import Change

LATENCY = SeriesKey("latency", "help", "model", "large")


def test_series_do_not_know_each_other():
    board, alone = Board(), Board()
    other = SeriesKey("latency", "help", "model", "small")
    for at, value in daily(days=1, step=60.0):
        board.take(other, at, -5.0 * value, 30.0)
        assert board.take(LATENCY, at, value, 30.0) == alone.take(LATENCY, at, value, 30.0)
    assert len(board) == 2
    assert board.expected(SeriesKey("cost"), 0.0) is None


def test_the_one_that_was_silent_longest_leaves():
    board = Board(limit=2)
    keys = [SeriesKey("latency", name) for name in "abc"]
    for key in (keys[0], keys[1], keys[0], keys[2]):
        board.take(key, 0.0, 1.0)
    assert (len(board), board.dropped) == (2, 1)
    assert {key for key, _ in board.states()} == {keys[0], keys[2]}
    assert list(board.states()) == []


def test_it_goes_on_from_what_was_stored_and_learns_anew_what_is_damaged():
    rows = daily(days=3, step=60.0)
    board, again = Board(), Board()
    for at, value in rows[:-10]:
        board.take(LATENCY, at, value, 30.0)
    for key, state in board.states():
        assert again.load(key, json.loads(json.dumps(state)))
    assert not again.load(SeriesKey("cost"), {"version": 1, "series": []})
    assert not again.load(SeriesKey("cost"), {"version": 99})
    changes = []
    for at, value in rows[-10:]:
        found = again.take(LATENCY, at, value + 30.0, 30.0)
        assert found == board.take(LATENCY, at, value + 30.0, 30.0)
        changes.append(found.change)
    assert changes.count(Change.OPENED) == 1


def test_counts_and_means_are_told_apart_and_labels_shown():
    assert counted("requests")
    assert not counted("latency")
    assert not counted("custom.anything")
    assert LATENCY.labels == {"application": "help", "model": "large"}
    assert SeriesKey("cost").labels == {}
