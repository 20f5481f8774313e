"""When a generation is worth building, and other pure decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.domain.queries import SearchFilters
from groundwatch.index.conditions import access_token, mark_of, microseconds, tokens_of
from groundwatch.index.filters import filters_from, filters_to
from groundwatch.index.lexical import DEFAULT_AVERAGE, Lexical, measure_average, settle_average
from groundwatch.index.points import NO_MODEL, IndexModel
from groundwatch.index.policy import IndexStats, should_build
from groundwatch.index.readable import AccessLists, Readable
from groundwatch.index.ties import SPARE, settle
from tests.index.samples import ALL, THEN, label

MODEL = IndexModel("m", 384)
SMALL = IndexStats(model=MODEL, wanted=MODEL, points=10_000, loose=10_000)
GRAPH = replace(SMALL, points=100_000, graph_points=100_000, loose=0)


@pytest.mark.parametrize(
    ("stats", "build", "reason"),
    [
        (SMALL, False, "small enough"),
        (replace(SMALL, damage="a file is cut"), True, "repair: a file is cut"),
        (replace(SMALL, asked="purge of what was erased"), True, "purge of what was erased"),
        (replace(SMALL, points=50_000, loose=50_000), True, "growth: 50000 points and no graph"),
        (replace(SMALL, points=50_000, model=NO_MODEL, wanted=NO_MODEL), False, "without vectors"),
        (replace(SMALL, wanted=IndexModel("n", 384)), True, "embedder changed to n"),
        (replace(SMALL, wanted=NO_MODEL), True, "embedder changed to no embedder"),
        (
            replace(SMALL, wanted=IndexModel("n", 8), wanted_complete=False),
            False,
            "chunks without a vector of n remain",
        ),
        (GRAPH, False, "nearly all"),
        (replace(GRAPH, points=120_000, loose=20_000), False, "nearly all"),
        (replace(GRAPH, points=126_000, loose=26_000), True, "26000 points outside the graph"),
        (replace(GRAPH, points=69_000), True, "31000 points of the graph are deleted"),
        (replace(GRAPH, points=100_000, loose=20_000), False, "nearly all"),
    ],
)
def test_a_generation_is_built_for_a_reason(stats: IndexStats, build: bool, reason: str) -> None:
    decision = should_build(stats)
    assert decision.build is build
    assert reason in decision.reason


def test_the_bm25_constant_is_measured_without_stop_words() -> None:
    assert measure_average(["the leave of the policy", "leave leave leave leave"]) == 3.0
    assert measure_average([]) == DEFAULT_AVERAGE


@pytest.mark.parametrize(
    ("measured", "former", "expected"),
    [(50.04, None, 50.0), (60.0, 50.0, 50.0), (41.0, 50.0, 50.0), (70.0, 50.0, 70.0), (0, 5, 1)],
)
def test_the_bm25_constant_does_not_wander(
    measured: float, former: float | None, expected: float
) -> None:
    assert settle_average(measured, former) == expected


def test_words_of_a_document_and_of_a_question_meet() -> None:
    lexical = Lexical(10.0)
    document, query = lexical.document("Parental leave, parental care"), lexical.query("PARENTAL")
    assert set(query.indices) < set(document.indices)
    assert query.values == [1.0]


def test_a_label_is_told_by_its_mark() -> None:
    others = [
        label(version=2),
        label(path="hr/other.md"),
        label(source="wiki"),
        label(tags=("draft",)),
        label(modified_at=THEN + timedelta(microseconds=1)),
        label(access=AccessList(frozenset({"group:hr"}))),
        label(access=AccessList(ALL.allow, frozenset({"group:hr"}))),
    ]
    marks = {mark_of(other) for other in [label(), *others]}
    assert len(marks) == len(others) + 1
    assert mark_of(label()) in marks


def test_tokens_hold_no_path() -> None:
    tokens = tokens_of(label(path="very-secret/plan.md"))
    assert not [token for token in tokens if "secret" in token]


def test_lists_that_differ_have_different_tokens() -> None:
    hr = frozenset({"group:hr"})
    lists = [AccessList(), AccessList(hr), AccessList(deny=hr), AccessList(hr, hr)]
    assert len({access_token(access) for access in lists}) == 4


def test_the_time_zone_does_not_matter_to_a_moment() -> None:
    east = THEN.astimezone(timezone(timedelta(hours=9)))
    assert microseconds(east) == microseconds(THEN) == int(THEN.timestamp()) * 1_000_000


@given(
    st.builds(
        SearchFilters,
        st.tuples(st.text()),
        st.tuples(),
        st.text(),
        st.tuples(st.text(), st.text()),
        st.none() | st.just(datetime(2026, 1, 2, 3, tzinfo=UTC)),
        st.none() | st.just(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    )
)
def test_filters_survive_the_wire(filters: SearchFilters) -> None:
    assert filters_from(filters_to(filters)) == filters


def test_new_lists_are_readable_at_once_and_askers_are_forgotten() -> None:
    hr, it = AccessList(frozenset({"group:hr"})), AccessList(frozenset({"group:it"}))
    lists = AccessLists([hr])
    asker = frozenset({"group:hr", "group:it"})
    assert lists.readable(asker) == Readable((access_token(hr),), whole=True)
    lists.add([it, hr])
    assert set(lists.readable(asker).tokens) == {access_token(hr), access_token(it)}
    for number in range(1_100):
        assert lists.readable(frozenset({f"user:{number}"})) == Readable((), whole=False)
    assert len(lists.readable(asker).tokens) == 2


some = st.frozensets(st.sampled_from("abcde"), max_size=3)


@given(st.lists(st.builds(AccessList, some, some)), some)
def test_readable_lists_are_those_the_domain_allows(
    lists: list[AccessList], asker: frozenset[str]
) -> None:
    allowed = {access_token(a) for a in lists if a.decide(asker) is AccessReason.ALLOWED}
    found = AccessLists(lists).readable(asker)
    assert set(found.tokens) == allowed
    assert found.whole is (allowed == {access_token(a) for a in lists})


def test_a_tie_at_the_cut_is_settled_by_id() -> None:
    hits = [(id_, 1.0) for id_ in range(500, 0, -1)]
    asked: list[int] = []

    def fetch(limit: int) -> list[tuple[int, float]]:
        asked.append(limit)
        return hits[:limit]

    found = settle(hits[: 100 + SPARE], 100, fetch)
    assert [id_ for id_, _ in found] == list(range(1, 101))
    assert asked == [464, 1856]


def test_scores_that_differ_by_noise_are_equal() -> None:
    hits = [(9, 0.5000000001), (3, 0.5), (1, 0.4)]
    assert settle(hits, 2, lambda _: []) == [(3, 0.5), (9, 0.5)]
