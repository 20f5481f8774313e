"""What an application tells reaches the server, or is counted."""

import asyncio
import threading
import time
import tracemalloc
from contextlib import contextmanager

import pytest

from groundwatch.client import Client, Event, Interaction, Options, Passage
from groundwatch.client import current as maybe_current
from tests.client.receiver import Reply, receiving, taken
from tests.ports import free_port
from tests.waiting import until

pytestmark = pytest.mark.integration
FAST = Options(interval=0.01, timeout=20, exit_seconds=0.2)


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def current() -> Interaction:
    found = maybe_current()
    assert found is not None
    return found


@contextmanager
def closing(url, options=FAST):
    client = Client(url, "gw_key", "shop", options=options)
    try:
        yield client
    finally:
        client.close(1)


@pytest.fixture
def client(receiver):
    with closing(receiver.url) as client:
        yield client


def numbers(flushed):
    return flushed.sent, flushed.rejected, flushed.dropped, flushed.waiting


class TestObserving:
    def test_all_of_an_interaction_arrives(self, client, receiver):
        passages: list[str | Passage] = [
            "plain",
            Passage("rich", document_id="d1", score=0.0, cited=True),
        ]
        one = Interaction("How long?", "26 weeks.", passages, duration=2.0, started_at=1.5)
        one.cost, one.confidence, one.attributes = 0.0, 0.0, {"plan": "gold"}
        with one.stage("search"):
            pass
        assert client.observe(one) == one.id
        assert client.flush(30).complete
        (path, body, _), (sent,) = receiver.posts[0], receiver.committed()
        assert (path, body["application"], body["dropped"]) == ("/v1/interactions", "shop", {})
        assert sent["started_at"] == "1970-01-01T00:00:01.500000Z"
        assert sent["passages"] == [
            {"rank": 1, "text": "plain"},
            {"rank": 2, "text": "rich", "document_id": "d1", "score": 0.0, "cited": True},
        ]
        assert [stage["name"] for stage in sent["stages"]] == ["search"]
        assert (sent["cost"], sent["confidence"], sent["attributes"]) == (
            0.0,
            0.0,
            {"plan": "gold"},
        )
        assert "began" not in sent
        assert "model" not in sent

    def test_what_changes_afterwards_is_not_sent(self, client, receiver):
        attributes = {"a": "1"}
        one = Interaction("q", passages=["a"], attributes=attributes)
        client.observe(one)
        one.query = "changed"
        attributes["a"] = "changed"
        client.flush(30)
        (sent,) = receiver.committed()
        assert (sent["query"], sent["attributes"]) == ("q", {"a": "1"})

    def test_a_block_is_timed_and_current(self, client, receiver):
        assert maybe_current() is None
        with client.observing("q") as seen:
            assert current() is seen
            seen.response = "a"
        assert maybe_current() is None
        client.flush(30)
        (sent,) = receiver.committed()
        assert (sent["response"], sent["outcome"]) == ("a", "answered")
        assert 0 <= sent["duration"] < 5

    @pytest.mark.parametrize(
        ("error", "outcome", "kind"),
        [
            (ValueError("secret"), "failed", "ValueError"),
            (TimeoutError(), "timed_out", "TimeoutError"),
            (asyncio.CancelledError(), "cancelled", ""),
        ],
    )
    def test_an_error_is_noted_without_its_text_and_goes_on(
        self, client, receiver, error, outcome, kind
    ):
        with pytest.raises(type(error)), client.observing("q"):
            raise error
        client.flush(30)
        (sent,) = receiver.committed()
        assert (sent["outcome"], sent.get("error_type", "")) == (outcome, kind)
        assert "secret" not in str(sent)

    def test_feedback_arrives_behind_its_interaction(self, client, receiver):
        id_ = client.observe(Interaction("q"))
        client.feedback(id_, thumb=-1, rating=2, comment="wrong")
        assert client.flush(30).complete
        assert [path for path, _, _ in receiver.posts] == ["/v1/interactions", "/v1/feedback"]
        (said,) = receiver.committed("feedback")
        assert said.pop("given_at").endswith("Z")
        assert said == {"interaction_id": id_, "thumb": -1, "rating": 2, "comment": "wrong"}

    def test_bodies_are_compressed_when_that_is_asked_for(self, receiver):
        options = Options(interval=0.01, timeout=20, compress=True)
        with closing(receiver.url, options) as client:
            client.observe(Interaction("q" * 10_000))
            assert client.flush(30).complete
        assert receiver.compressed == len(receiver.posts) == 1
        assert receiver.committed()[0]["query"] == "q" * 10_000

    def test_events_arrive_beside_interactions(self, client, receiver):
        client.observe(Interaction("q"))
        client.event(Event("deploy", "release 12", metrics={"wait": 0.5}, at=0.0))
        client.observe(Interaction("r"))
        assert numbers(client.flush(30)) == (3, 0, 0, 0)
        (event,) = receiver.committed("events")
        assert (event["type"], event["metrics"]) == ("deploy", {"wait": 0.5})
        assert event["at"] == "1970-01-01T00:00:00.000000Z"
        assert [each["query"] for each in receiver.committed()] == ["q", "r"]


class TestDecorated:
    def test_plain_functions_keep_their_shape(self, client: Client, receiver):
        @client.observed()
        def answer(question: str, *, tone: str = "") -> str:
            "Says."
            current().model = "small"
            return f"{question}!{tone}"

        assert answer("why", tone="?") == "why!?"
        assert (answer.__name__, answer.__doc__) == ("answer", "Says.")
        client.flush(30)
        (sent,) = receiver.committed()
        assert (sent["query"], sent["response"], sent["model"]) == ("why", "why!?", "small")

    def test_methods_and_mappings(self, client, receiver):
        class App:
            @client.observed(query="question")
            def ask(self, user, question):
                return {"answer": "yes", "contexts": ["a", "b"]}

        assert App().ask("anna", "why")["answer"] == "yes"
        client.flush(30)
        (sent,) = receiver.committed()
        assert (sent["query"], sent["response"]) == ("why", "yes")
        assert [each["text"] for each in sent["passages"]] == ["a", "b"]

    def test_concurrent_coroutines_have_an_interaction_each(self, client, receiver):
        @client.observed()
        async def answer(question):
            seen = current()
            await asyncio.sleep(0)
            assert current() is seen
            seen.user = question
            return question.upper()

        async def all_at_once():
            return await asyncio.gather(*(answer(each) for each in "abc"))

        assert asyncio.run(all_at_once()) == ["A", "B", "C"]
        client.flush(30)
        sent = {(each["query"], each["user"], each["response"]) for each in receiver.committed()}
        assert sent == {("a", "a", "A"), ("b", "b", "B"), ("c", "c", "C")}

    def test_generators_are_recorded_at_their_end_and_are_current_inside_only(
        self, client, receiver
    ):
        @client.observed()
        def answer(question):
            for part in (question, "!"):
                assert current().query == question
                yield part

        first, second = answer("a"), answer("b")
        assert [next(first), next(second)] == ["a", "b"]
        assert maybe_current() is None
        assert client.counts().waiting == 0
        assert [*first, *second] == ["!", "!"]
        client.flush(30)
        sent = receiver.committed()
        assert [each["response"] for each in sent] == ["a!", "b!"]
        assert all(0 <= each["first_token"] <= each["duration"] for each in sent)

    def test_leaving_a_generator_early_cancels_it(self, client, receiver):
        closed = []

        @client.observed()
        def answer(question):
            try:
                yield "part"
                yield "never"
            finally:
                closed.append(question)

        @client.observed()
        async def answer_async(question):
            try:
                yield "part"
                yield "never"
            finally:
                closed.append(question)

        async def leave():
            parts = answer_async("b")
            assert await anext(parts) == "part"
            await parts.aclose()

        parts = answer("a")
        next(parts)
        parts.close()
        asyncio.run(leave())
        assert closed == ["a", "b"]
        client.flush(30)
        sent = [(each["outcome"], each["response"]) for each in receiver.committed()]
        assert sent == [("cancelled", "part")] * 2

    def test_a_mistake_in_reading_the_result_stays_here(self, client, receiver):
        def read(seen, returned):
            raise KeyError("x")

        @client.observed(result=read)
        def answer(question):
            return 7

        assert answer("q") == 7
        client.flush(30)
        assert receiver.committed()[0]["attributes"] == {"unread_result": "KeyError"}

    def test_an_argument_that_does_not_exist_is_told_when_decorating(self, client):
        with pytest.raises(ValueError, match="no argument 'nothing'"):
            client.observed(query="nothing")(lambda question: "")


class TestRefusals:
    def test_what_the_server_rejects_is_counted_with_its_reason(self, client, receiver):
        def answer(path, body):
            reply = taken(path, body)
            reply.body["rejected"] = 1
            reply.body["results"][0] |= {"status": "rejected", "reason": "query: too long"}
            return reply

        receiver.answer = answer
        client.observe(Interaction("q"))
        flushed = client.flush(30)
        assert numbers(flushed) == (0, 1, 0, 0)
        assert flushed.problems == ("query: too long",)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
    def test_other_errors_are_not_tried_again(self, client, receiver, status):
        receiver.answer = lambda path, body: Reply(status, body={"detail": "no"})
        client.observe(Interaction("q"))
        flushed = client.flush(30)
        assert numbers(flushed) == (0, 1, 0, 0)
        assert flushed.problems == (f"{status}: no",)
        assert len(receiver.posts) == 1

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_overload_is_tried_again_after_the_time_the_server_names(
        self, client, receiver, status
    ):
        moments = []

        def answer(path, body):
            moments.append(time.monotonic())
            if len(moments) == 1:
                return Reply(status, {"Retry-After": "0.3"})
            return taken(path, body)

        receiver.answer = answer
        client.observe(Interaction("q"))
        assert numbers(client.flush(30)) == (1, 0, 0, 0)
        assert moments[1] - moments[0] >= 0.3
        assert receiver.posts[0][1]["batch"] == receiver.posts[1][1]["batch"]

    def test_a_body_that_is_too_large_is_split(self, receiver):
        def answer(path, body):
            return taken(path, body) if len(body["interactions"]) < 3 else Reply(413)

        receiver.answer = answer
        with closing(receiver.url, Options(interval=0.3)) as client:
            for _ in range(8):
                client.observe(Interaction("q"))
            assert numbers(client.flush(30)) == (8, 0, 0, 0)

    def test_an_answer_of_something_else_is_no_success(self, client, receiver):
        receiver.answer = lambda path, body: Reply(200, body={"hello": "proxy"})
        client.observe(Interaction("q"))
        flushed = client.flush(30)
        assert numbers(flushed) == (0, 1, 0, 0)
        assert "not that of a Groundwatch server" in flushed.problems[0]


class TestUnusable:
    def test_one_bad_record_does_not_cost_the_others(self, client, receiver):
        for cost in (1.0, float("nan"), 2.0):
            client.observe(Interaction("q", cost=cost))
        client.observe(Interaction("q", passages=[object()]))  # type: ignore[list-item]
        client.observe(Interaction("q", passages=7))  # type: ignore[arg-type]
        client.observe(Interaction("lone \ud800 surrogate"))
        flushed = client.flush(30)
        assert numbers(flushed) == (3, 0, 3, 0)
        assert flushed.drops == {"unusable": 3}
        assert [each["query"] for each in receiver.committed()][-1] == "lone ? surrogate"

    def test_redacting_changes_or_withholds_before_it_leaves(self, receiver):
        def redact(record):
            if "secret" in record["query"]:
                return None
            return record | {"query": "***"}

        with closing(receiver.url, Options(interval=0.01, redact=redact)) as client:
            client.observe(Interaction("anna@example.com"))
            client.observe(Interaction("a secret"))
            flushed = client.flush(30)
        assert (flushed.sent, flushed.drops) == (1, {"redacted": 1})
        assert [each["query"] for each in receiver.committed()] == ["***"]

    @pytest.mark.parametrize("url", ["", "watch.example", "http://[broken", "http://"])
    def test_a_url_that_is_none_is_told_at_once(self, url):
        with pytest.raises(ValueError, match=r"URL|url"):
            Client(url, "gw_key", "shop")


class TestAway:
    def test_memory_is_bounded_and_drops_are_reported_when_it_is_back(self):
        port = free_port()
        options = Options(queue_bytes=100_000, interval=0.01)
        with closing(f"http://127.0.0.1:{port}", options) as client:
            for _ in range(1000):
                client.observe(Interaction("q" * 1000))
            until(lambda: client.counts().problems)
            away = client.flush(0.2)
            assert away.waiting == 38  # 100,000 bytes at 1,500 and the text
            assert away.drops == {"queue-full": 962}
            assert "cannot be reached" in away.problems[-1]
            with receiving(port) as receiver:
                until(lambda: client.counts().waiting == 0)
                assert numbers(client.counts()) == (38, 0, 962, 0)
                assert (
                    sum(body["dropped"].get("queue-full", 0) for _, body, _ in receiver.posts)
                    == 962
                )

    def test_observing_never_waits_for_a_server_that_hangs(self, receiver):
        release = threading.Event()

        def answer(path, body):
            release.wait(60)
            return taken(path, body)

        receiver.answer = answer
        with closing(receiver.url) as client:
            client.observe(Interaction("q"))
            until(lambda: threading.active_count() > 2)
            started = time.perf_counter()
            for _ in range(100):
                client.observe(Interaction("q"))
            took = time.perf_counter() - started
            early = client.flush(0.05)
            release.set()
            assert took < 5
            assert early.waiting >= 100
            assert client.flush(30).complete

    def test_closing_is_bounded_and_counts_what_is_left(self):
        client = Client("http://127.0.0.1:9", "k", "shop", options=FAST)
        for _ in range(300):
            client.observe(Interaction("q"))
        started = time.monotonic()
        flushed = client.close(0.3)
        assert time.monotonic() - started < 5
        assert flushed.sent == 0
        assert flushed.drops.get("closed", 0) + flushed.waiting == 300
        client.observe(Interaction("late"))
        assert client.counts().drops["closed"] >= 1


def test_the_bound_is_that_of_memory():
    """What the queue believes to hold is what it holds, within a half."""
    options = Options(queue_bytes=10**9, interval=1000.0, batch_items=10**6)
    with closing("http://127.0.0.1:9", options) as client:
        client.observe(Interaction("the thread is there"))
        tracemalloc.start()
        try:
            for number in range(500):
                passages = [Passage(f"{number} {rank} " + "p" * 800) for rank in range(5)]
                client.observe(Interaction(f"q{number}", f"{number} " + "a" * 600, passages))
            taken = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert taken / 1.5 < client._waiting._bytes < taken * 1.5


def test_a_burst_is_all_there_or_told(receiver):
    with closing(receiver.url, Options(queue_bytes=400_000, interval=0.01)) as client:
        threads = [
            threading.Thread(
                target=lambda: [client.observe(Interaction("q", "a" * 500)) for _ in range(1000)]
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        flushed = client.flush(20)
        assert flushed.sent + flushed.dropped == 4000
        assert flushed.waiting == 0
        client.observe(Interaction("carries the last report"))
        client.flush(30)
        told = sum(body["dropped"].get("queue-full", 0) for _, body, _ in receiver.posts)
        assert told == flushed.dropped
        ids = [each["id"] for each in receiver.committed()]
        assert len(set(ids)) == len(ids) == flushed.sent + 1
