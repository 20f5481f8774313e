"""Worker threads: what they take they bring to an end, or give back."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from tests.waiting import until

from groundwatch.errors import Unavailable
from groundwatch.indexing.workers import Workers, in_turn
from groundwatch.store import ledger
from groundwatch.store.ledger import Event, State

START = datetime(2026, 3, 1, tzinfo=UTC)


class Indexer:
    """Finishes what it is given, but for what it is told to fail at."""

    def __init__(self, database):
        self.database = database
        self.unavailable = 0
        self.poison = ""
        self.hangs_at = ""
        self.released = threading.Event()
        self.batches = []

    def process(self, items):
        self.batches.append([item.path for item in items])
        if self.hangs_at in self.batches[-1]:
            assert self.released.wait(60)
        if self.poison in self.batches[-1]:
            raise ZeroDivisionError
        if self.unavailable:
            self.unavailable -= 1
            raise Unavailable("the disk is full")
        with self.database.write() as connection:
            for item in items:
                ledger.finish(connection, item, START, seen=None)
        return len(items)


class Shop:
    """One worker over an indexer of the test, with a clock that jumps."""

    def __init__(self, database):
        self.database = database
        self.indexer = Indexer(database)
        self.now = START
        self.workers = Workers(
            database,
            lambda: self.indexer,
            lambda: self.now,
            name="w",
            count=1,
            lease_seconds=0.3,
            run_seconds=600,
        )

    def enqueue(self, *paths):
        with self.database.write() as connection:
            ledger.enqueue(connection, "docs", [(path, Event.CHANGED) for path in paths], START)
        self.workers.notify()

    def state(self, path):
        with self.database.read() as connection:
            item = ledger.get(connection, "docs", path)
        assert item is not None
        return item.state

    def waits(self, path):
        return self.state(path) is State.READY

    def is_done(self, path):
        self.workers.notify()
        return self.state(path) is State.TOMBSTONE


@pytest.fixture
def shop(new_database):
    shop = Shop(new_database("sqlite"))
    yield shop
    shop.indexer.released.set()
    shop.workers.close()


def test_a_batch_that_could_not_be_finished_is_tried_again_long_before_its_lease_ends(shop):
    shop.indexer.unavailable = 1
    shop.enqueue("a.md", "b.md")
    until(lambda: shop.indexer.batches)
    shop.workers.notify()
    until(lambda: shop.waits("a.md") and shop.waits("b.md"))
    shop.now += timedelta(seconds=5)
    until(lambda: shop.is_done("a.md") and shop.is_done("b.md"))


def test_a_document_that_makes_the_program_fail_costs_no_other(shop):
    shop.indexer.poison = "b.md"
    shop.enqueue("a.md", "b.md", "c.md")
    until(lambda: shop.is_done("a.md") and shop.is_done("c.md"))
    until(lambda: shop.state("b.md") is State.FAILED)
    with shop.database.read() as connection:
        (problem,) = ledger.problems(connection)
    assert (problem.path, problem.stage, problem.reason) == ("b.md", "index", "internal")
    shop.indexer.poison = ""
    shop.enqueue("b.md")
    until(lambda: shop.is_done("b.md"))


def test_a_run_that_hangs_loses_its_leases_and_another_thread_goes_on(shop):
    shop.indexer.hangs_at = "b.md"
    shop.enqueue("a.md", "b.md")
    until(lambda: shop.indexer.batches == [["a.md", "b.md"]])
    shop.now += timedelta(seconds=500)
    shop.enqueue("c.md")
    shop.indexer.hangs_at = ""
    shop.now += timedelta(seconds=101)
    until(lambda: all(shop.is_done(path) for path in ("a.md", "b.md", "c.md")))
    shop.indexer.released.set()
    shop.enqueue("d.md")
    until(lambda: shop.is_done("d.md"))


class Killing:
    """An indexer whose worker dies at one document: what was in its hands is never ended."""

    def __init__(self, database):
        self.database = database

    def run(self, now):
        with self.database.write() as connection:
            items = ledger.claim(connection, "w", now, lease_seconds=60, limit=32)
        for part in in_turn(items):
            if any(item.path == "poison.md" for item in part):
                return
            with self.database.write() as connection:
                for item in part:
                    ledger.finish(connection, item, now, seen=None)


def test_a_document_that_kills_its_worker_is_soon_the_only_one_left(database):
    paths = ["a.md", "b.md", "poison.md", "y.md", "z.md"]
    with database.write() as connection:
        ledger.enqueue(connection, "docs", [(path, Event.CHANGED) for path in paths], START)
    killing = Killing(database)
    for tries in range(4):
        killing.run(START + timedelta(minutes=2 * tries))
    with database.read() as connection:
        left = [path for path in paths if not _is_done(connection, path)]
        item = ledger.get(connection, "docs", "poison.md")
    assert left == ["poison.md"]
    assert item is not None
    assert item.attempts == 4


def _is_done(connection, path):
    item = ledger.get(connection, "docs", path)
    return item is not None and item.state is State.TOMBSTONE
