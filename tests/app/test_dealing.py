"""Which variants a question is answered by, and who was dealt what."""

import weakref
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Act, Look, Record, Verdict
from groundwatch.analytics.experiments_settings import (
    ExperimentSettings,
    Overrides,
    VariantSettings,
)
from groundwatch.app.dealing import Dealing
from groundwatch.errors import Unavailable
from groundwatch.generation.answerer import Answerer
from groundwatch.generation.ways import Way
from groundwatch.retrieval.retriever import Retriever
from groundwatch.store.database import Database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FEW: Overrides = {"passages": 4}
SHORT: Overrides = {"max_sentences": 2}


def experiment(**parts: object) -> ExperimentSettings:
    halves = {"usual": VariantSettings(share=0.5), "new": VariantSettings(share=0.5, retrieval=FEW)}
    return ExperimentSettings.model_validate({"variants": halves, "control": "usual", **parts})


class Named(str):
    """A name that can be seen to be gone."""


class Bench:
    """A dealer over the real store; a way is named by what it changes."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.made: list[Mapping[str, Overrides]] = []
        self.book = ExperimentBook(database, lambda: self.now)
        self.dealing = Dealing(self.book, {}, self.make, lambda: self.now)

    def make(self, changes: Mapping[str, Overrides]) -> Way:
        self.made.append(changes)
        return Way(cast("Retriever", Named(str(changes))), cast("Answerer", None))

    def run(self, **configured: ExperimentSettings) -> None:
        self.dealing.configure(configured)
        self.dealing.lead()

    def ways(self, users: int = 40) -> dict[str, Way]:
        return {f"u{n}": self.dealing.way(f"u{n}", f"s{n}") for n in range(users)}

    def variants(self, name: str, users: int = 40) -> set[str | None]:
        given = self.ways(users).values()
        return {each.attributes.get(f"experiment.{name}") for each in given}


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def test_without_experiments_everybody_is_answered_as_configured(bench: Bench) -> None:
    bench.dealing.lead()
    assert {id(each) for each in bench.ways().values()} == {id(bench.dealing.way("", ""))}
    assert bench.made == [{}]


def test_who_follows_begins_nothing_and_deals_what_runs(bench: Bench) -> None:
    bench.dealing.configure({"short": experiment()})
    bench.dealing.follow()
    assert bench.book.runs() == []
    bench.run(short=experiment())
    other = Dealing(bench.book, {}, bench.make, lambda: NOW)
    other.follow()
    assert other.way("u1", "").attributes == bench.dealing.way("u1", "").attributes != {}
    other.follow()
    counts, _ = bench.book.exposed(bench.book.get("short"))
    assert sum(counts.values()) == 1


def test_variants_are_dealt_applied_noted_and_kept(bench: Bench) -> None:
    bench.run(short=experiment())
    first = bench.ways()
    assert {(str(way.retriever), way.attributes["experiment.short"]) for way in first.values()} == {
        ("{}", "usual"),
        ("{'retrieval': {'passages': 4}}", "new"),
    }
    assert bench.ways() == first
    assert bench.made == [{}, {"retrieval": FEW}], "a way is made once"
    bench.dealing.lead()
    counts, crossed = bench.book.exposed(bench.book.get("short"))
    assert (sum(counts.values()), crossed) == (40, 0)
    assert bench.dealing.way("", "s").attributes == {}, "nobody takes no part"


def test_experiments_meet_and_sessions_keep_variants_too(bench: Bench) -> None:
    other = {"usual": VariantSettings(share=0.5), "b": VariantSettings(share=0.5, answers=SHORT)}
    bench.run(few=experiment(), brief=experiment(variants=other, unit="session"))
    ways = bench.ways(60).values()
    assert len({tuple(sorted(way.attributes.items())) for way in ways}) == 4
    assert str({"answers": SHORT, "retrieval": FEW}) in {str(way.retriever) for way in ways}
    assert {"experiment.few"} == set(bench.dealing.way("u1", "").attributes)


def test_what_is_stopped_elsewhere_is_dealt_no_more(bench: Bench) -> None:
    bench.run(short=experiment())
    bench.book.stop("short", "greta", "risky")
    assert bench.variants("short") == {"usual", "new"}
    bench.dealing.lead()
    assert bench.variants("short") == {None}
    again = Dealing(bench.book, {"short": experiment()}, bench.make, lambda: NOW)
    again.lead()
    assert again.way("u1", "").attributes == {}, "a restart changes nothing"


def test_what_a_variant_needed_goes_with_it(bench: Bench) -> None:
    other = {"usual": VariantSettings(share=0.5), "b": VariantSettings(share=0.5, answers=SHORT)}
    bench.run(few=experiment(), brief=experiment(variants=other, traffic=0.3))
    made = {str(way.retriever): weakref.ref(way.retriever) for way in bench.ways(60).values()}
    few, brief = str({"retrieval": FEW}), str({"answers": SHORT})
    assert {few, brief} <= made.keys()
    bench.book.stop("brief", "greta", "enough")
    bench.dealing.follow()
    assert [made[brief](), str(made[few]())] == [None, few]
    bench.book.stop("few", "greta", "enough")
    bench.dealing.follow()
    assert made[few]() is None
    assert bench.dealing._known == set()


def test_units_of_a_dropped_variant_get_the_control_and_are_not_counted(bench: Bench) -> None:
    bench.run(short=experiment())
    look = Look(NOW, Verdict.RUNNING, "", (), (), {}, 0, 1.0, ())
    dropped = Record(NOW, Act.DROPPED, "", "harm", "new")
    assert bench.book.looked(bench.book.get("short"), look, "", [dropped])
    bench.dealing.lead()
    assert bench.variants("short") == {"usual", None}


def test_an_experiment_ends_in_time_and_others_applications_are_not_dealt(bench: Bench) -> None:
    bench.run(
        timed=experiment(ends=NOW + timedelta(hours=1)),
        theirs=experiment(
            application="shop",
            variants={"usual": VariantSettings(share=0.5), "new": VariantSettings(share=0.5)},
        ),
    )
    assert bench.variants("timed") == {"usual", "new"}
    assert bench.variants("theirs") == {None}
    assert len(bench.book.runs()) == 2
    bench.now = NOW + timedelta(hours=1)
    assert bench.variants("timed") == {None}


def test_a_variant_that_cannot_be_made_leaves_the_usual_answers(bench: Bench) -> None:
    def make(changes: Mapping[str, Overrides]) -> Way:
        raise Unavailable("the other installation is away")

    bench.dealing._make = make
    bench.run(short=experiment())
    ways = bench.ways().values()
    assert {str(way.retriever) for way in ways} == {"{}"}
    assert {way.attributes.get("experiment.short") for way in ways} == {"usual", None}


def test_who_took_part_is_written_later_when_the_store_is_away(bench: Bench) -> None:
    bench.run(short=experiment())
    bench.ways(3)

    class Away(ExperimentBook):
        def expose(self, rows: object) -> None:
            raise Unavailable("away")

    here = bench.book
    bench.dealing._book = Away(here.database, here.clock)
    with pytest.raises(Unavailable):
        bench.dealing.lead()
    bench.dealing._book = here
    bench.dealing.lead()
    counts, _ = here.exposed(here.get("short"))
    assert sum(counts.values()) == 3
