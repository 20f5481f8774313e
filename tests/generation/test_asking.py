"""Every question becomes exactly one interaction, however it ends."""

from datetime import UTC, datetime
from typing import cast

import pytest

from groundwatch.access.roles import ROLES
from groundwatch.domain.access import Identity
from groundwatch.domain.answers import (
    Answer,
    AnswerDone,
    AnswerSentence,
    Citation,
    Outcome,
    PassagesFound,
    SentenceReady,
    Usage,
)
from groundwatch.domain.documents import DocumentMeta, Passage
from groundwatch.domain.interactions import Stage
from groundwatch.domain.questions import AskOptions, SearchMode, SearchResult
from groundwatch.domain.status import Severity
from groundwatch.errors import Overloaded, TimedOut, Unavailable
from groundwatch.generation.asking import Asking
from groundwatch.generation.ways import Way
from groundwatch.retrieval.retriever import Retrieved, Retriever

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ANNA = Identity("anna", frozenset({"user:anna"}), ROLES["reader"], "key")
META = DocumentMeta("d" * 32, "docs", "a.md", "A", "text/plain", 7, "h", 1, NOW, NOW)
PASSAGES = tuple(
    Passage(number, META, f"text {number}", 0, 6, "", None, number, 1.0) for number in (1, 2)
)
SENTENCE = AnswerSentence("Said.", (Citation(1, 2, META.id, "text 2", 0, 6),))


class FakeRetriever:
    error: Exception | None = None

    def search(self, query, principals, filters, k):
        if self.error:
            raise self.error
        result = SearchResult(PASSAGES, SearchMode.HYBRID, "gen-7")
        return Retrieved(result, (Stage("embed", 0.0, 0.001),))


class FakeAnswerer:
    outcome = Outcome.ANSWERED
    error: Exception | None = None

    def answer(self, question, passages, stop):
        yield SentenceReady(SENTENCE)
        if self.error:
            raise self.error
        yield AnswerDone(
            Answer(
                self.outcome,
                "Said.",
                (SENTENCE,),
                tuple(passages),
                confidence=0.8,
                usage=Usage(10, 5, 0.002),
                model="m",
                prompt_version="p1",
                flags=("f",),
            )
        )


class Bench:
    def __init__(self):
        self.retriever = FakeRetriever()
        self.answerer = FakeAnswerer()
        self.recorded = []
        self.asked_for = []
        self.asking = Asking(self.way, self, lambda: NOW)

    def way(self, user, session):
        self.asked_for.append((user, session))
        retriever = cast("Retriever", self.retriever)
        return Way(retriever, self.answerer, {"experiment.short": "new"})

    def record(self, interaction):
        self.recorded.append(interaction)

    def ask(self):
        options = AskOptions("i1", session="s", endpoint="/v1/answers", correlation_id="c")
        return self.asking.ask("Why?", ANNA, options)

    @property
    def only(self):
        (interaction,) = self.recorded
        return interaction


@pytest.fixture
def bench():
    return Bench()


def test_an_answer_streams_and_is_recorded_with_everything_it_rests_on(bench):
    events = list(bench.ask())
    assert [type(event) for event in events] == [PassagesFound, SentenceReady, AnswerDone]
    only = bench.only
    assert (only.id, only.query, only.user, only.session) == ("i1", "Why?", "anna", "s")
    assert (only.endpoint, only.correlation_id) == ("/v1/answers", "c")
    assert (only.outcome, only.severity) == (Outcome.ANSWERED, Severity.INFO)
    assert (only.response, only.confidence, only.cost) == ("Said.", 0.8, 0.002)
    assert (only.input_tokens, only.output_tokens) == (10, 5)
    assert (only.model, only.prompt_version, only.index_version) == ("m", "p1", "gen-7")
    assert [stage.name for stage in only.stages] == ["embed", "generate"]
    assert [passage.cited for passage in only.passages] == [False, True]
    assert only.passages[0].document_version == 7
    assert bench.asked_for == [("anna", "s")]
    assert only.attributes == {"experiment.short": "new"}
    assert only.flags == ("f",)
    assert only.first_token is not None
    assert 0 <= only.first_token <= only.duration


def test_nothing_happens_before_the_first_event_is_wanted(bench):
    bench.ask().close()
    assert bench.recorded == []


def test_a_question_that_is_left_early_is_recorded_as_cancelled(bench):
    events = bench.ask()
    next(events)
    next(events)
    events.close()
    assert (bench.only.outcome, bench.only.response) == (Outcome.CANCELLED, "Said.")


ENDS = [
    (Unavailable("the engine is away"), Outcome.FAILED, Severity.HIGH),
    (TimedOut("no answer in 60 s"), Outcome.TIMED_OUT, Severity.MEDIUM),
    (Overloaded("the queue is full"), Outcome.REFUSED, Severity.LOW),
]


@pytest.mark.parametrize(("error", "outcome", "severity"), ENDS)
@pytest.mark.parametrize("part", ["retriever", "answerer"])
def test_an_error_is_recorded_with_its_outcome_and_passed_on(bench, part, error, outcome, severity):
    getattr(bench, part).error = error
    with pytest.raises(type(error)):
        list(bench.ask())
    only = bench.only
    assert (only.outcome, only.severity) == (outcome, severity)
    assert (only.error_type, only.error) == (type(error).__name__, str(error))
    assert only.response == ("Said." if part == "answerer" else "")


def test_words_of_an_unexpected_error_are_not_kept(bench):
    bench.answerer.error = RuntimeError("secret text")
    with pytest.raises(RuntimeError):
        list(bench.ask())
    assert (bench.only.error_type, bench.only.error) == ("RuntimeError", "")


def test_a_declined_question_is_recorded_as_such(bench):
    bench.answerer.outcome = Outcome.DECLINED
    list(bench.ask())
    assert (bench.only.outcome, bench.only.severity) == (Outcome.DECLINED, Severity.LOW)
