"""What is handed in is committed when it is accepted, once, and only by its sender."""

from dataclasses import replace
from datetime import timedelta

import pytest

from groundwatch.domain.access import EVERYONE, Identity
from groundwatch.domain.events import Event
from groundwatch.domain.intake import Submission
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import FEEDBACK, INTAKE, REQUESTS
from groundwatch.errors import NotFound
from groundwatch.store.events import CellQuery, Entry, Filter, State
from groundwatch.telemetry.intake import Intake, IntakeRules
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.reading import InteractionBook
from tests.store.events.samples import NOW, ONE, QUALITY

KEEP = timedelta(days=30)


def person(user, *permissions):
    principals = frozenset({f"user:{user}", EVERYONE})
    return Identity(user, principals, frozenset(permissions), "key")


BEN, CLEO = person("ben"), person("cleo", "interactions:read-all")
SHOP = replace(ONE, id="shop-000001", application="", user="customer")


@pytest.fixture
def counts(events):
    return IntakeCounts(events.add_points, lambda: NOW)


@pytest.fixture
def intake(events, counts):
    return Intake(events, counts, IntakeRules(KEEP), lambda: NOW)


@pytest.fixture
def book(events):
    return InteractionBook(events, lambda _, ids: frozenset(ids) - {"d2"}, lambda: None)


def given(*items, application="shop", **more):
    return Submission(application, items, **more)


def total(events, metric, **split):
    query = CellQuery(
        metric, NOW - timedelta(hours=1), NOW + timedelta(hours=1), "minute", "shop", **split
    )
    return sum(cell.total for cell in events.cells(query))


def test_it_is_there_when_the_call_returns_and_counted(events, intake, counts):
    (verdict,) = intake.interactions(BEN, given(SHOP))
    assert verdict.is_accepted
    found = events.get(SHOP.id)
    assert found is not None
    assert (found.interaction.application, found.state) == ("shop", State.PENDING)
    assert found.interaction.attributes == {"country": "PT", "recorded_by": "ben"}
    assert total(events, REQUESTS.name) == 1
    counts.flush()
    assert total(events, INTAKE.name, dimension="outcome", label="accepted") == 1


def test_again_changes_nothing_that_is_counted_but_the_duplicate(events, intake, counts):
    for _ in range(2):
        intake.interactions(BEN, given(SHOP, batch="b", dropped={"queue-full": 4}, malformed=2))
    counts.flush()
    assert total(events, REQUESTS.name) == 1
    told = {
        outcome: total(events, INTAKE.name, dimension="outcome", label=outcome)
        for outcome in ("accepted", "rejected", "dropped", "duplicate")
    }
    assert told == {"accepted": 1, "rejected": 2, "dropped": 4, "duplicate": 1}


def test_a_batch_name_of_somebody_else_is_another(events, intake, counts):
    intake.interactions(BEN, given(batch="b", dropped={"queue-full": 4}))
    intake.interactions(CLEO, given(batch="b", dropped={"queue-full": 4}))
    counts.flush()
    assert total(events, INTAKE.name, dimension="outcome", label="dropped") == 8


@pytest.mark.parametrize(
    "other",
    [
        {"sender": CLEO},
        {"application": "elsewhere"},
    ],
)
def test_only_its_sender_replaces_it(events, intake, other):
    intake.interactions(BEN, given(SHOP))
    again = given(replace(SHOP, query="changed"), application=other.get("application", "shop"))
    (verdict,) = intake.interactions(other.get("sender", BEN), again)
    assert verdict.reason.startswith("id: is taken")
    assert events.get(SHOP.id).interaction.query == SHOP.query


def test_our_own_answers_are_nobodys_to_hand_in_or_replace(events, intake):
    events.record([Entry(ONE)])
    own = replace(ONE, application="groundwatch")
    assert "this server" in intake.interactions(BEN, given(own))[0].reason
    assert "is taken" in intake.interactions(BEN, given(replace(SHOP, id=ONE.id)))[0].reason
    assert events.get(ONE.id).interaction == ONE


def test_clocks_that_are_wrong_are_told(events, intake):
    early, late = NOW - KEEP - timedelta(hours=1), NOW + timedelta(days=3)
    verdicts = intake.interactions(
        BEN,
        given(
            replace(SHOP, id="early-0001", started_at=early),
            replace(SHOP, id="late-00001", started_at=late),
            replace(SHOP, id="skewed-001", started_at=NOW + timedelta(minutes=30)),
        ),
    )
    reasons = [verdict.reason for verdict in verdicts]
    assert "before what is kept, 30 days" in reasons[0]
    assert "in the future" in reasons[1]
    assert reasons[2] == ""
    assert events.get("skewed-001") is not None


def test_what_is_sampled_out_is_counted_and_not_kept(events, counts):
    rules = IntakeRules(KEEP, lambda one: Entry(one, kept=one.id != SHOP.id))
    intake = Intake(events, counts, rules, lambda: NOW)
    intake.interactions(BEN, given(SHOP, replace(SHOP, id="shop-000002")))
    assert events.get(SHOP.id) is None
    assert total(events, REQUESTS.name) == 2


def test_events_become_metrics_of_ones_own_and_stay_their_senders(events, intake):
    event = Event("deploy-1", NOW, "deploy", metrics={"wait": 0.5}, message="release 12")
    intake.events(BEN, given(event))
    intake.events(CLEO, given(replace(event, message="mine")))
    intake.events(BEN, given(replace(event, metrics={"wait": 0.25})))
    assert total(events, "custom.wait") == 0.75
    found = events.events("shop", NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert {(each.id, each.message) for each in found} == {
        ("ben/deploy-1", "release 12"),
        ("cleo/deploy-1", "mine"),
    }
    assert "custom.wait" in events.metric_names()


class TestReading:
    def test_scores_come_with_it_and_hidden_passages_do_not(self, events, book):
        own = replace(ONE, user="ben")
        events.record([Entry(own)])
        events.put_scores([(own.id, QUALITY)])
        shown = book.get(BEN, own.id)
        assert shown.recorded.state is State.SCORED
        assert shown.withheld == {2}
        assert not shown.is_response_withheld
        readable, hidden = shown.recorded.interaction.passages
        assert readable == ONE.passages[0]
        assert (hidden.rank, hidden.text, hidden.document_id, hidden.source) == (2, "", "", "")

    def test_others_do_not_exist_but_for_those_who_may_read_all(self, events, book):
        events.record([Entry(ONE)])
        with pytest.raises(NotFound):
            book.get(BEN, ONE.id)
        with pytest.raises(NotFound):
            book.get(BEN, "unknown")
        assert book.get(CLEO, ONE.id).recorded.interaction.user == "anna"

    def test_an_answer_that_still_waits_is_written_first(self, events):
        def flush():
            events.record([Entry(replace(ONE, user="ben"))])

        book = InteractionBook(events, lambda _, ids: frozenset(ids), flush)
        assert book.get(BEN, ONE.id).recorded.interaction.query == ONE.query

    def test_pages_hold_ones_own(self, events, book, intake):
        events.record([Entry(ONE), Entry(replace(ONE, id="i2", user="ben"))])
        intake.interactions(CLEO, given(replace(SHOP, user="ben")))
        mine = book.page(BEN, Filter(), after=None, limit=10)
        assert [each.interaction.id for each in mine] == ["i2"]
        assert book.page(BEN, Filter(user="anna"), after=None, limit=10) == []
        assert book.page(BEN, Filter(application="shop"), after=None, limit=10) == []
        assert len(book.page(CLEO, Filter(), after=None, limit=10)) == 3


def test_feedback_is_kept_and_counted_with_the_interaction(intake, events, counts):
    intake.interactions(BEN, Submission("shop", (SHOP,)))
    said = Feedback(SHOP.id, "", NOW, thumb=-1)
    again = replace(said, thumb=1, user="customer")
    assert [each.reason for each in intake.feedback(BEN, Submission("shop", (said,)))] == [""]
    assert intake.feedback(BEN, Submission("shop", (again,)))[0].is_accepted
    assert not intake.feedback(CLEO, Submission("shop", (said,)))[0].is_accepted
    found = events.get(SHOP.id)
    assert [(each.user, each.thumb) for each in found.feedback] == [("customer", 1)]
    (cell,) = events.cells(CellQuery(FEEDBACK.name, NOW - KEEP, NOW + KEEP, "day"))
    assert (cell.count, cell.total) == (1, 1.0)
    assert counts.total() == {"accepted": 3, "rejected": 1}
