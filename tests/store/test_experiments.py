"""Runs of experiments: begun, changed, listed; looks and exposures."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.samples import NOW

from groundwatch.errors import Conflict
from groundwatch.store import experiments
from groundwatch.store.database import Database
from groundwatch.store.experiments import ExposureRow, RunRow

HOUR = timedelta(hours=1)
ONE = RunRow("a", 1, NOW, None, None, (), '{"ü": 1}', "", "[]")


def test_runs_are_added_changed_and_found_again(database: Database):
    changed = replace(ONE, ended_at=NOW + HOUR, looked_at=NOW, dropped=("x", "y"), looked="{}")
    with database.write() as c:
        for row in (ONE, replace(ONE, run=2), replace(ONE, name="b")):
            experiments.add(c, row)
        assert experiments.held(c, "a", 1) == ONE
        experiments.change(c, changed)
    with database.read() as c:
        assert experiments.latest(c) == [replace(ONE, run=2), replace(ONE, name="b")]
        assert experiments.runs(c, "a") == [replace(ONE, run=2), changed]
        assert experiments.runs(c, "none") == []


def test_two_runs_of_a_number_are_refused(database: Database):
    with database.write() as c:
        experiments.add(c, ONE)
    with pytest.raises(Conflict), database.write() as c:
        experiments.add(c, ONE)


def test_looks_are_kept_in_order_and_once_a_moment(database: Database):
    with database.write() as c:
        experiments.add_look(c, "a", 1, NOW + HOUR, "later")
        experiments.add_look(c, "a", 1, NOW, "first")
        experiments.add_look(c, "a", 1, NOW, "again")
        experiments.add_look(c, "a", 2, NOW, "other run")
    with database.read() as c:
        assert experiments.looks(c, "a", 1) == [(NOW, "first"), (NOW + HOUR, "later")]


def test_units_are_counted_once_and_those_dealt_several_variants_apart(database: Database):
    rows = [ExposureRow("a", 1, f"u{n}", "new" if n % 3 else "old", NOW) for n in range(9)]
    with database.write() as c:
        experiments.expose(c, rows)
        experiments.expose(c, [*rows, ExposureRow("a", 1, "u0", "new", NOW + HOUR)])
        experiments.expose(c, [ExposureRow("a", 2, "u0", "new", NOW)])
        experiments.expose(c, [])
    with database.read() as c:
        assert experiments.exposed(c, "a", 1) == ({"new": 6, "old": 2}, 1)
        assert experiments.exposed(c, "a", 3) == ({}, 0)


def test_who_took_part_is_forgotten_long_after_the_end(database: Database):
    with database.write() as c:
        experiments.add(c, replace(ONE, ended_at=NOW - HOUR))
        experiments.add(c, replace(ONE, run=2))
        experiments.expose(c, [ExposureRow("a", n, "u", "new", NOW) for n in (1, 2)])
        assert experiments.forget_units(c, NOW) == 1
        assert experiments.exposed(c, "a", 1) == ({}, 0)
        assert experiments.exposed(c, "a", 2) == ({"new": 1}, 0)
