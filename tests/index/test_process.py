"""The index process: it answers, follows the store and replaces itself."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from groundwatch.domain.access import AccessList
from groundwatch.domain.queries import SearchFilters
from groundwatch.errors import ModelUnusable, Unavailable
from groundwatch.index import generations
from groundwatch.index.builder import BuildOrder, build
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import NO_MODEL, IndexModel, Rankings, SearchRequest
from groundwatch.index.process import IndexProcess, open_index
from tests.index.company import SUBJECTS, Company, embed
from tests.index.samples import ALL, ANYBODY, MODEL, document, label, vector, words
from tests.waiting import until

HR = AccessList(frozenset({"group:hr"}))
Search = Callable[[SearchRequest], Rankings]


def lexical(index: IndexProcess, text: str) -> list[int]:
    return [chunk_id for chunk_id, _ in index.search(words(text)).lexical]


def questions() -> list[SearchRequest]:
    askers = (ANYBODY, frozenset({"group:hr"}), frozenset({"group:hr", "everyone"}))
    texts = [*SUBJECTS, "leave notes 3", "rules number12 number40", "vpn travel notes"]
    return [
        SearchRequest(asker, embed(text), text, SearchFilters(), 50)
        for asker in askers
        for text in texts
    ]


def test_what_was_put_is_found_once_followed(index: IndexProcess, store: Company) -> None:
    store.put("hr/leave.md", "parental leave")
    index.follow(store.latest())
    assert lexical(index, "leave") == [1]
    found = index.search(SearchRequest(ANYBODY, embed("parental leave"), ""))
    assert found.dense[0][1] == pytest.approx(1.0, abs=1e-4)


def test_changes_that_nobody_announced_are_found_too(index: IndexProcess, store: Company) -> None:
    store.put("hr/leave.md", "parental leave")
    until(lambda: lexical(index, "leave") == [1])


def test_a_change_of_permissions_is_in_force_once_followed(
    index: IndexProcess, store: Company
) -> None:
    store.put("hr/leave.md", "parental leave")
    store.permit("hr/leave.md", HR)
    index.follow(store.latest())
    assert lexical(index, "leave") == []
    assert index.search(words("leave", frozenset({"group:hr"}))).lexical


def test_waiting_for_a_change_that_does_not_come_ends(index: IndexProcess) -> None:
    with pytest.raises(Unavailable, match="has not reached change 7"):
        index.follow(7, timeout=0.05)


def test_a_store_with_documents_and_no_index_is_indexed(place: IndexPlace, store: Company) -> None:
    store.grow(20)
    with open_index(place, store.database) as index:
        with pytest.raises(Unavailable, match="being built"):
            index.search(words("leave"))
        index.follow(store.latest(), 30)
        assert index.status().points == 40
        assert len(lexical(index, "leave")) == 6


def test_an_index_is_opened_where_it_was_left(place: IndexPlace, store: Company) -> None:
    store.grow(10)
    with open_index(place, store.database) as index:
        index.follow(store.latest(), 30)
        generation = index.status().generation
    store.put("late.md", "written meanwhile")
    with open_index(place, store.database) as index:
        index.follow(store.latest())
        assert index.status().generation == generation
        assert len(lexical(index, "meanwhile")) == 1


def test_after_changes_it_ranks_like_an_index_built_afresh(
    index: IndexProcess, store: Company, place: IndexPlace, tmp_path: Path
) -> None:
    paths = store.grow(200)
    index.rebuild(timeout=60)
    changed = paths[::20]
    for path in changed[:4]:
        store.put(path, "leave rules rewritten", "more travel notes 3", access=None)
    for path in changed[4:7]:
        store.delete(path)
    for path in changed[7:]:
        store.permit(path, HR)
    store.grow(10, start=1000)
    index.follow(store.latest())
    followed = [index.search(question) for question in questions()]

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    order = BuildOrder("", str(place.data), str(fresh / "gen-000001"), MODEL.name, 8)
    build(store.database, replace(order, average=_average(place)))
    afresh = generations.open_generation(fresh / "gen-000001")
    try:
        for question, found in zip(questions(), followed, strict=True):
            expected = afresh.engine.search(question)
            assert expected.dense == found.dense
            assert expected.lexical == found.lexical
    finally:
        afresh.close()


def _average(place: IndexPlace) -> float:
    folder = generations.current(place.root)
    assert folder is not None
    return generations.read_manifest(folder).average


def test_questions_are_answered_right_while_generations_are_built_and_swapped(
    index: IndexProcess, store: Company
) -> None:
    store.grow(60)
    index.follow(store.latest())
    stop = threading.Event()
    seen: set[str] = set()

    def ask() -> int:
        asked = 0
        while not stop.is_set():
            found = index.search(SearchRequest(ANYBODY, vector(1), "canteen", limit=100))
            assert len(found.lexical) >= 14
            assert len(found.dense) >= 100
            seen.add(found.generation)
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            index.rebuild()
            store.grow(16, start=2000)
            index.follow(store.latest())
            index.rebuild(timeout=60)
        finally:
            stop.set()
        assert all(task.result() > 10 for task in asking)
    assert len(seen) >= 2
    assert index.verify(repair=False).agrees


def test_a_replaced_generation_leaves_no_files(
    index: IndexProcess, store: Company, place: IndexPlace
) -> None:
    store.grow(5)
    index.rebuild(timeout=60)
    index.rebuild(timeout=60)
    folders = [path.name for path in place.root.iterdir() if path.is_dir()]
    assert folders == [index.status().generation]


def test_verify_finds_and_repairs_what_differs(index: IndexProcess, store: Company) -> None:
    store.grow(10)
    index.follow(store.latest())
    assert index.verify(repair=False).agrees
    engine = index._keeper.current.generation.engine  # type: ignore[union-attr]
    held = sorted(engine.holdings())
    engine.put([document(label("ghost"), {9000: "leave"})])
    engine.delete(held[:2])
    engine.relabel([label(held[2])])
    found = index.verify(repair=True)
    assert (found.missing, found.stale, found.extra) == (tuple(held[:2]), (held[2],), ("ghost",))
    assert found.checked == 10
    assert index.verify(repair=False).agrees


def test_purging_leaves_no_trace_of_what_was_erased(
    index: IndexProcess, store: Company, place: IndexPlace
) -> None:
    store.grow(5)
    secret = AccessList(frozenset({"user:someone-erased"}))
    erased = store.put("private/letter.md", "a very private letter", access=secret)
    kept = store.put("kept.md", "stays")
    index.follow(store.latest())
    store.delete("private/letter.md")
    index.follow(store.latest())
    index.flush()
    markers = [erased, "user:someone-erased"]
    assert index.purge([kept], timeout=60) == [kept]
    assert index.purge(markers, timeout=60) == []


def test_another_embedder_takes_over_when_every_chunk_has_its_vector(
    place: IndexPlace, store: Company
) -> None:
    other = IndexModel("other-model", 12)
    store.grow(10)
    with open_index(place, store.database) as index:
        index.follow(store.latest(), 30)
        index.flush()
        before = index.status().generation
    with open_index(replace(place, model=other), store.database) as index:
        ours = SearchRequest(ANYBODY, vector(1, 12), "leave")
        theirs = replace(ours, vector=vector(1), model=MODEL.name)
        assert index.search(ours).dense == []
        assert index.search(ours).lexical
        assert index.search(theirs).dense
        assert index.status().generation == before
        store.embed_all(other)
        until(lambda: index.status().model == other, 60)
        assert len(index.search(ours).dense) == 20
        assert index.search(theirs).dense == []
        with pytest.raises(ModelUnusable):
            index.search(replace(ours, vector=vector(1)))


def test_without_an_embedder_the_index_ranks_by_words(place: IndexPlace, store: Company) -> None:
    store.grow(4)
    with open_index(replace(place, model=NO_MODEL), store.database) as index:
        index.follow(store.latest(), 30)
        found = index.search(SearchRequest(ANYBODY, vector(1), "rules"))
        assert (found.dense, len(found.lexical)) == ([], 4)


def test_a_graph_is_built_when_the_index_has_grown(place: IndexPlace, store: Company) -> None:
    with open_index(replace(place, graph_above=100), store.database) as index:
        store.grow(80)
        index.follow(store.latest())
        until(lambda: index.status().graph_points > 0, 60)
        store.put("late.md", "late words", access=ALL)
        index.follow(store.latest())
        late = index.search(SearchRequest(ANYBODY, embed("late words"), "late", limit=5))
        assert late.dense[0][0] == late.lexical[0][0]
        assert index.verify(repair=False).agrees


def test_status_says_where_it_is(index: IndexProcess, store: Company) -> None:
    store.grow(3)
    index.follow(store.latest())
    status = index.status()
    assert (status.position, status.latest, status.points) == (store.latest(), store.latest(), 6)
    assert status.generation == "gen-000001"
    assert status.bytes > 0
    assert (status.problem, status.building) == ("", None)
