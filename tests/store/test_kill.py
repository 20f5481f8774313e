"""What was acknowledged survives kill -9, and nothing is half there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.copies import Writer
from tests.store.samples import NOW, meta, put

from groundwatch.domain.clock import system_clock
from groundwatch.store import documents, ledger
from groundwatch.store.database import open_database
from groundwatch.store.ledger import Event
from groundwatch.store.settings import StoreSettings


def write(folder: Path, start: int, tell: Callable[[int], object]) -> None:
    database = open_database(StoreSettings(), folder, system_clock)
    for number in range(start, 10**9):
        with database.write() as c:
            put(c, meta(f"{number}.md"), "x" * 5000, 1000)
            ledger.enqueue(c, "files", [(f"{number}.md", Event.CHANGED)], NOW)
        tell(number)


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill(tmp_path):
    acknowledged: list[int] = []
    for _ in range(4):
        start = acknowledged[-1] + 2 if acknowledged else 0
        writer = Writer(write, tmp_path, start)
        acknowledged += writer.told(10)
        writer.kill()
        acknowledged += writer.rest()
    check(tmp_path, acknowledged)


def check(folder, acknowledged):
    database = open_database(StoreSettings(), folder, system_clock)
    with database.read() as c:
        assert c.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        known = ledger.known(c, "files")
        for number in acknowledged:
            assert documents.content(c, meta(f"{number}.md").id)
            assert f"{number}.md" in known
        there = documents.page(c, principals=None, limit=100_000)
        assert {one.path for one in there} == set(known)
        chunks = c.execute(text("SELECT count(*) FROM chunks GROUP BY document_id")).scalars()
        assert set(chunks) == {5}
    database.close()
