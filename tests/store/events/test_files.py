"""Files of days hold little memory and no log once their day is over."""

import threading
from datetime import timedelta
from pathlib import Path

from tests.store.events.opened import opened
from tests.store.events.samples import DAY, NOW, interaction

from groundwatch.store.events import Entry, Filter
from groundwatch.store.events.sqlite_days import FileDays

YESTERDAY = DAY - timedelta(days=1)


def log_of(database, day):
    return Path(database.name).parent / "events" / f"{day.isoformat()}.sqlite-wal"


def files_open(database):
    """The files of days that this process has open, by descriptor."""
    folder = str(Path(database.name).parent / "events")
    found = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            name = str(each.readlink())
        except FileNotFoundError:
            continue
        if name.startswith(folder):
            found.append(name)
    return found


def test_the_log_of_a_day_that_is_over_goes_into_its_file(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        events.record([Entry(interaction(n, NOW - timedelta(days=n % 2))) for n in range(50)])
        assert log_of(database, YESTERDAY).stat().st_size > 0
        events.fold(NOW)
        assert log_of(database, YESTERDAY).stat().st_size == 0
        assert log_of(database, DAY).stat().st_size > 0, "this day goes on"
        assert len(events.page(Filter(), limit=100)) == 50


def test_a_log_that_is_read_stays_and_nobody_waits_for_it(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        events.record([Entry(interaction(n, NOW - timedelta(days=1))) for n in range(50)])
        with events._room.days.read(YESTERDAY) as session:
            assert session
            assert session.rows("SELECT count(*) FROM interactions") == [(50,)]
            events.record([Entry(interaction(99, NOW - timedelta(days=1)))])
            assert events.fold(NOW) > 0
            assert log_of(database, YESTERDAY).stat().st_size > 0
            assert session.rows("SELECT count(*) FROM interactions") == [(50,)]
        events.fold(NOW)
        assert log_of(database, YESTERDAY).stat().st_size == 0


def test_a_month_of_files_stays_open_and_many_readers_do_not_add_up(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        events.record([Entry(interaction(n, NOW - timedelta(days=n))) for n in range(30)])
        assert events.backlog() == 30
        before = sorted(files_open(database))
        assert events.backlog() == 30
        assert sorted(files_open(database)) == before
        ready, done = threading.Barrier(9), threading.Event()

        def read():
            with events._room.days.read(DAY):
                ready.wait(60)
                done.wait(60)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        ready.wait(60)
        done.set()
        for thread in threads:
            thread.join(60)
        days = events._room.days
        assert isinstance(days, FileDays)
        idle = [path.stem for path, _, _ in days._idle.values()]
        assert idle.count(DAY.isoformat()) == 3
