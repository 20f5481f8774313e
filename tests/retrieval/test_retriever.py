"""Search: fusion, the live permission check, and the explanation."""

from datetime import UTC, datetime

import pytest

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import Chunk, DocumentMeta, document_id
from groundwatch.domain.queries import EVERYTHING
from groundwatch.domain.questions import SearchMode
from groundwatch.index.points import Rankings
from groundwatch.retrieval.retriever import Ranked, Retriever
from groundwatch.retrieval.settings import RetrievalSettings
from groundwatch.store import documents, permissions

STAFF = frozenset({"user:anna", "group:staff", "everyone"})
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class StaleRanking:
    """An index that still ranks what the store has changed since."""

    def __init__(self):
        self.dense = []
        self.lexical = []

    def rank(self, question, principals, filters, limit):
        rankings = Rankings(self.dense, self.lexical, "gen-1")
        return Ranked(rankings, SearchMode.HYBRID, embed_seconds=0.001, search_seconds=0.002)


def put(database, path, text, allow=("group:staff",), deny=()):
    """A document of one chunk; returns the chunk's id."""
    meta = DocumentMeta(
        document_id("docs", path), "docs", path, path, "text/plain", 1, "hash", 1, NOW, NOW
    )
    with database.write() as connection:
        ids = documents.put(connection, meta, text, [Chunk(0, text, 0, len(text))], pipeline="1")
        access = AccessList(frozenset(allow), frozenset(deny))
        permissions.put_from_rules(connection, meta.id, access)
    assert ids
    return ids[0]


@pytest.fixture
def ranking():
    return StaleRanking()


@pytest.fixture
def retriever(database, ranking):
    return Retriever(database, ranking, RetrievalSettings(passages=2))


def paths(found):
    return [passage.document.path for passage in found.result.passages]


def test_passages_come_in_the_fused_order_with_their_scores(database, ranking, retriever):
    first, second = put(database, "a", "one"), put(database, "b", "two")
    ranking.dense, ranking.lexical = [(second, 0.9), (first, 0.2)], [(second, 3.0)]
    found = retriever.search("q", STAFF, EVERYTHING, None)
    assert paths(found) == ["b", "a"]
    passage = found.result.passages[0]
    assert (passage.rank, passage.score, passage.dense_score, passage.lexical_score) == (
        1,
        1.0,
        0.9,
        3.0,
    )
    assert [stage.name for stage in found.stages] == ["embed", "search", "check"]
    assert found.result.index_version == "gen-1"


@pytest.mark.parametrize(
    "withheld",
    [
        {"allow": ("group:hr",)},
        {"allow": ("group:staff",), "deny": ("user:anna",)},
        {"allow": ()},
    ],
    ids=["not listed", "denied", "nobody"],
)
def test_what_the_live_permissions_withhold_is_replaced_by_the_next(
    database, ranking, retriever, withheld
):
    secret = put(database, "secret", "s", **withheld)
    others = [put(database, f"ok-{number}", "o") for number in range(20)]
    ranking.dense = [(secret, 1.0)] + [(chunk, 0.5) for chunk in others]
    found = retriever.search("q", STAFF, EVERYTHING, 15)
    assert len(found.result.passages) == 15
    assert "secret" not in paths(found)
    assert [passage.rank for passage in found.result.passages] == list(range(1, 16))


def test_a_deleted_document_that_the_index_still_holds_is_not_shown(database, ranking, retriever):
    chunk = put(database, "a", "one")
    ranking.dense = [(chunk, 0.9)]
    with database.write() as connection:
        documents.delete(connection, document_id("docs", "a"), 2)
    assert paths(retriever.search("q", STAFF, EVERYTHING, None)) == []


def test_the_explanation_names_a_verdict_for_every_candidate(database, ranking, retriever):
    shown, denied = put(database, "a", "1"), put(database, "b", "2", deny=("user:anna",))
    hidden, below = put(database, "c", "3", allow=("group:hr",)), put(database, "d", "4")
    ranking.dense = [
        (chunk, 1 - number / 10) for number, chunk in enumerate((shown, denied, hidden))
    ]
    ranking.lexical = [(below, 1.0), (999_999, 0.5)]
    found = retriever.search("q", STAFF, EVERYTHING, 1, explain=True)
    verdicts = {each.path: each.verdict for each in found.result.explanation}
    assert verdicts == {
        "a": "shown",
        "b": "denied",
        "c": "not-listed",
        "d": "below-k",
        "": "gone",
    }
    assert retriever.search("q", STAFF, EVERYTHING, 1).result.explanation is None


def test_reciprocal_ranks_are_an_option(database, ranking):
    first, second = put(database, "a", "one"), put(database, "b", "two")
    ranking.dense, ranking.lexical = [(first, 0.9), (second, 0.1)], [(second, 9.0), (first, 8.9)]
    retriever = Retriever(database, ranking, RetrievalSettings(fusion="rrf"))
    assert paths(retriever.search("q", STAFF, EVERYTHING, None)) == ["a", "b"]


def test_of_another_installation_only_what_ours_lets_be_read_is_shown(new_database, ranking):
    here, there = new_database("sqlite"), new_database("sqlite")
    put(here, "shared", "one")
    chunks = {
        "shared": put(there, "shared", "two"),
        "looser": put(there, "looser", "salaries", allow=("everyone",)),
        "unknown": put(there, "unknown", "new", allow=("everyone",)),
        "stricter": put(there, "stricter", "board", allow=("group:board",)),
        "removed": put(there, "removed", "old", allow=("everyone",)),
    }
    put(here, "looser", "salaries", allow=("group:hr",))
    put(here, "stricter", "board", allow=("everyone",))
    put(here, "removed", "old", allow=("everyone",))
    with here.write() as connection:
        documents.delete(connection, document_id("docs", "removed"), 2)
    ranking.dense = [(chunk, 0.9) for chunk in chunks.values()]
    retriever = Retriever(there, ranking, RetrievalSettings(), also=here)
    found = retriever.search("q", STAFF, EVERYTHING, None)
    assert [(each.document.path, each.text) for each in found.result.passages] == [
        ("shared", "two")
    ]
