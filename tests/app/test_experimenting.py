"""Experiments in the watch: looked at, stopped on harm, told; on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.alerting import runbooks
from groundwatch.alerting.raising import Raiser
from groundwatch.analytics.assignment import assign
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Act, Phase, Verdict
from groundwatch.analytics.experiments_settings import ExperimentSettings, VariantSettings
from groundwatch.app.experimenting import (
    ORIGIN,
    ExperimentWatch,
    alerts_of,
    events_of,
    open_experiments,
)
from groundwatch.config import Config
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import EXPERIMENT, Interaction
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore
from groundwatch.store.experiments import ExposureRow
from tests.store.events.opened import opened

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Interaction("", "shop", NOW, 1.0, Outcome.ANSWERED, Severity.INFO, "where")
TWO = {"old": VariantSettings(share=0.5), "new": VariantSettings(share=0.5)}
SHOP = ExperimentSettings.model_validate(
    {
        "application": "shop",
        "variants": TWO,
        "control": "old",
        "goal": "latency",
        "guardrails": {"errors": 0.0},
        "planned": 300,
        "fewest": 50,
    }
)


class Bench:
    """The watch's part over the real stores, with a clock that is moved."""

    def __init__(self, database: Database, events: EventStore) -> None:
        self.now = NOW
        self.database = database
        self.events = events
        self.book = ExperimentBook(database, lambda: self.now)
        self.restart()

    def restart(self) -> None:
        self.watch = ExperimentWatch(self.book, self.events, lambda: self.now, timedelta(days=30))

    def begin(self, settings: ExperimentSettings = SHOP) -> None:
        self.book.keep_in_line({"fast": settings})

    def asked(
        self,
        users: range,
        settings: ExperimentSettings = SHOP,
        *,
        failing: float = 0.0,
        faster: float = 1.0,
        variant: str = "",
    ) -> None:
        """Each user asks once; the new variant fails in a share of answers, or is faster."""
        entries = []
        for number in users:
            user = f"u{number}"
            given = variant or assign("fast", settings, user).variant
            is_new = given == "new"
            failed = is_new and number % 100 < failing * 100
            one = replace(
                ONE,
                id=user,
                user=user,
                started_at=self.now,
                application=settings.application,
                duration=(1 + number % 7 / 10) * (faster if is_new else 1.0),
                outcome=Outcome.FAILED if failed else Outcome.ANSWERED,
                attributes={EXPERIMENT + "fast": given},
            )
            entries.append(Entry(one))
        self.events.record(entries)
        self.now += HOUR


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    with opened(database, NOW) as events:
        yield Bench(database, events)


def test_harm_stops_an_experiment_and_tells_until_a_person_decides(bench: Bench) -> None:
    bench.begin()
    bench.asked(range(400), failing=0.3)
    (run,) = bench.watch.turn()
    assert run.look is not None
    assert (run.phase, run.look.verdict) == (Phase.STOPPED, Verdict.HARMS)
    assert run.dropped == frozenset({"new"})
    assert run.ended_at == bench.now
    assert [each.act for each in run.records] == [Act.BEGAN, Act.DROPPED, Act.STOPPED]
    assert run.records[1].why.startswith("new harms errors")
    counts, crossed = bench.book.exposed(run)
    assert (sum(counts.values()), crossed) == (400, 0), "who took part is read from attributes"

    marks = events_of([run], bench.now)
    assert [each.type for each in marks] == ["experiment"] * 3
    assert [each.severity for each in marks][1] is Severity.HIGH
    assert "new of fast was dropped: new harms errors" in marks[1].message
    assert len({each.id for each in marks}) == 3

    raiser = Raiser(bench.database, lambda: bench.now, ORIGIN)
    raiser.say(alerts_of([run], "https://gw.example"))
    with bench.database.read() as c:
        (alert,) = posted.firing(c, bench.now, ORIGIN)
    assert (alert.name, alert.labels["severity"]) == ("experiment_harm", "high")
    assert alert.generator_url == "https://gw.example/experiments?name=fast"
    assert alert.annotations["runbook"] in runbooks.names()

    concluded = bench.book.conclude("fast", "greta", "it fails", "old")
    raiser.say(alerts_of([concluded]))
    bench.now += HOUR
    with bench.database.read() as c:
        assert posted.firing(c, bench.now, ORIGIN) == []


def test_the_watch_marks_charts_and_raises_alerts_once(bench: Bench) -> None:
    bench.begin()
    bench.asked(range(400), failing=0.3)
    for _ in range(2):
        with open_experiments(Config(), bench.database, bench.events, lambda: bench.now):
            pass  # the last turn is taken at the end
    marks = bench.events.events("shop", NOW, bench.now + HOUR, ("experiment",))
    assert [each.message.partition(":")[0] for each in sorted(marks, key=lambda x: x.id)] == [
        "fast began",
        "new of fast was dropped",
        "fast was stopped",
    ]
    with bench.database.read() as c:
        assert [x.name for x in posted.firing(c, bench.now, ORIGIN)] == ["experiment_harm"]


def test_a_restart_goes_on_where_the_last_look_ended(bench: Bench) -> None:
    bench.begin()
    bench.asked(range(150), faster=0.9)
    (before,) = bench.watch.turn()
    bench.restart()
    bench.asked(range(150, 260), faster=0.9)
    (after,) = bench.watch.turn()
    assert before.look is not None
    assert after.look is not None
    first, second = before.look.primary(), after.look.primary()
    assert first is not None
    assert second is not None
    assert second.units > first.units
    assert second.p <= first.p
    assert first.low is not None
    assert second.low is not None
    assert second.low >= first.low, "intervals only narrow"
    assert len(bench.book.looks(after)) == 2


def test_a_winner_waits_for_a_person_and_is_said_once(bench: Bench) -> None:
    bench.begin()
    bench.asked(range(500), faster=0.6)
    bench.watch.turn()
    bench.now += HOUR
    (run,) = bench.watch.turn()
    assert run.look is not None
    assert (run.phase, run.look.verdict, run.look.variant) == (
        Phase.DECIDABLE,
        Verdict.WINS,
        "new",
    )
    assert run.ended_at is None, "nobody's answers change by themselves"
    assert [each.act for each in run.records] == [Act.BEGAN, Act.JUDGED]
    assert alerts_of([run]) == []


def test_nothing_but_harm_is_decided_before_the_least_days(bench: Bench) -> None:
    bench.begin(SHOP.model_copy(update={"least_days": 7.0}))
    bench.asked(range(500), faster=0.6)
    (run,) = bench.watch.turn()
    assert run.look is not None
    assert run.look.verdict is Verdict.RUNNING
    assert run.look.reasons[0] == "nothing but harm is decided before 2026-11-27 09:00 UTC"
    bench.now = NOW + timedelta(days=7)
    (run,) = bench.watch.turn()
    assert run.look is not None
    assert run.look.verdict is Verdict.WINS


def test_wrong_shares_stop_it_and_conclude_nothing(bench: Bench) -> None:
    bench.begin()
    bench.asked(range(300), variant="old")
    (run,) = bench.watch.turn()
    assert run.look is not None
    assert (run.phase, run.look.verdict) == (Phase.STOPPED, Verdict.MISMATCH)
    (alert,) = alerts_of([run])
    assert alert.labels["alertname"] == "experiment_mismatch"
    assert alerts_of([bench.book.conclude("fast", "greta", "a bug", "old")]) == []


def test_an_experiment_ends_when_its_time_is_over(bench: Bench) -> None:
    bench.begin(SHOP.model_copy(update={"ends": NOW + HOUR}))
    bench.asked(range(10))
    (run,) = bench.watch.turn()
    assert (run.phase, run.records[-1].why) == (Phase.STOPPED, "its time is over")
    assert alerts_of([run]) == []


def test_who_took_part_in_ours_is_who_was_dealt(bench: Bench) -> None:
    ours = SHOP.model_copy(update={"application": "groundwatch"})
    bench.begin(ours)
    bench.asked(range(20), ours)
    rows = [ExposureRow("fast", 1, f"u{n}", "new" if n % 2 else "old", NOW) for n in range(9)]
    bench.book.expose([*rows, replace(rows[0], variant="new")])
    (run,) = bench.watch.turn()
    assert run.look is not None
    assert (run.look.units, run.look.crossed) == ({"new": 4, "old": 4}, 1)


def test_one_that_cannot_be_read_leaves_the_others_alone(bench: Bench) -> None:
    bench.book.keep_in_line({"broken": SHOP, "fast": SHOP})
    bench.watch.turn()
    spoilt = "UPDATE experiments SET looked = replace(looked, {}) WHERE name = 'broken'"
    for damage in ("'mismatch', 'm'", "'{', '['"):
        with bench.database.write() as c:
            c.exec_driver_sql(spoilt.format(damage))
        bench.restart()
        bench.now += HOUR
        runs = {run.name: run for run in bench.watch.turn()}
        assert runs["fast"].looked_at == bench.now
        bench.book.keep_in_line({"broken": SHOP, "fast": SHOP})
