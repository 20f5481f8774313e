"""Synthetic traffic: the same for the same seed, marked, with a rhythm, through the real door."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Phase
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.app.traffic.faults import Fault, FaultKind, fault_named
from groundwatch.app.traffic.making import Plan, minute
from groundwatch.app.traffic.running import Traffic, deploys, plan_for
from groundwatch.app.traffic.spans import spans_of
from groundwatch.app.traffic.trial import AGO, look_back, trial_of
from groundwatch.app.traffic.world import INCIDENT, TRACING
from groundwatch.domain.answers import Outcome
from groundwatch.domain.scores import Dimension, complexity_band
from groundwatch.domain.spans import SpanKind
from groundwatch.errors import InvalidInput
from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, EventStore, Filter
from tests.store.events.opened import opened

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)  # a Wednesday
OURS = ExperimentSettings.model_validate(
    {"variants": {"a": {"share": 0.5}, "b": {"share": 0.5}}, "control": "a"}
)


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


def made(plan, since, hours):
    return [x for n in range(hours * 60) for x in minute(plan, since + timedelta(minutes=n))]


def test_the_same_seed_makes_the_same_traffic_and_another_seed_another():
    since = NOW - timedelta(hours=4)
    first = made(Plan(1), since, 4)
    assert first == made(Plan(1), since, 4)
    assert first != made(Plan(2), since, 4)
    assert len({each.interaction.id for each in first}) == len(first)
    assert all(each.interaction.attributes == {"synthetic": "true"} for each in first)


def test_offices_are_busy_on_a_working_day_and_quiet_at_night_and_on_sundays():
    def offices(since, hours):
        found = made(Plan(1, 3.0), since, hours)
        return sum(each.interaction.application == "groundwatch" for each in found)

    day = NOW.replace(hour=9, minute=0)
    assert offices(day, 4) > 10 * offices(day.replace(hour=1), 4)
    assert offices(day, 4) > 4 * offices(day - timedelta(days=3), 4)


def test_times_lie_as_times_do_and_every_outcome_happens():
    found = made(Plan(1, 3.0), NOW - timedelta(hours=24), 24)
    outcomes = Counter(each.interaction.outcome for each in found)
    assert {Outcome.ANSWERED, Outcome.DECLINED, Outcome.FAILED, Outcome.TIMED_OUT} <= set(outcomes)
    small = sorted(
        each.interaction.duration
        for each in found
        if each.interaction.model == "gpt-4.1-mini" and each.interaction.outcome == "answered"
    )
    median, high = small[len(small) // 2], small[int(len(small) * 0.95)]
    assert 0.8 < median < 1.4
    assert 1.6 < high / median < 2.6
    assert any(each.feedback for each in found)


def test_the_bad_hours_are_slower_and_fail_more():
    begin = NOW - timedelta(hours=6)
    usual, bad = Plan(3, 5.0), Plan(3, 5.0, begin)
    hours = int(INCIDENT.length / timedelta(hours=1))

    def mean(plan):
        found = [
            each.interaction
            for each in made(plan, begin, hours)
            if each.interaction.model == INCIDENT.model
        ]
        failed = sum(one.outcome in {Outcome.FAILED, Outcome.TIMED_OUT} for one in found)
        answered = [one.duration for one in found if one.outcome is Outcome.ANSWERED]
        return sum(answered) / len(answered), failed / len(found)

    assert mean(bad)[0] > 1.8 * mean(usual)[0]
    assert mean(bad)[1] > mean(usual)[1] + 0.05


def test_people_come_for_a_while_ask_a_few_things_and_some_come_again():
    found = made(Plan(1, 3.0), NOW - timedelta(hours=24), 24)
    ours = [x.interaction for x in found if x.interaction.application == "groundwatch"]
    sessions = defaultdict(list)
    for one in ours:
        sessions[one.session].append(one)
    assert all(len({(x.user, x.group) for x in each}) == 1 for each in sessions.values())
    assert 2 < len(ours) / len(sessions) < 4
    lengths = sorted(x[-1].started_at - x[0].started_at for x in sessions.values())
    assert lengths[-1] <= timedelta(minutes=35)
    assert timedelta(minutes=1) < lengths[len(lengths) // 2] < timedelta(minutes=15)
    visits = Counter(each[0].user for each in sessions.values())
    assert 100 < len(visits) < 320
    assert visits.most_common(1)[0][1] >= 5


def test_questions_have_kinds_and_complexity_and_people_say_why():
    found = made(Plan(1, 3.0), NOW - timedelta(hours=24), 24)
    assert len({each.quality.category for each in found}) >= 5
    assert {complexity_band(each.quality.complexity or 0.0) for each in found} >= {
        "simple", "moderate",
    }  # fmt: skip
    said = [each.feedback for each in found if each.feedback is not None]
    assert {each.rating for each in said} == {None, 1, 2, 3, 4, 5}
    assert all((each.thumb is None) != (each.rating is None) for each in said)
    assert any(each.comment for each in said)


def test_the_version_of_a_prompt_changes_with_its_event():
    plan = plan_for(1, NOW, 3.0)
    [event] = [x for x in deploys(plan, NOW - timedelta(days=7), NOW) if x.type == "prompt"]
    around = made(plan, event.at - timedelta(hours=1), 2)
    bots = [x.interaction for x in around if x.interaction.application == event.application]
    versions = {(one.started_at >= event.at, one.prompt_version) for one in bots}
    assert versions == {(False, "support-6"), (True, "support-7")}


def test_spans_tell_the_same_times_as_stages_and_are_marked():
    found = made(Plan(1, 3.0), NOW - timedelta(hours=1), 1)
    one = next(x.interaction for x in found if x.interaction.application in TRACING)
    root, *below = spans_of(one)
    assert (root.trace_id, root.parent_id, root.kind) == (one.id, "", SpanKind.REQUEST)
    assert [each.name for each in below] == [stage.name for stage in one.stages]
    assert {each.parent_id for each in below} == {root.span_id}
    assert all(root.start <= x.start <= x.end <= root.end + len(below) for x in below)
    assert all(each.attributes["synthetic"] == "true" for each in (root, *below))
    assert len({each.span_id for each in (root, *below)}) == 1 + len(below)


@pytest.mark.integration
def test_history_is_back_dated_counted_and_marked_and_live_goes_on(events):
    traffic = Traffic(events, plan_for(1, NOW, 1.0))
    told: list[datetime] = []
    count = traffic.history(NOW - timedelta(hours=6), NOW, told.append)
    rows = events.page(Filter(since=NOW - timedelta(hours=7), until=NOW), limit=10_000)
    assert len(rows) == count > 100
    assert {row.state for row in rows} == {"scored"}
    cells = events.cells(CellQuery("requests", NOW - timedelta(hours=7), NOW, "hour"))
    assert sum(cell.count for cell in cells) == count
    arrived = events.cells(
        CellQuery("intake", NOW - timedelta(hours=7), NOW, "day", None, "outcome", "accepted")
    )
    assert sum(cell.count for cell in arrived) == count
    traced = [row.interaction.id for row in rows if row.interaction.application in TRACING]
    assert all(events.span_count(id_) == 5 for id_ in traced[:20])
    assert events.open_traces() == []
    assert [event.component for event in events.events(since=NOW - timedelta(hours=6), until=NOW)]
    later = NOW + timedelta(minutes=20)
    added = traffic.live(NOW, NOW + timedelta(minutes=10))
    added += traffic.live(NOW + timedelta(minutes=10), later)
    assert added
    rows = events.page(Filter(since=NOW - timedelta(hours=7), until=later), limit=10_000)
    assert len({row.interaction.id for row in rows}) == count + added


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_spoils_what_it_is_about_from_its_beginning_and_nothing_else(kind):
    since = NOW - timedelta(hours=3)
    begin, end = since + timedelta(hours=1), since + timedelta(hours=2)
    sound = made(Plan(1, 3.0), since, 3)
    broken = made(Plan(1, 3.0, fault=Fault(kind, begin, end)), since, 3)
    assert [x.interaction.id for x in sound] == [x.interaction.id for x in broken]
    changed = [
        (a, b)
        for a, b in zip(sound, broken, strict=True)
        if (a.interaction, a.quality) != (b.interaction, b.quality)
    ]
    assert changed
    assert all(begin <= a.interaction.started_at < end for a, _ in changed)
    for before, after in changed:
        one, scored = after.interaction, after.quality
        if kind is FaultKind.SLOW_LLM:
            assert one.duration > 2 * before.interaction.duration
            assert one.model == "gpt-4.1-mini"
        elif kind is FaultKind.WRONG_DOCUMENTS:
            assert one.application == "support-bot"
            assert scored.overall is not None
            assert before.quality.overall is not None
            assert scored.overall < before.quality.overall - 0.3
        elif kind is FaultKind.LEAKING_TOPIC:
            safety = scored.score(Dimension.SAFETY)
            assert safety is not None
            assert safety.flags == ("secret",)
            assert one.response[safety.evidence[0].start :].startswith(" The key")
        else:
            assert one.outcome is Outcome.DECLINED
            assert one.passages == ()
            assert scored.overall is None


def test_a_fault_that_does_not_exist_is_refused():
    with pytest.raises(InvalidInput, match="slow-llm, wrong-documents"):
        fault_named("flood")


def test_people_take_part_in_a_configured_experiment_and_its_past_is_seen(
    events: EventStore, database: Database
):
    variants = {"old": {"share": 0.5}, "new": {"share": 0.5}}
    settings = ExperimentSettings.model_validate(
        {"application": "support-bot", "variants": variants, "control": "old", "fewest": 30}
    )
    trial = trial_of({"ours": OURS, "prompt": settings}, NOW)
    assert trial is not None
    assert (trial.name, trial.begun) == ("prompt", NOW - AGO)
    trial = replace(trial, begun=NOW - timedelta(hours=12))
    traffic = Traffic(events, Plan(1, 2.0, trial=trial))
    traffic.history(NOW - timedelta(hours=16), NOW, lambda _: None)
    marked = [x.interaction for x in events.page(Filter(), limit=5000)]
    dealt = defaultdict(set)
    for each in marked:
        is_in = each.application == "support-bot" and each.started_at >= trial.begun
        assert ("experiment.prompt" in each.attributes) == is_in
        if is_in:
            dealt[each.user].add(each.attributes["experiment.prompt"])
    assert {len(found) for found in dealt.values()} == {1}
    assert set().union(*dealt.values()) == {"old", "new"}

    book = ExperimentBook(database, lambda: NOW)
    book.begin("prompt", settings, 1, NOW)
    look_back(book, events, trial, NOW)
    run = book.get("prompt")
    assert (run.begun_at, run.phase) == (trial.begun, Phase.RUNNING)
    assert run.look is not None
    assert sum(run.look.units.values()) == len(dealt)
    assert [look.at for look in book.looks(run)][-1] == NOW
    assert len(book.looks(run)) == 6


def test_without_an_experiment_of_made_up_people_nobody_takes_part():
    assert trial_of({"ours": OURS}, NOW) is None
    assert trial_of({}, NOW) is None
