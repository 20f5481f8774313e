"""Experiments as they are kept, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import (
    Act,
    Compared,
    Look,
    Phase,
    Record,
    Verdict,
)
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal, VariantSettings
from groundwatch.errors import Conflict, InvalidInput, NotFound
from groundwatch.store.database import Database
from groundwatch.store.experiments import ExposureRow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAIN = ExperimentSettings(
    variants={
        "old": VariantSettings(share=0.5),
        "new": VariantSettings(
            share=0.5,
            retrieval={"passages": 4, "dense_weight": 0.4},
            llm={"endpoints": ("http://127.0.0.1:1/v1",)},
        ),
    },
    control="old",
)
COMPARED = Compared(
    "new", Goal.QUALITY, False, 120, 130, 0.8, 0.82, 0.02, 0.01, None, 0.03, 0.05, 0.0, 0.4,
    is_harmed=False, is_better=True,
)  # fmt: skip
SEEN = Look(NOW, Verdict.WINS, "new", ("it wins",), (), {"new": 120}, 2, 0.5, (COMPARED,))


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(database: Database, clock: Clock) -> ExperimentBook:
    return ExperimentBook(database, clock)


def changed(settings: ExperimentSettings, **parts: object) -> ExperimentSettings:
    return ExperimentSettings.model_validate({**settings.model_dump(), **parts})


def test_what_is_due_begins_once(book: ExperimentBook, clock: Clock) -> None:
    later = changed(PLAIN, starts=NOW + HOUR, ends=NOW + 9 * HOUR)
    off = changed(PLAIN, is_running=False)
    configured = {"a": PLAIN, "later": later, "off": off}
    for _ in range(2):
        book.keep_in_line(configured)
    (run,) = book.runs()
    assert (run.name, run.number, run.begun_at, run.phase) == ("a", 1, NOW, Phase.RUNNING)
    assert run.settings == PLAIN, "settings come back as they were"
    assert [each.act for each in run.records] == [Act.BEGAN]

    clock.now = NOW + 2 * HOUR
    book.keep_in_line(configured)
    assert [(each.name, each.begun_at) for each in book.runs()] == [
        ("a", NOW),
        ("later", NOW + HOUR),
    ]


def test_other_settings_make_another_run_and_harmless_ones_do_not(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    wider = changed(PLAIN, traffic=0.5, hypothesis="shorter is better")
    book.keep_in_line({"a": wider})
    assert [(run.number, run.settings) for run in book.runs()] == [(1, wider)]

    other = changed(PLAIN, goal="cost")
    book.keep_in_line({"a": other})
    (run,) = book.runs()
    assert (run.number, run.settings.goal, run.phase) == (2, Goal.COST, Phase.RUNNING)
    before = book.get("a", 1)
    assert (before.phase, before.records[-1].why) == (Phase.STOPPED, "its settings were changed")
    assert book.numbers("a") == [2, 1]


def test_what_is_not_configured_ends_and_begins_anew_when_it_is_again(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    for _ in range(2):
        book.keep_in_line({})
    assert book.get("a").records[-1].act is Act.WITHDRAWN
    assert len(book.get("a").records) == 2
    book.keep_in_line({"a": PLAIN})
    assert (book.get("a").number, book.get("a").phase) == (2, Phase.RUNNING)


def test_a_person_stops_and_then_decides(book: ExperimentBook, clock: Clock) -> None:
    book.keep_in_line({"a": PLAIN})
    clock.now = NOW + HOUR
    stopped = book.stop("a", "greta", " too risky ")
    assert (stopped.ended_at, stopped.phase) == (NOW + HOUR, Phase.STOPPED)
    assert stopped.records[-1] == Record(NOW + HOUR, Act.STOPPED, "greta", "too risky")
    with pytest.raises(Conflict):
        book.stop("a", "greta", "again")
    clock.now = NOW + 2 * HOUR
    book.keep_in_line({"a": PLAIN})
    assert len(book.numbers("a")) == 1, "what was stopped does not begin by itself"

    concluded = book.conclude("a", "ingrid", "cheaper", "new")
    assert concluded.phase is Phase.CONCLUDED
    assert concluded.ended_at == NOW + HOUR
    assert concluded.decision == Record(clock.now, Act.CONCLUDED, "ingrid", "cheaper", "new")
    with pytest.raises(Conflict):
        book.conclude("a", "ingrid", "once more", "old")


def test_a_running_experiment_is_decided_at_once(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    with pytest.raises(InvalidInput, match="no variant"):
        book.conclude("a", "ingrid", "x", "other")
    with pytest.raises(InvalidInput, match="say why"):
        book.conclude("a", "ingrid", " ", "new")
    assert book.conclude("a", "ingrid", "x", "new").ended_at == NOW


def test_what_is_not_there_is_not_found(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    for act in (
        lambda: book.get("b"),
        lambda: book.get("a", 2),
        lambda: book.stop("b", "x", "y"),
        lambda: book.conclude("b", "x", "y", "z"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_look_is_kept_with_what_came_of_it(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    run = book.get("a")
    said = [Record(NOW, Act.DROPPED, "", "harm", "new")]
    assert book.looked(run, SEEN, '{"s": 1}', said)

    after = book.get("a")
    assert (after.look, after.phase) == (SEEN, Phase.DECIDABLE)
    assert after.dropped == frozenset({"new"})
    assert book.kept(after) == '{"s": 1}'
    assert after.records[-1] == said[0]
    assert book.looks(after) == [SEEN]
    assert not book.looked(run, replace(SEEN, at=NOW + HOUR), "", []), "somebody looked meanwhile"
    assert book.get("a").look == SEEN


def test_a_look_that_stops_ends_the_run_and_none_comes_after(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    assert book.looked(book.get("a"), SEEN, "", [Record(NOW, Act.STOPPED, "", "harm")])
    run = book.get("a")
    assert (run.ended_at, run.phase) == (NOW, Phase.STOPPED)
    assert not book.looked(run, replace(SEEN, at=NOW + HOUR), "", [])


def test_looks_are_kept_further_apart_the_older_a_run_is(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    at = NOW
    for _ in range(60):
        at += timedelta(minutes=1)
        book.looked(book.get("a"), replace(SEEN, at=at), "", [])
    found = book.looks(book.get("a"))
    assert len(found) == 13
    assert found[-1].at == at, "the last one is always there"
    far = NOW + timedelta(days=30)
    for minutes in range(3):
        seen = replace(SEEN, at=far + timedelta(minutes=90 * minutes))
        book.looked(book.get("a"), seen, "", [])
    assert len(book.looks(book.get("a"))) == 14, "one of the three, and the last"


def test_units_are_counted_and_forgotten_long_after(book: ExperimentBook) -> None:
    book.keep_in_line({"a": PLAIN})
    book.expose([ExposureRow("a", 1, "anna", "new", NOW)])
    assert book.exposed(book.get("a")) == ({"new": 1}, 0)
    assert book.forget_units(NOW + HOUR) == 0
    book.stop("a", "greta", "done")
    assert book.forget_units(NOW + HOUR) == 1
