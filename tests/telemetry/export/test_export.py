"""What leaves can be read by others, and by ourselves; it holds no more than is allowed."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Stage
from groundwatch.domain.spans import SpanKind
from groundwatch.store.events import Recorded, State
from groundwatch.telemetry.export.exporter import Exporter
from groundwatch.telemetry.export.exporting import Exporting
from groundwatch.telemetry.export.posting import Backend
from groundwatch.telemetry.export.spans import Shared
from groundwatch.telemetry.otlp.assemble import assemble
from groundwatch.telemetry.otlp.body import Signal
from tests.store.events.samples import NOW, ONE, QUALITY
from tests.telemetry.export.collector import collecting
from tests.waiting import until

pytestmark = pytest.mark.integration
STAGES = (Stage("embed", 0.0, 0.01), Stage("search", 0.01, 0.02), Stage("generate", 0.03, 0.2))
OWN = replace(ONE, id="0af7651916cd43dd8448eb211c80319c", stages=STAGES, started_at=NOW)
ALL = Shared(texts=True, people=True)


@pytest.fixture
def collector():
    with collecting() as collector:
        yield collector


@contextmanager
def exporting(collector, shared=ALL, limit=100):
    backend = Backend(collector.url, {"Authorization": "Bearer secret"}, timeout=2)
    exporter = Exporter(backend, shared, limit)
    try:
        yield exporter
    finally:
        exporter.close(0.1)


def test_we_can_read_ourselves(collector):
    with exporting(collector) as exporter:
        exporter.offer(OWN, QUALITY)
        assert exporter.settle(10)
        assert exporter.counts() == {"sent": 1}
    assert {post[1] for post in collector.posts} == {"Bearer secret"}
    spans = collector.spans()
    assembled = assemble(spans)
    assert assembled is not None
    read = assembled.interaction
    assert read.id == OWN.id
    assert read.application == "external-groundwatch"  # nobody hands in answers of this server
    assert (read.query, read.response) == (ONE.query, ONE.response)
    assert (read.user, read.session, read.model) == ("anna", "s1", "m-large")
    assert (read.input_tokens, read.output_tokens) == (900, 120)
    assert read.cost == pytest.approx(0.002)
    assert read.duration == pytest.approx(0.25)
    assert [(p.document_id, p.text, p.score) for p in read.passages] == [
        ("d1", "text", 0.5),
        ("d2", "more", None),
    ]
    kinds = sorted(span.kind.value for span in spans)
    assert kinds == ["embedding", "llm", "request", "retrieval"]


def test_of_several_calls_one_tells_what_all_used(collector):
    stages = (*STAGES, Stage("generate", 0.3, 0.1))
    with exporting(collector) as exporter:
        exporter.offer(replace(OWN, stages=stages, duration=0.5), None)
        assert exporter.settle(10)
    spans = collector.spans()
    calls = [span for span in spans if span.kind is SpanKind.LLM]
    assert len({span.span_id for span in calls}) == 2
    assembled = assemble(spans)
    assert assembled is not None
    assert assembled.interaction.input_tokens == 900
    assert assembled.interaction.cost == pytest.approx(0.002)


def test_scores_arrive_as_evaluations_of_the_answer(collector):
    with exporting(collector) as exporter:
        exporter.offer(OWN, QUALITY)
        assert exporter.settle(10)
    evaluations = collector.spans("/v1/logs", Signal.LOGS)
    assembled = assemble([*collector.spans(), *evaluations])
    assert assembled is not None
    judged = {each.name: each for each in assembled.scores}
    assert judged["accuracy"].score == pytest.approx(0.9)
    assert judged["overall"].score == pytest.approx(0.85)
    assert judged["overall"].label == "healthy"
    assert "safety" not in judged  # it has no value, and is not 0


@pytest.mark.parametrize(
    ("shared", "held"),
    [(Shared(), ()), (Shared(texts=True), ("texts",)), (Shared(people=True), ("people",))],
)
def test_texts_and_people_leave_only_when_they_may(collector, shared, held):
    with exporting(collector, shared) as exporter:
        exporter.offer(OWN, QUALITY)
        assert exporter.settle(10)
    sent = b"".join(body for _, _, body in collector.posts)
    for words, kind in ((("Urlaub", "30 Tage", "more"), "texts"), (("anna", "s1"), "people")):
        for word in words:
            assert (word.encode() in sent) is (kind in held), word
    assert b"d1" in sent


def test_a_failure_is_one(collector):
    failed = replace(OWN, outcome=Outcome.FAILED, error_type="TimedOut", id="not-a-trace-id")
    with exporting(collector) as exporter:
        exporter.offer(failed, None)
        assert exporter.settle(10)
    assembled = assemble(collector.spans())
    assert assembled is not None
    assert assembled.interaction.outcome is Outcome.FAILED
    assert len(assembled.interaction.id) == 32
    assert [path for path, _, _ in collector.posts] == ["/v1/traces"]


def test_what_waits_is_bounded_and_arrives_when_the_backend_is_back(collector):
    collector.status = 503
    with exporting(collector, limit=10) as exporter:
        for number in range(100):
            exporter.offer(replace(OWN, id=f"{number:032x}"), None)
        until(lambda: exporter.counts().get("dropped", 0) >= 39)
        assert exporter.counts().get("sent", 0) == 0
        collector.status = 200
        assert exporter.settle(20)
        counts = exporter.counts()
        assert counts["sent"] + counts["dropped"] == 100


def test_what_is_refused_is_counted_and_the_next_goes_on(collector):
    collector.status = 400
    with exporting(collector) as exporter:
        exporter.offer(OWN, None)
        assert exporter.settle(10)
        assert exporter.counts() == {"refused": 1}
        collector.status = 200
        exporter.offer(OWN, None)
        assert exporter.settle(10)
        assert exporter.counts() == {"refused": 1, "sent": 1}


def test_a_backend_that_is_away_does_not_keep_us_from_closing():
    exporter = Exporter(Backend("http://127.0.0.1:9", {}, timeout=1), ALL)
    exporter.offer(OWN, None)
    exporter.close(0.1)
    assert exporter.counts() == {"dropped": 1}


class Kept:
    def __init__(self, waiting):
        self.waiting = waiting
        self.done = []

    def unscored(self, limit, /):
        return [Recorded(one, State.PENDING) for one in self.waiting[:limit]]

    def put_scores(self, scores, /):
        self.done += [id_ for id_, _ in scores]
        return len(scores)

    def scoring_failed(self, id_, reason, /):
        self.done.append(f"{id_}: {reason}")


def test_scoring_hands_over_our_own_answers_once():
    offered = []
    shop = replace(OWN, id="shop", application="shop")
    kept = Kept([OWN, shop, replace(OWN, id="other")])
    watched = Exporting(kept, lambda one, quality: offered.append((one.id, quality)))
    assert len(watched.unscored(10)) == 3
    assert watched.put_scores([(OWN.id, QUALITY), ("shop", QUALITY)]) == 2
    watched.scoring_failed("other", "no text")
    watched.put_scores([(OWN.id, QUALITY)])
    assert offered == [(OWN.id, QUALITY), ("other", None)]
    assert kept.done == [OWN.id, "shop", "other: no text", OWN.id]
