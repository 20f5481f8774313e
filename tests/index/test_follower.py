"""Following the store's changes, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundwatch.domain.access import AccessList
from groundwatch.errors import Unusable
from groundwatch.index import edge_shard
from groundwatch.index.edge import EdgeEngine
from groundwatch.index.follower import follow
from groundwatch.index.lexical import Lexical
from groundwatch.index.verify import compare
from groundwatch.store import changes
from groundwatch.store.database import Database
from tests.index.company import Company
from tests.index.samples import ANYBODY, MODEL, words

HR = frozenset({"group:hr"})


@pytest.fixture
def store(database: Database) -> Company:
    return Company(database)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EdgeEngine]:
    shard = edge_shard.create(tmp_path / "shard", MODEL)
    engine = EdgeEngine(shard, MODEL, Lexical(10.0), "gen-000001")
    yield engine
    engine.close()


def found(engine: EdgeEngine, text: str, principals: frozenset[str] = ANYBODY) -> int:
    return len(engine.search(words(text, principals)).lexical)


def test_content_permissions_and_deletions_are_followed(store: Company, engine: EdgeEngine) -> None:
    store.put("hr/one.md", "parental leave", "notice period")
    store.put("hr/two.md", "payroll dates")
    step = follow(store.database, engine, 0)
    assert (step.position, step.points, step.caught_up) == (store.latest(), 3, True)
    assert (found(engine, "leave"), found(engine, "payroll")) == (1, 1)

    store.put("hr/one.md", "sabbatical")
    store.delete("hr/two.md")
    store.permit("hr/one.md", AccessList(HR))
    step = follow(store.database, engine, step.position)
    assert found(engine, "sabbatical", HR) == 1
    assert found(engine, "sabbatical leave notice payroll") == 0
    assert compare(store.database, engine, step.position).agrees


def test_a_change_of_permissions_alone_keeps_the_points(store: Company, engine: EdgeEngine) -> None:
    store.put("hr/leave.md", "parental leave")
    position = follow(store.database, engine, 0).position
    store.permit("hr/leave.md", AccessList(HR))
    step = follow(store.database, engine, position)
    assert (step.documents, step.points) == (1, 0)
    assert (found(engine, "leave"), found(engine, "leave", HR)) == (0, 1)
    assert compare(store.database, engine, step.position).agrees


def test_a_document_without_a_list_is_found_by_nobody(store: Company, engine: EdgeEngine) -> None:
    store.put("hr/leave.md", "parental leave", access=None)
    follow(store.database, engine, 0)
    assert engine.count() == 1
    assert found(engine, "leave") == 0


def test_steps_are_small_and_may_be_repeated(store: Company, engine: EdgeEngine) -> None:
    store.grow(6)
    store.delete("leave/0.md")
    step = follow(store.database, engine, 0, limit=4)
    assert not step.caught_up
    for _ in range(2):
        position = step.position
        while not follow(store.database, engine, position, limit=4).caught_up:
            position += 1
    assert compare(store.database, engine, store.latest()).agrees


def test_what_changes_after_the_position_is_no_difference(
    store: Company, engine: EdgeEngine
) -> None:
    store.put("hr/leave.md", "parental leave")
    position = follow(store.database, engine, 0).position
    store.put("hr/pay.md", "payroll dates")
    difference = compare(store.database, engine, position)
    assert difference.agrees
    assert difference.checked == 2


def test_a_position_that_the_log_does_not_hold_is_refused(
    store: Company, engine: EdgeEngine
) -> None:
    store.grow(5)
    with pytest.raises(Unusable, match="the store was replaced"):
        follow(store.database, engine, store.latest() + 1)
    with store.database.write() as c:
        changes.trim(c, store.latest())
    with pytest.raises(Unusable, match="log begins at"):
        follow(store.database, engine, 0)
