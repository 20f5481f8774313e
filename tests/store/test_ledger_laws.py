"""The ledger under any interleaving of hints, workers, crashes and time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.store.samples import NOW

from groundwatch.store import ledger
from groundwatch.store.ledger import Event, Failure, LedgerItem, Seen, State

PATHS = st.sampled_from(["a", "b", "c"])
LEASE = 10
FAILURE = Failure("parse", "corrupt", "broken")


@dataclass
class Row:
    """What the ledger should know of a path."""

    version: int
    state: State
    due: datetime | None
    held: int = -1
    finished: int = 0


class LedgerMachine(RuleBasedStateMachine):
    """Compares the ledger with a model of it, in one transaction that is undone at the end."""

    def __init__(self, database):
        super().__init__()
        self.transaction = database.write()
        self.c = self.transaction.__enter__()
        self.now = NOW
        self.rows: dict[str, Row] = {}
        self.claims: list[LedgerItem] = []

    def teardown(self):
        self.c.rollback()
        self.transaction.__exit__(None, None, None)

    @rule(path=PATHS, event=st.sampled_from(Event))
    def hint(self, path, event):
        said = ledger.enqueue(self.c, "files", [(path, event)], self.now)
        row = self.rows.get(path)
        if event is Event.DELETED and (row is None or row.state is State.TOMBSTONE):
            assert said == {}
            return
        if row is None:
            row = self.rows[path] = Row(0, State.READY, self.now)
        row.version += 1
        assert said == {path: row.version}
        if row.state is not State.RUNNING or event is Event.DELETED:
            row.state, row.due, row.held = State.READY, self.now, -1

    @rule(limit=st.integers(1, 3))
    def claim(self, limit):
        items = ledger.claim(self.c, "w", self.now, lease_seconds=LEASE, limit=limit)
        due = {path for path, row in self.rows.items() if row.due and row.due <= self.now}
        assert len(items) == min(limit, len(due))
        for item in items:
            assert item.path in due
            row = self.rows[item.path]
            assert item.version == row.version
            row.state, row.due = State.RUNNING, self.now + timedelta(seconds=LEASE)
            row.held = len(self.claims)
            self.claims.append(item)

    @rule(data=st.data(), how=st.sampled_from(["done", "gone", "dead", "quarantined", "again"]))
    def end(self, data, how):
        if not self.claims:
            return
        number = data.draw(st.integers(0, len(self.claims) - 1))
        item = self.claims[number]
        row = self.rows[item.path]
        ended = self.tell(item, how)
        assert ended == (row.state is State.RUNNING and row.held == number)
        if not ended:
            return
        row.held = -1
        if how != "again":
            row.finished = item.version
        if item.version != row.version:
            row.state, row.due = State.READY, self.now
        elif how == "again":
            row.state, row.due = State.READY, self.now + timedelta(seconds=3)
        else:
            row.state, row.due = ENDS[how], None

    def tell(self, item, how):
        again = self.now + timedelta(seconds=3)
        match how:
            case "done":
                return ledger.finish(self.c, item, self.now, seen=Seen("h"))
            case "gone":
                return ledger.finish(self.c, item, self.now, seen=None)
            case "dead":
                return ledger.fail(self.c, item, self.now, failure=FAILURE, retry_at=None)
            case "again":
                return ledger.fail(self.c, item, self.now, failure=FAILURE, retry_at=again)
            case _:
                return ledger.quarantine(self.c, item, self.now, failure=FAILURE, seen=Seen())

    @rule(data=st.data())
    def heartbeat(self, data):
        if self.claims:
            number = data.draw(st.integers(0, len(self.claims) - 1))
            item = self.claims[number]
            row = self.rows[item.path]
            until = self.now + timedelta(seconds=LEASE)
            held = ledger.extend(self.c, item, until)
            assert held == (row.state is State.RUNNING and row.held == number)
            row.due = until if held else row.due

    @rule(seconds=st.integers(1, 15))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def retry(self):
        dead = [row for row in self.rows.values() if row.state in (State.FAILED, State.QUARANTINED)]
        assert ledger.retry(self.c, "files", self.now) == len(dead)
        for row in dead:
            row.version += 1
            row.state, row.due = State.READY, self.now

    @invariant()
    def ledger_is_as_the_model(self):
        for path, row in self.rows.items():
            item = ledger.get(self.c, "files", path)
            assert item
            kept = (item.version, item.state, item.due_at, item.finished_version)
            assert kept == (row.version, row.state, row.due, row.finished)
        waiting = sum(row.due is not None for row in self.rows.values())
        assert ledger.waiting(self.c) == ledger.counts(self.c).waiting == waiting


ENDS = {
    "done": State.DONE,
    "gone": State.TOMBSTONE,
    "dead": State.FAILED,
    "quarantined": State.QUARANTINED,
}


@pytest.mark.slow
def test_the_ledger_behaves_like_its_model(database):
    class Machine(LedgerMachine):
        def __init__(self):
            super().__init__(database)

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )
