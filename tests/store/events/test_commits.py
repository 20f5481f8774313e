"""Concurrent writers share transactions; overload and failure say so; nobody waits in vain."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.store.events.opened import events_of, opened
from tests.store.events.samples import DAY, NOW, interaction, spans
from tests.waiting import until

from groundwatch.errors import Overloaded, Unavailable, Unusable
from groundwatch.store.events import Entry, Filter
from groundwatch.store.events.commits import Commits, Work


def held(database):
    """Another process that writes to the day and does not end."""
    path = Path(database.name).parent / "events" / f"{DAY.isoformat()}.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return closing(other)


def test_writers_at_once_share_transactions(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        events.record([Entry(interaction(0))])
        threads = [
            threading.Thread(target=events.record, args=([Entry(interaction(n))],))
            for n in range(1, 41)
        ]
        with held(database):
            for thread in threads:
                thread.start()
            until(lambda: events.waiting_bytes > 40 * 500)
        for thread in threads:
            thread.join(20)
        with events._room.days.read(DAY) as session:
            assert session
            ((sequence,),) = session.rows("SELECT sequence FROM state")
        assert len(events.page(Filter(), limit=100)) == 41
        assert sequence <= 5, "1 + what began before the lock + the rest in one"
        assert events.recount(DAY) == 0
        assert events.waiting_bytes == 0


def test_too_much_that_waits_is_refused_at_once(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        events.record([Entry(interaction(0))])
        small = Commits(events._room.days, events._room.squeezer, limit_bytes=2000)
        room = replace(events._room, commits=small)
        narrow = type(events)(room)
        with held(database):
            first = threading.Thread(target=narrow.record, args=([Entry(interaction(1))],))
            first.start()
            until(lambda: narrow.waiting_bytes > 0)
            with pytest.raises(Overloaded, match="wait to be written") as refused:
                narrow.add_spans(spans("t1", 9))
            assert refused.value.retry_after <= 3
        first.join(20)
        small.close()
        assert events.get("i1")
        assert events.span_count("t1") == 0


def test_one_that_fails_costs_no_other(events):
    def spoil(session, tally):
        raise ValueError("no such thing")

    good = Work(DAY, lambda session, tally: session.rows("SELECT 41 + 1")[0][0])
    bad = Work(DAY, spoil)
    commits = events._room.commits
    with pytest.raises(ValueError, match="no such thing"):
        commits.write([bad, good])
    assert good.result == 42
    assert events.record([Entry(interaction(1))]).recorded == 1


def test_a_closed_store_says_so(new_database):
    events = events_of(new_database("sqlite"), NOW)
    events.close()
    with pytest.raises(Unavailable, match="closed"):
        events.record([Entry(interaction(1))])


def test_other_files_in_the_folder_are_passed_over(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        events.record([Entry(interaction(1))])
        (Path(database.name).parent / "events" / "notes.sqlite").write_text("no day")
        assert events.days() == [DAY]


def test_a_damaged_day_is_said(new_database):
    database = new_database("sqlite")
    file = Path(database.name).parent / "events" / f"{DAY.isoformat()}.sqlite"
    with opened(database, NOW) as events:
        events.record([Entry(interaction(1))])
    file.write_bytes(b"x" * 9000)
    with opened(database, NOW) as events, pytest.raises(Unusable, match="is not a database"):
        events.record([Entry(interaction(2))])
