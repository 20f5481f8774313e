"""What every engine does alike."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient

from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.domain.queries import SearchFilters
from groundwatch.errors import ModelUnusable, Unavailable
from groundwatch.index import edge, edge_shard
from groundwatch.index.conditions import mark_of
from groundwatch.index.edge import EdgeEngine
from groundwatch.index.engine import IndexEngine
from groundwatch.index.lexical import Lexical
from groundwatch.index.points import Holding, IndexModel, SearchRequest
from groundwatch.index.qdrant import QdrantEngine
from groundwatch.index.qdrant_requests import create_collection, index_fields
from tests.conftest import ENVIRONMENT
from tests.index.samples import ALL, ANYBODY, MODEL, THEN, document, label, near, vector, words

SERVER = ENVIRONMENT.get("GROUNDWATCH_TEST_QDRANT_URL", "")
PRINCIPALS = ["user:anna", "user:ben", "group:hr", "group:it", "everyone"]


def ids(ranking: list[tuple[int, float]]) -> list[int]:
    return [chunk_id for chunk_id, _ in ranking]


class EngineContract:
    """Subclasses give an empty `engine` of MODEL, and one without an embedder."""

    def test_the_nearest_vector_comes_first_with_its_cosine(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "one", 2: "two", 3: "three"})])
        found = engine.search(near(2)).dense
        expected = {id_: float(vector(2) @ vector(id_)) for id_ in (1, 2, 3)}
        assert sorted(expected, key=expected.__getitem__, reverse=True) == ids(found)
        assert pytest.approx(expected, abs=1e-4) == dict(found)

    def test_words_are_found_by_their_stem_without_accents(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "The cafés were closing", 2: "parental leave"})])
        assert ids(engine.search(words("cafe close")).lexical) == [1]

    def test_rarer_words_weigh_more(self, engine: IndexEngine) -> None:
        texts = {1: "leave policy", 2: "travel policy", 3: "security policy", 4: "leave travel"}
        engine.put([document(label(), texts)])
        assert ids(engine.search(words("policy security")).lexical)[0] == 3

    def test_both_rankings_come_in_one_answer(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "one", 2: "leave"})])
        both = engine.search(SearchRequest(ANYBODY, vector(1), "leave"))
        assert (ids(both.dense), ids(both.lexical)) == ([1, 2], [2])

    @pytest.mark.parametrize("text", ["", "   ", "the of and", "?!"])
    def test_without_words_only_the_dense_ranking_is_given(
        self, engine: IndexEngine, text: str
    ) -> None:
        engine.put([document(label(), {1: "the end"})])
        found = engine.search(SearchRequest(ANYBODY, vector(1), text))
        assert (ids(found.dense), found.lexical) == ([1], [])

    def test_a_chunk_without_vector_is_found_by_its_words(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "leave"}, vectors=False)])
        found = engine.search(SearchRequest(ANYBODY, vector(1), "leave"))
        assert (found.dense, ids(found.lexical)) == ([], [1])

    def test_nobody_finds_nothing(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "leave"})])
        found = engine.search(SearchRequest(frozenset(), vector(1), "leave"))
        assert (found.dense, found.lexical) == ([], [])

    def test_equal_scores_are_ordered_by_id_even_at_the_cut(self, engine: IndexEngine) -> None:
        same = vector(7)
        for id_ in (90, 5, 61, 8, 33, 70, 12, 41):
            one = document(label(f"d{id_}"), {id_: "same words"})
            points = tuple(replace(point, vector=same) for point in one.points)
            engine.put([replace(one, points=points)])
        found = engine.search(SearchRequest(ANYBODY, same, "same words", limit=3))
        assert ids(found.dense) == [5, 8, 12]
        assert ids(found.lexical) == [5, 8, 12]

    def test_a_new_version_replaces_every_former_point(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "leave", 2: "notice"})])
        engine.put([document(label(version=2), {3: "leave"})])
        assert ids(engine.search(words("leave notice")).lexical) == [3]
        assert engine.holdings() == {
            "d1": Holding(frozenset({mark_of(label(version=2))}), frozenset({3}))
        }

    def test_a_version_without_chunks_leaves_nothing(self, engine: IndexEngine) -> None:
        engine.put([document(label(), {1: "leave"})])
        engine.put([document(label(version=2), {})])
        assert engine.count() == 0

    def test_putting_twice_is_putting_once(self, engine: IndexEngine) -> None:
        documents = [document(label(), {1: "leave", 2: "notice"})]
        engine.put(documents)
        once = engine.search(words("leave")), engine.holdings()
        engine.put(documents)
        assert once == (engine.search(words("leave")), engine.holdings())

    def test_deleting_removes_a_document_and_no_other(self, engine: IndexEngine) -> None:
        engine.put([document(label("d1"), {1: "leave"}), document(label("d2"), {2: "leave"})])
        engine.delete(["d1", "unknown"])
        assert ids(engine.search(words("leave")).lexical) == [2]
        assert engine.count() == 1

    def test_relabelling_changes_who_finds_it_and_keeps_vectors_and_words(
        self, engine: IndexEngine
    ) -> None:
        engine.put([document(label(), {1: "leave"})])
        hidden = AccessList(frozenset({"group:hr"}))
        engine.relabel([label(version=2, access=hidden), label("unknown")])
        request = SearchRequest(ANYBODY, vector(1), "leave")
        found = engine.search(request)
        assert (found.dense, found.lexical) == ([], [])
        found = engine.search(replace(request, principals=frozenset({"group:hr"})))
        assert (ids(found.dense), ids(found.lexical)) == ([1], [1])
        assert engine.holdings()["d1"].marks == {mark_of(label(version=2, access=hidden))}

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (SearchFilters(), {1, 2, 3}),
            (SearchFilters(sources=("files",)), {1, 2}),
            (SearchFilters(sources=("files", "wiki")), {1, 2, 3}),
            (SearchFilters(sources=("other",)), set()),
            (SearchFilters(media_types=("text/html",)), {2, 3}),
            (SearchFilters(tags=("draft",)), {2, 3}),
            (SearchFilters(tags=("draft", "policy")), {1, 2, 3}),
            (SearchFilters(path_prefix="hr"), {1}),
            (SearchFilters(path_prefix="hr/"), {1}),
            (SearchFilters(path_prefix="/hr/leave.md"), {1}),
            (SearchFilters(path_prefix="h"), set()),
            (SearchFilters(path_prefix="hr/leave"), set()),
            (SearchFilters(path_prefix="it/notes/"), {2, 3}),
            (SearchFilters(modified_after=THEN + timedelta(days=1)), {2, 3}),
            (SearchFilters(modified_before=THEN + timedelta(days=1)), {1}),
            (
                SearchFilters(
                    modified_after=THEN + timedelta(microseconds=1),
                    modified_before=THEN + timedelta(days=1, microseconds=1),
                ),
                {2},
            ),
            (SearchFilters(sources=("files",), tags=("draft",)), {2}),
        ],
    )
    def test_filters_narrow_both_rankings(
        self, engine: IndexEngine, filters: SearchFilters, expected: set[int]
    ) -> None:
        engine.put(
            [
                document(label("d1", tags=("policy",)), {1: "leave"}),
                document(
                    label(
                        "d2",
                        path="it/notes/leave.html",
                        media_type="text/html",
                        tags=("draft", "it"),
                        modified_at=THEN + timedelta(days=1),
                    ),
                    {2: "leave"},
                ),
                document(
                    label(
                        "d3",
                        source="wiki",
                        path="it/notes/more.html",
                        media_type="text/html",
                        tags=("draft",),
                        modified_at=THEN + timedelta(days=2),
                    ),
                    {3: "leave"},
                ),
            ]
        )
        found = engine.search(SearchRequest(ANYBODY, vector(1), "leave", filters))
        assert expected == set(ids(found.dense))
        assert expected == set(ids(found.lexical))

    def test_scores_do_not_tell_of_documents_the_asker_may_not_read(
        self, engine: IndexEngine
    ) -> None:
        engine.put([document(label(f"d{n}"), {n: f"leave word{n}"}) for n in range(1, 6)])
        before = engine.search(words("leave word1"))
        secret = AccessList(frozenset({"group:hr"}))
        engine.put(
            [document(label(f"s{n}", access=secret), {n: "leave word1"}) for n in range(10, 60)]
        )
        assert before == engine.search(words("leave word1"))

    def test_vectors_of_other_dimensions_are_refused(self, engine: IndexEngine) -> None:
        wrong = document(label(), {1: "leave"})
        wrong = replace(wrong, points=(replace(wrong.points[0], vector=vector(1, 5)),))
        with pytest.raises(ModelUnusable, match="8 dimensions"):
            engine.put([wrong])
        with pytest.raises(ModelUnusable, match="8 dimensions"):
            engine.search(SearchRequest(ANYBODY, vector(1, 5), ""))
        broken = np.full(8, np.nan, np.float32)
        with pytest.raises(ModelUnusable, match="no numbers"):
            engine.search(SearchRequest(ANYBODY, broken, ""))

    def test_without_an_embedder_words_are_searched(self, wordy: IndexEngine) -> None:
        wordy.put([document(label(), {1: "leave", 2: "notice"}, vectors=False)])
        assert ids(wordy.search(words("notice")).lexical) == [2]

    @settings(
        deadline=None,
        max_examples=60,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(data=st.data())
    def test_the_permission_filter_decides_as_the_domain_does(
        self, engine: IndexEngine, data: st.DataObject
    ) -> None:
        some = st.frozensets(st.sampled_from(PRINCIPALS), max_size=3)
        lists = data.draw(st.lists(st.builds(AccessList, some, some), min_size=1, max_size=8))
        asker = data.draw(st.frozensets(st.sampled_from(PRINCIPALS), max_size=4))
        engine.delete(list(engine.holdings()))
        engine.put(
            [
                document(label(f"d{number}", access=access), {number: "leave"})
                for number, access in enumerate(lists)
            ]
        )
        expected = {n for n, a in enumerate(lists) if a.decide(asker) is AccessReason.ALLOWED}
        found = engine.search(SearchRequest(asker, vector(0), "leave"))
        assert expected == set(ids(found.dense))
        assert expected == set(ids(found.lexical))


class TestEdge(EngineContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Iterator[EdgeEngine]:
        yield from self.open(tmp_path / "shard", MODEL)

    @pytest.fixture
    def wordy(self, tmp_path: Path) -> Iterator[EdgeEngine]:
        yield from self.open(tmp_path / "wordy", IndexModel())

    def open(self, folder: Path, model: IndexModel) -> Iterator[EdgeEngine]:
        engine = EdgeEngine(edge_shard.create(folder, model), model, Lexical(80.0), "gen-1")
        yield engine
        engine.close()

    def test_what_was_written_is_there_after_reopening(
        self, engine: EdgeEngine, tmp_path: Path
    ) -> None:
        engine.put([document(label(access=ALL), {1: "leave", 2: "notice"})])
        engine.delete(["d0"])
        before = engine.search(words("leave")), engine.holdings()
        engine.close()
        again = EdgeEngine(edge_shard.load(tmp_path / "shard"), MODEL, Lexical(80.0), "gen-1")
        assert before == (again.search(words("leave")), again.holdings())
        again.close()

    def test_an_asker_who_reads_everything_never_sees_what_is_kept_from_them_meanwhile(
        self, engine: EdgeEngine
    ) -> None:
        engine.put([document(label(), {1: "leave"})])
        done = threading.Event()

        def write() -> None:
            for number in range(300):
                hidden = AccessList(frozenset({f"group:{number}"}))
                new = label(f"hidden{number}", access=hidden)
                engine.put([document(new, {100 + number: "leave"})])
            done.set()

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            while not done.is_set():
                found = engine.search(SearchRequest(ANYBODY, vector(1), "leave"))
                assert (ids(found.dense), ids(found.lexical)) == ([1], [1])
            writing.result()


class TestEdgeWithManyLists(TestEdge):
    """Permissions that are too many lists to name."""

    @pytest.fixture(autouse=True)
    def many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(edge, "MOST_TOKENS", 0)


EMULATED = pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning")


@EMULATED
class TestQdrant(EngineContract):
    """On the emulation in memory, and on a server where GROUNDWATCH_TEST_QDRANT_URL names one."""

    @pytest.fixture(params=[":memory:", *([SERVER] if SERVER else [])])
    def location(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def engine(self, location: str) -> Iterator[QdrantEngine]:
        yield from self.open(location, MODEL)

    @pytest.fixture
    def wordy(self, location: str) -> Iterator[QdrantEngine]:
        yield from self.open(location, IndexModel())

    def open(self, location: str, model: IndexModel) -> Iterator[QdrantEngine]:
        client = QdrantClient(location)
        name = f"groundwatch_test_{uuid4().hex}"
        create_collection(client, name, model)
        if location != ":memory:":
            index_fields(client, name)
        engine = QdrantEngine(client, name, model, Lexical(80.0))
        yield engine
        client.delete_collection(name)
        engine.close()
        client.close()

    def test_a_server_that_is_not_there_is_unavailable(self) -> None:
        client = QdrantClient("http://127.0.0.1:9", check_compatibility=False, timeout=2)
        engine = QdrantEngine(client, "nothing", MODEL, Lexical(80.0))
        with pytest.raises(Unavailable, match="does not answer"):
            engine.search(words("leave"))
        client.close()


@EMULATED
def test_both_engines_rank_alike(tmp_path: Path) -> None:
    embedded = EdgeEngine(
        edge_shard.create(tmp_path / "shard", MODEL), MODEL, Lexical(20.0), "edge"
    )
    client = QdrantClient(":memory:")
    create_collection(client, "c", MODEL)
    qdrant = QdrantEngine(client, "c", MODEL, Lexical(20.0))
    rng = np.random.default_rng(3)
    vocabulary = [f"word{number}" for number in range(30)]
    for number in range(200):
        text = " ".join(rng.choice(vocabulary, size=12))
        access = AccessList(frozenset({f"group:{number % 3}"}))
        put = [document(label(f"d{number}", access=access), {number: text})]
        embedded.put(put)
        qdrant.put(put)
    embedded.delete([f"d{number}" for number in range(0, 200, 20)])
    qdrant.delete([f"d{number}" for number in range(0, 200, 20)])
    for number in range(20):
        principals = frozenset({"group:0", f"group:{number % 3}"})
        text = " ".join(rng.choice(vocabulary, size=3))
        request = SearchRequest(principals, vector(number), text, limit=50)
        first, second = embedded.search(request), qdrant.search(request)
        assert ids(first.dense) == ids(second.dense)
        assert ids(first.lexical) == ids(second.lexical)
    embedded.close()
    qdrant.close()
