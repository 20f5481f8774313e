"""Names of series are found in their index, however many there are."""

import sqlalchemy as sa
from tests.store.events.opened import opened
from tests.store.events.samples import DAY, NOW

from groundwatch.domain.metrics import Point
from groundwatch.store.events import CellQuery, rollup_rows, series_rows
from groundwatch.store.events.series_rows import Known
from groundwatch.store.events.session import tuples
from groundwatch.store.events.tally import LOOSE


def key(number):
    return ("requests", "user", f"u{number}", "shop", LOOSE)


def many(events, count):
    events.add_points(NOW, "shop", [Point("requests", 1.0, "user", f"u{n}") for n in range(count)])


def test_series_that_were_forgotten_keep_their_ids(events):
    many(events, 700)
    with events._room.days.read(DAY) as session:
        there = {series[:5]: id_ for id_, series in series_rows.every(session).items()}
        forgetful = Known()
        forgetful.highest = -1
        wanted = [key(number) for number in range(0, 700, 3)]
        found, highest = series_rows.numbers(session, wanted, forgetful)
    assert found == {each: there[each] for each in wanted}
    assert highest == 700


def test_many_series_are_folded_and_folded_again(events):
    many(events, 600)
    later = NOW.replace(hour=13, minute=30)
    events.fold(later)
    many(events, 900)
    events.fold(later)
    query = CellQuery("requests", NOW.replace(hour=0), later, "day", dimension="user")
    assert sorted(cell.count for cell in events.cells(query)) == [1] * 300 + [2] * 600


def test_no_table_is_passed_over(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        many(events, 300)
        with events._room.days.read(DAY) as session:
            assert session
            sql = f"WITH wanted (m, d, l, a, o) AS ({tuples(2, 5)}) {series_rows._FIND}"
            plan = session.rows(f"EXPLAIN QUERY PLAN {sql}", [*key(5), *key(6)])
        steps = [row[3] for row in plan]
        assert any("SEARCH series USING COVERING INDEX" in step for step in steps)
        assert "SCAN series" not in steps


def test_hours_of_few_series_are_looked_up_among_those_of_many(new_database):
    database = new_database("sqlite")
    with opened(database, NOW) as events:
        many(events, 300)
        events.fold(NOW.replace(hour=13, minute=30))
    span = (int(NOW.timestamp()) // 3600 - 24, int(NOW.timestamp()) // 3600 + 1)
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    with database.read() as c:
        sa.event.listen(c, "before_cursor_execute", note)
        names = {"metric": "requests", "dimension": "user", "label": "u7"}
        (found,) = rollup_rows.read(c, rollup_rows.HOUR, span, names)
        plan = c.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1]).all()
    assert (found.at, found.amount) == (span[1] - 1, 1)
    assert any("(level=? AND at=? AND series=?)" in step[3] for step in plan), plan
