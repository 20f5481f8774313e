"""The judge against an endpoint on loopback and the real event store."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.llm_stub import Answer, Hang, LLMStub, Stream
from tests.scoring.given import NOW, interaction
from tests.store.events.opened import opened

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.metrics import JUDGE_AGREEMENT, JUDGE_CALLS, JUDGE_COST, OVERALL, QUALITY
from groundwatch.domain.scores import Dimension, Quality, Score
from groundwatch.domain.status import Status
from groundwatch.models.openai_chat import OpenAIChat
from groundwatch.models.retry import Timing
from groundwatch.models.settings import LLMSettings, PriceSettings
from groundwatch.scoring.judge.budget import Budget
from groundwatch.scoring.judge.choosing import is_chosen
from groundwatch.scoring.judge.judge import Judge
from groundwatch.scoring.judge.offering import Offering
from groundwatch.scoring.judge.settings import JudgeSettings
from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, Entry, EventStore

ALL = JudgeSettings(enabled=True, share=1.0)
SUPPORTED = Stream(['{"unsupported": [],', ' "reason": "fine"}'], usage=(1000, 10))
UNSUPPORTED = Stream(['{"unsupported": [1], "reason": "not there"}'], usage=(1000, 10))
PRICES = {"tiny": PriceSettings(input=100.0, output=0.0)}
"""A call of a thousand tokens costs ten cents."""


class Hands:
    """A clock that stands where it is put, and a drawer."""

    def __init__(self) -> None:
        self.now = NOW
        self.kept: list[str] = []

    def __call__(self):
        return self.now

    def budget(self, calls: int = 100, dollars: float = 100.0) -> Budget:
        return Budget(
            calls, dollars, self, lambda: self.kept[-1] if self.kept else None, self.kept.append
        )


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


@pytest.fixture
def stub() -> Iterator[LLMStub]:
    with LLMStub() as running:
        yield running


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def judge(stub: LLMStub, events: EventStore, hands: Hands) -> Iterator[Callable[..., Judge]]:
    opened: list[OpenAIChat] = []

    def make(settings: JudgeSettings = ALL, budget: Budget | None = None) -> Judge:
        llm = LLMSettings(endpoints=(stub.url,), model="tiny", prices=PRICES)
        opened.append(OpenAIChat(llm, Timing()))
        return Judge(opened[-1], events, settings, budget or hands.budget(), hands)

    yield make
    for each in opened:
        each.close()


def scored(accuracy: float | None = 0.5) -> Quality:
    score = Score(Dimension.ACCURACY, accuracy, reason="" if accuracy else "none", scorer="ours-1")
    return Quality((score,), 0.8, 0.8, 1.0, Status.WARNING, NOW, "harbour")


def answer(number: int = 1, **changes: object) -> Interaction:
    one = replace(
        interaction("The harbour opened in 1962."),
        id=f"i{number}",
        started_at=NOW - timedelta(minutes=1),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def stored(events: EventStore, count: int = 1, quality: Quality | None = None) -> list[Interaction]:
    ones = [answer(number) for number in range(count)]
    events.record([Entry(one) for one in ones])
    events.put_scores([(one.id, quality or scored()) for one in ones])
    return ones


def total(events: EventStore, metric: str, dimension: str = "", label: str | None = None) -> float:
    query = CellQuery(
        metric, NOW - timedelta(hours=1), NOW + timedelta(hours=2), "minute", "app", dimension,
        label,
    )  # fmt: skip
    return sum(cell.total for cell in events.cells(query))


def test_a_verdict_is_stored_beside_our_score_and_counted(events, stub, judge):
    (one,) = stored(events)
    stub.script(UNSUPPORTED)
    at_work = judge()
    assert at_work.offer(one, scored())
    assert at_work.work() == 1
    found = events.get(one.id)
    ours, theirs = found.quality.scores
    assert found.quality.score(Dimension.ACCURACY) == ours == scored().scores[0]
    assert (theirs.scorer, theirs.value) == ("judge:tiny/judge-1", 0.0)
    assert theirs.facts["agrees"] == 0.0
    assert theirs.facts["usd"] == pytest.approx(0.1)
    assert theirs.evidence[0].reason == "judged_unsupported"
    assert (found.quality.overall, found.quality.topic) == (0.8, "harbour")
    assert total(events, JUDGE_CALLS.name) == 1
    assert total(events, JUDGE_CALLS.name, "outcome", "unsupported") == 1
    assert total(events, JUDGE_COST.name) == pytest.approx(0.1)
    (request,) = stub.requests
    assert "opened in 1962" in request.body["messages"][1]["content"]


def test_agreement_is_a_metric_and_our_scores_are_counted_once(events, stub, judge):
    ones = stored(events, 4)
    at_work = judge()
    stub.script(SUPPORTED, SUPPORTED, SUPPORTED, UNSUPPORTED)
    for one in ones:
        at_work.offer(one, scored())
    assert at_work.work() == 4
    query = CellQuery(JUDGE_AGREEMENT.name, NOW - timedelta(hours=1), NOW, "minute", "app")
    (cell,) = events.cells(query)
    assert (cell.count, cell.total) == (4, 3.0)
    assert total(events, QUALITY[Dimension.ACCURACY].name) == pytest.approx(4 * 0.5)
    assert total(events, OVERALL.name) == pytest.approx(4 * 0.8)
    assert events.recount(NOW.date()) == 0


def test_a_later_scoring_takes_the_verdict_and_its_count_away(events, stub, judge):
    (one,) = stored(events)
    stub.script(SUPPORTED)
    at_work = judge()
    at_work.offer(one, scored())
    at_work.work()
    events.put_scores([(one.id, scored(0.9))])
    assert len(events.get(one.id).quality.scores) == 1
    assert total(events, JUDGE_AGREEMENT.name) == 0


@pytest.mark.parametrize(
    ("one", "quality", "chosen"),
    [
        (answer(), scored(0.3), True),
        (answer(), scored(0.7), True),
        (answer(), scored(0.29), False),
        (answer(), scored(0.71), False),
        (answer(), scored(None), False),
        (answer(outcome=Outcome.DECLINED), scored(), False),
        (answer(passages=()), scored(), False),
        (answer(query="why? " * 10_000), scored(), False),
    ],
)
def test_only_doubtful_answers_are_chosen(one: Interaction, quality: Quality, chosen: bool):
    assert is_chosen(one, quality, ALL) is chosen


def test_only_of_applications_that_may_be_shown():
    settings = JudgeSettings(enabled=True, share=1.0, applications=("shop",))
    assert not is_chosen(answer(), scored(), settings)
    assert is_chosen(answer(application="shop"), scored(), settings)


def test_a_share_is_chosen_always_the_same():
    settings = JudgeSettings(enabled=True, share=0.25)
    chosen = [is_chosen(answer(number), scored(), settings) for number in range(2_000)]
    assert 420 < sum(chosen) < 580
    assert chosen == [is_chosen(answer(number), scored(), settings) for number in range(2_000)]


def test_calls_an_hour_are_bounded_over_starts(events, stub, judge, hands):
    ones = stored(events, 5)
    at_work = judge(budget=hands.budget(calls=3))
    stub.script(*[SUPPORTED] * 5)
    for one in ones:
        at_work.offer(one, scored())
    assert (at_work.work(), at_work.waiting) == (3, 2)
    again = judge(budget=hands.budget(calls=3))
    again.offer(ones[0], scored())
    assert again.work() == 0
    hands.now += timedelta(hours=1)
    assert at_work.work() == 2
    assert len(stub.requests) == 5


def test_dollars_a_day_are_bounded(events, stub, judge, hands):
    ones = stored(events, 5)
    at_work = judge(budget=hands.budget(dollars=0.15))
    stub.script(*[SUPPORTED] * 5)
    for one in ones:
        at_work.offer(one, scored())
    assert at_work.work() == 2  # the second one reaches the bound
    hands.now += timedelta(hours=1)
    assert at_work.work() == 0
    hands.now += timedelta(days=1)
    assert at_work.work() == 2


def test_an_endpoint_that_fails_is_left_alone_until_the_next_turn(events, stub, judge):
    ones = stored(events, 3)
    at_work = judge()
    stub.script(Answer(400, {"error": "no"}), Answer(400, {}), Answer(400, {}))
    for one in ones:
        at_work.offer(one, scored())
    assert at_work.work() == 1
    assert at_work.waiting == 2
    assert total(events, JUDGE_CALLS.name, "outcome", "failed") == 1
    stub.forget_script()
    stub.script(SUPPORTED, SUPPORTED)
    assert at_work.work() == 2


def test_an_endpoint_that_hangs_is_given_up(events, stub, judge):
    (one,) = stored(events)
    stub.script(Hang(), Hang(), Hang(), Hang())
    at_work = judge(JudgeSettings(enabled=True, share=1.0, timeout_seconds=0.3))
    at_work.offer(one, scored())
    assert at_work.work() == 1
    assert len(events.get(one.id).quality.scores) == 1


def test_a_reply_that_says_nothing_gives_no_value(events, stub, judge):
    (one,) = stored(events)
    stub.script(Stream(["I would rather write a poem."]))
    at_work = judge()
    at_work.offer(one, scored())
    at_work.work()
    _, theirs = events.get(one.id).quality.scores
    assert (theirs.value, theirs.reason) == (None, "the judge's reply cannot be read")
    assert total(events, JUDGE_CALLS.name, "outcome", "unreadable") == 1
    assert total(events, JUDGE_AGREEMENT.name) == 0


def test_what_is_gone_or_judged_already_is_left_as_it_is(events, stub, judge):
    (one,) = stored(events)
    stub.script(*[SUPPORTED] * 3)
    at_work = judge()
    at_work.offer(one, scored())
    at_work.offer(one, scored())
    at_work.offer(answer(99), scored())
    assert at_work.work() == 3
    assert len(events.get(one.id).quality.scores) == 2
    assert total(events, JUDGE_CALLS.name, "outcome", "gone") == 2


def test_what_waits_is_bounded_and_the_newest_stay(judge):
    at_work = judge()
    for number in range(500):
        assert at_work.offer(answer(number), scored())
    assert at_work.waiting == 200


def test_a_closed_judge_asks_nothing(events, stub, judge):
    (one,) = stored(events)
    at_work = judge()
    at_work.offer(one, scored())
    at_work.close()
    assert at_work.work() == 0
    assert stub.requests == []


def test_scoring_offers_what_it_has_stored(events):
    events.record([Entry(answer(number)) for number in range(3)])
    offered: list[str] = []

    def offer(one: Interaction, quality: Quality) -> None:
        assert events.get(one.id).quality == quality
        offered.append(one.id)

    waiting = Offering(events, offer)
    taken = [each.interaction for each in waiting.unscored(10)]
    waiting.put_scores([(one.id, scored()) for one in taken[:2]])
    waiting.scoring_failed(taken[2].id, "broken")
    waiting.put_scores([("nobody's", scored())])
    assert offered == [one.id for one in taken[:2]]
    assert events.backlog() == 0


def test_a_zone_that_is_none_is_refused():
    with pytest.raises(ValueError, match="zone_from must be below"):
        JudgeSettings(zone_from=0.7, zone_to=0.3)


def test_a_drawer_that_was_spoilt_begins_anew(hands: Hands, tmp_path: Path):
    for text in ("", "[]", "{}", '{"hour": 1}'):
        hands.kept.append(text)
        assert hands.budget(calls=1).take()
