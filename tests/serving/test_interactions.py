"""Interactions and events over HTTP: taken one by one, shown to whom they concern."""

import gzip
import json
import threading
from datetime import timedelta

import pytest
from tests.serving.company import LEAVE, NOW, document_id
from tests.waiting import until

from groundwatch.client import Client, Event, Interaction, Options, Passage
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, RetrievedPassage
from groundwatch.domain.interactions import Interaction as Own
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.status import Severity, Status

pytestmark = pytest.mark.integration
LEAVE_ID = document_id("handbook", "people/leave.md")
SALARIES_ID = document_id("handbook", "hr/salaries.md")
ID = "0123456789abcdef"


def item(id_=ID, **more):
    needed = {"id": id_, "started_at": NOW.isoformat(), "duration": 0.5, "query": "why"}
    return {**needed, **more}


def sent(client, *items, application="shop", **more):
    body = {"application": application, "interactions": items, **more}
    response = client("ben").post("/v1/interactions", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def own(user="anna", id_=ID, **more):
    passages = (
        RetrievedPassage(1, LEAVE, LEAVE_ID, title="Leave", source="handbook", cited=True),
        RetrievedPassage(2, "98,000 crowns", SALARIES_ID, title="Salary bands", score=0.4),
    )
    given = {"passages": passages, "response": "26 weeks.", "user": user, "model": "m", **more}
    return Own(id_, "groundwatch", NOW, 1.5, Outcome.ANSWERED, Severity.INFO, "leave?", **given)


QUALITY = Quality(
    scores=(
        Score(
            Dimension.ACCURACY,
            0.9,
            confidence=0.8,
            evidence=(
                Evidence("passage:1", "supports", 0, 5, "Every"),
                Evidence("passage:2", "supports", 0, 6, "98,000"),
            ),
            facts={"used_share": 0.5},
            scorer="a/1",
        ),
        Score(Dimension.RETRIEVAL, None, reason="no gold answers"),
    ),
    overall=0.9,
    composite=0.9,
    coverage=0.3,
    status=Status.HEALTHY,
    scored_at=NOW,
)


class TestTaking:
    def test_what_is_accepted_is_kept_with_all_its_fields(self, client, here):
        whole = item(
            response="because",
            passages=[{"text": "p", "document_id": "d", "score": 0.0, "cited": True}],
            stages=[{"name": "search", "start": 0.1, "duration": 0.2}],
            first_token=0.3, input_tokens=5, output_tokens=2, cost=0.01, model="m", user="u",
            flags=["odd"], attributes={"plan": "gold"}, outcome="declined", severity="low",
        )  # fmt: skip
        assert sent(client, whole) == {
            "accepted": 1,
            "rejected": 0,
            "results": [{"id": ID, "status": "accepted", "reason": ""}],
        }
        one = here.watch.events.kept[ID].interaction
        assert (one.application, one.outcome, one.severity) == ("shop", "declined", "low")
        assert one.passages == (RetrievedPassage(1, "p", "d", score=0.0, cited=True),)
        assert one.attributes == {"plan": "gold", "recorded_by": "ben"}
        assert (one.stages[0].start, one.flags, one.cost) == (0.1, ("odd",), 0.01)

    @pytest.mark.parametrize(
        ("wrong", "where"),
        [
            ({"id": "x"}, "id"),
            ({"id": "a" * 65}, "id"),
            ({"duration": -1}, "duration"),
            ({"duration": None}, "duration"),
            ({"started_at": "2026-03-02T09:30:00"}, "started_at"),
            ({"started_at": (NOW + timedelta(days=2)).isoformat()}, "started_at"),
            ({"started_at": (NOW - timedelta(days=31)).isoformat()}, "started_at"),
            ({"query": 7}, "query"),
            ({"query": "q" * 100_001}, "query"),
            ({"outcome": "splendid"}, "outcome"),
            ({"confidence": 2}, "confidence"),
            ({"passages": [{"text": "a", "score": "high"}]}, "passages.0.score"),
            ({"attributes": {"a": 1}}, "attributes.a"),
            ({"unknown": 1}, "unknown"),
            ({"application": "groundwatch"}, "application"),
        ],
    )
    def test_one_bad_item_is_rejected_with_its_reason_and_costs_no_other(
        self, client, here, wrong, where
    ):
        told = sent(client, item("first-id"), item() | wrong, item("third-id"))
        assert [each["status"] for each in told["results"]] == ["accepted", "rejected", "accepted"]
        assert told["results"][1]["reason"].startswith(where)
        assert (told["accepted"], told["rejected"]) == (2, 1)
        assert here.watch.events.kept.keys() == {"first-id", "third-id"}

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
    def test_numbers_that_are_none_are_rejected(self, client, here, number):
        raw = f'"id": "{ID}", "started_at": "{NOW.isoformat()}", "duration": {number}, "query": "q"'
        response = client("ben").post(
            "/v1/interactions",
            content=f'{{"application": "shop", "interactions": [{{{raw}}}]}}',
            headers={"Content-Type": "application/json"},
        )
        assert response.json()["rejected"] == 1
        assert not here.watch.events.kept

    @pytest.mark.parametrize(
        "body",
        [
            {"interactions": []},
            {"application": " ", "interactions": []},
            {"application": "shop"},
            {"application": "shop", "interactions": [1]},
            {"application": "shop", "interactions": [{}] * 1001},
            {"application": "shop", "interactions": [], "dropped": {"a": -1}},
        ],
    )
    def test_a_batch_that_is_none_is_refused_whole(self, client, body):
        assert client("ben").post("/v1/interactions", json=body).status_code == 422

    def test_overload_is_answered_for_the_whole_batch_before_anything_is_taken(self, client, here):
        here.watch.events.is_full = True
        body = {"application": "shop", "interactions": [item()], "dropped": {"queue-full": 2}}
        response = client("ben").post("/v1/interactions", json=body)
        assert (response.status_code, response.headers["retry-after"]) == (429, "2")
        here.watch.counts.flush()
        assert not here.watch.events.points

    def test_a_batch_sent_again_replaces_and_counts_once(self, client, here):
        for query in ("one", "two"):
            sent(client, item(query=query), {"id": "bad"}, batch="b1", dropped={"queue-full": 3})
        assert here.watch.events.kept[ID].interaction.query == "two"
        here.watch.counts.flush()
        assert here.watch.events.points == {
            ("shop", "accepted"): 1,
            ("shop", "rejected"): 1,
            ("shop", "malformed"): 1,
            ("shop", "dropped"): 3,
            ("shop", "duplicate"): 1,
        }

    def test_nobody_replaces_what_somebody_else_recorded(self, client, here):
        here.watch.events.put(own())
        assert "is taken" in sent(client, item())["results"][0]["reason"]
        sent(client, item("mine-1234"), application="shop")
        other = sent(client, item("mine-1234"), application="other")
        assert "is taken" in other["results"][0]["reason"]
        body = {"application": "shop", "interactions": [item("mine-1234")]}
        as_cleo = client("cleo").post("/v1/interactions", json=body).json()
        assert "is taken" in as_cleo["results"][0]["reason"]

    def test_readers_may_not_send(self, client):
        body = {"application": "shop", "interactions": []}
        assert client("anna").post("/v1/interactions", json=body).status_code == 403


class TestShowing:
    def test_ones_own_with_quality_performance_and_business_values(self, client, here):
        here.watch.events.put(own(cost=0.02, input_tokens=3))
        here.watch.events.score(ID, QUALITY)
        found = here.watch.events.kept[ID]
        said = Feedback(ID, "anna", NOW, thumb=1)
        here.watch.events.kept[ID] = type(found)(
            found.interaction, found.state, found.quality, (said,)
        )
        shown = client("hana").get(f"/v1/interactions/{ID}")
        assert shown.status_code == 404
        shown = client("anna").get(f"/v1/interactions/{ID}").json()
        assert (shown["state"], shown["status"], shown["overall"]) == ("scored", "healthy", 0.9)
        assert shown["performance"]["latency_class"] == "good"
        assert shown["business"]["cost"] == 0.02
        assert shown["business"]["satisfaction"] == 1.0
        assert shown["business"]["feedback"][0]["thumb"] == 1
        assert shown["quality"]["scores"][1] | {"cost": 0} == {
            "dimension": "retrieval", "value": None, "confidence": None,
            "reason": "no gold answers", "evidence": [], "flags": [], "facts": {}, "scorer": "",
            "cost": 0,
        }  # fmt: skip

    def test_passages_are_shown_only_of_documents_that_may_be_read_now(self, client, here):
        here.watch.events.put(own())
        here.watch.events.score(ID, QUALITY)
        response = client("anna").get(f"/v1/interactions/{ID}")
        leave, salaries = response.json()["passages"]
        assert (leave["readable"], leave["text"], leave["title"]) == (True, LEAVE, "Leave")
        assert salaries == {
            "rank": 2, "readable": False, "text": "", "document_id": "", "document_version": None,
            "chunk_id": "", "title": "", "source": "", "score": 0.4, "cited": False,
            "start": None, "end": None,
        }  # fmt: skip
        assert response.json()["response"] == "26 weeks."
        assert "98,000" not in response.text
        assert "Salary bands" not in response.text

    def test_an_answer_that_cites_what_may_not_be_read_any_more_is_withheld(self, client, here):
        here.watch.events.put(own())
        del here.library.records[LEAVE_ID]
        shown = client("anna").get(f"/v1/interactions/{ID}").json()
        assert (shown["response"], shown["response_withheld"]) == ("", True)
        assert shown["query"] == "leave?"

    def test_what_one_handed_in_is_ones_own_with_its_passages(self, client, here):
        sent(client, item(passages=[{"text": "theirs", "document_id": SALARIES_ID}]))
        shown = client("ben").get(f"/v1/interactions/{ID}").json()
        assert shown["passages"][0]["text"] == "theirs"
        assert client("cleo").get(f"/v1/interactions/{ID}").status_code == 200
        assert client("anna").get(f"/v1/interactions/{ID}").status_code == 404

    def test_a_user_of_another_application_is_no_user_of_ours(self, client, here):
        sent(client, item(user="anna"))
        unknown = client("anna").get(
            "/v1/interactions/unknown-id", headers={"X-Correlation-Id": "c"}
        )
        theirs = client("anna").get(f"/v1/interactions/{ID}", headers={"X-Correlation-Id": "c"})
        assert (theirs.status_code, theirs.content) == (404, unknown.content)
        assert client("anna").get("/v1/interactions").json()["interactions"] == []

    def test_waiting_ends_with_the_scores(self, client, here):
        here.watch.events.put(own())
        threading.Timer(0.2, here.watch.events.score, (ID, QUALITY)).start()
        shown = client("anna").get(f"/v1/interactions/{ID}?wait=10").json()
        assert shown["state"] == "scored"

    def test_waiting_ends_in_time_and_shows_what_there_is(self, client, here):
        here.watch.events.put(own())
        assert client("anna").get(f"/v1/interactions/{ID}?wait=0.2").json()["state"] == "pending"
        assert client("anna").get("/v1/interactions/unknown-id?wait=0.1").status_code == 404
        assert client("anna").get(f"/v1/interactions/{ID}?wait=31").status_code == 422

    def test_lists_are_ones_own_or_everybodys_and_come_in_pages(self, client, here):
        for number in range(5):
            user = "anna" if number % 2 else "hana"
            started = NOW - timedelta(minutes=number)
            one = own(user, f"{ID}{number}")
            here.watch.events.put(type(one)(**{**fields_of(one), "started_at": started}))
        sent(client, item("shop-1234"))
        mine = client("anna").get("/v1/interactions").json()
        assert [each["id"][-1] for each in mine["interactions"]] == ["1", "3"]
        assert client("anna").get("/v1/interactions?user=hana").json()["interactions"] == []
        assert client("anna").get("/v1/interactions?application=shop").json()["interactions"] == []
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            page = client("cleo").get("/v1/interactions", params={"limit": 2, "after": after})
            seen += [each["id"] for each in page.json()["interactions"]]
            after = page.json()["next"]
        assert seen == sorted(set(seen), key=seen.index)
        assert len(seen) == 6
        assert "response" not in mine["interactions"][0]

    @pytest.mark.parametrize(
        "query", ["after=x", "after=2026-01-01~a", "text=a", "limit=0", "since=noon", "nothing=1"]
    )
    def test_a_wrong_question_is_told(self, client, query):
        assert client("anna").get(f"/v1/interactions?{query}").status_code == 422


def fields_of(one):
    return {name: getattr(one, name) for name in one.__slots__}


class TestEvents:
    def test_events_are_taken_one_by_one_and_listed(self, client, here):
        good = {"id": "deploy-1", "at": NOW.isoformat(), "type": "deploy", "metrics": {"wait": 0.5}}
        bad = good | {"id": "deploy-2", "metrics": {"Wait": 1}}
        body = {"application": "shop", "events": [bad, good]}
        told = client("ben").post("/v1/events", json=body).json()
        assert [each["status"] for each in told["results"]] == ["rejected", "accepted"]
        assert told["results"][0]["reason"].startswith("metrics.Wait")
        params = {"until": (NOW + timedelta(seconds=1)).isoformat()}
        (listed,) = client("cleo").get("/v1/events", params=params).json()["events"]
        assert (listed["id"], listed["sender"]) == ("deploy-1", "ben")
        assert (listed["application"], listed["metrics"]) == ("shop", {"wait": 0.5})
        others = client("cleo").get("/v1/events", params=params | {"type": "model"}).json()
        assert others == {"events": []}
        assert client("anna").get("/v1/events").status_code == 403

    def test_nobody_replaces_what_somebody_else_told(self, client, here):
        event = {"id": "deploy-1", "at": NOW.isoformat(), "type": "deploy"}
        for user in ("ben", "cleo"):
            body = {"application": "shop", "events": [event]}
            assert client(user).post("/v1/events", json=body).json()["accepted"] == 1
        assert here.watch.events.happened.keys() == {"ben/deploy-1", "cleo/deploy-1"}

    def test_names_of_metrics_are_bounded(self, client, here):
        def event(first, count):
            names = {f"m{number}": 1.0 for number in range(first, first + count)}
            return {
                "id": f"numbers-{first}",
                "at": NOW.isoformat(),
                "type": "metric",
                "metrics": names,
            }

        events = [event(first, 50) for first in range(0, 1000, 50)]
        body = {"application": "shop", "events": events}
        assert client("ben").post("/v1/events", json=body).json()["accepted"] == 20
        told = (
            client("ben")
            .post("/v1/events", json=body | {"events": [event(990, 20), event(5, 2)]})
            .json()
        )
        assert [each["status"] for each in told["results"]] == ["rejected", "accepted"]
        assert "1000 names already" in told["results"][0]["reason"]


class TestFeedback:
    def told(self, client, *items, user="ben"):
        body = {"application": "shop", "feedback": items}
        response = client(user).post("/v1/feedback", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def test_it_joins_what_the_same_sender_recorded(self, client, here):
        sent(client, item(user="customer"))
        said = {"interaction_id": ID, "given_at": NOW.isoformat(), "rating": 4, "comment": " ok "}
        told = self.told(client, said, {**said, "user": "other", "rating": None, "thumb": -1})
        assert (told["accepted"], told["rejected"]) == (2, 0)
        first, second = here.watch.events.kept[ID].feedback
        assert (first.user, first.rating, first.comment) == ("customer", 4, "ok")
        assert (second.user, second.thumb) == ("other", -1)

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"interaction_id": "not-there-0"}, "interaction_id"),
            ({"rating": 6}, "rating"),
            ({"thumb": 0}, "thumb"),
            ({"rating": None}, "thumb, a rating or a comment"),
            ({"given_at": "2036-01-01T00:00:00Z"}, "given_at"),
        ],
    )
    def test_what_says_nothing_or_of_nothing_is_rejected_alone(self, client, here, changed, reason):
        sent(client, item())
        said = {"interaction_id": ID, "given_at": NOW.isoformat(), "rating": 4}
        told = self.told(client, {**said, **changed}, said)
        assert [each["status"] for each in told["results"]] == ["rejected", "accepted"]
        assert reason in told["results"][0]["reason"]
        assert len(here.watch.events.kept[ID].feedback) == 1

    def test_nobody_rates_what_somebody_else_recorded_or_what_we_answered(self, client, here):
        here.watch.events.put(own(id_="fedcba9876543210", user="ben"))
        sent(client, item())
        said = {"interaction_id": ID, "given_at": NOW.isoformat(), "rating": 1}
        assert self.told(client, said, user="cleo")["rejected"] == 1
        ours = self.told(client, {**said, "interaction_id": "fedcba9876543210"})
        assert ours["rejected"] == 1
        assert here.watch.events.kept[ID].feedback == ()

    def test_readers_may_not_send(self, client):
        assert client("anna").post("/v1/feedback", json={}).status_code == 403


class TestCompressed:
    def post(self, client, content, encoding="gzip"):
        headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
        return client("ben").post("/v1/interactions", content=content, headers=headers)

    def test_gzip_is_unpacked_also_in_pieces(self, client, here):
        items = [item(f"{place:016x}") for place in range(200)]
        data = gzip.compress(json.dumps({"application": "shop", "interactions": items}).encode())
        assert self.post(client, data).json()["accepted"] == 200
        pieces = (data[place : place + 7] for place in range(0, len(data), 7))
        assert self.post(client, pieces, "x-gzip").json()["accepted"] == 200
        assert len(here.watch.events.kept) == 200

    @pytest.mark.parametrize(
        ("data", "encoding", "status"),
        [
            (gzip.compress(b" " * 100_000_000, mtime=0), "gzip", 413),
            (
                gzip.compress(b'{"application": "shop", "interactions": []}', mtime=0)[:-9],
                "gzip",
                400,
            ),
            (b"this is no gzip", "gzip", 400),
            (b"", "gzip", 400),
            (b"{}", "br", 415),
            (gzip.compress(b"{}", mtime=0), "gzip", 422),
        ],
        ids=["bomb", "cut", "no gzip", "nothing", "unknown encoding", "empty object"],
    )
    def test_what_is_no_gzip_or_a_bomb_is_refused(self, client, here, data, encoding, status):
        reply = self.post(client, data, encoding)
        assert reply.status_code == status
        assert reply.headers["content-type"] == "application/problem+json"
        assert here.watch.events.kept == {}


class TestTheClient:
    """The real client against the real server."""

    def test_feedback_follows_its_interaction_compressed_too(self, address, here):
        options = Options(interval=0.01, compress=True)
        client = Client(address, "gw_ben", "shop", options=options, clock=NOW.timestamp)
        id_ = client.observe(Interaction("How long?", "26 weeks.", user="customer"))
        client.feedback(id_, thumb=-1, comment="which law?")
        client.feedback("nobody-knows", rating=5)
        flushed = client.close(5)
        assert (flushed.sent, flushed.rejected, flushed.dropped) == (2, 1, 0)
        (said,) = here.watch.events.kept[id_].feedback
        assert (said.user, said.thumb, said.comment) == ("customer", -1, "which law?")

    def test_what_it_tells_arrives_whole(self, address, here):
        client = Client(
            address, "gw_ben", "shop", options=Options(interval=0.01), clock=NOW.timestamp
        )
        with client.observing("How long?") as seen:
            with seen.stage("search"):
                pass
            seen.passages = ["plain", Passage("rich", document_id="d", score=0.0, cited=True)]
            seen.response = "26 weeks. \0"
            seen.cost = 0.0
        client.observe(Interaction("wrong", outcome="splendid"))
        client.event(Event("deploy", "release 12", metrics={"wait": 0.5}))
        flushed = client.close(5)
        assert (flushed.sent, flushed.rejected) == (2, 1)
        assert "outcome" in flushed.problems[0]
        one = here.watch.events.kept[seen.id].interaction
        assert (one.query, one.application, one.cost) == ("How long?", "shop", 0.0)
        assert [each.text for each in one.passages] == ["plain", "rich"]
        assert [stage.name for stage in one.stages] == ["search"]
        assert [each.metrics for each in here.watch.events.happened.values()] == [{"wait": 0.5}]

    def test_it_comes_through_overload(self, address, here):
        here.watch.events.is_full = True
        client = Client(
            address, "gw_ben", "shop", options=Options(interval=0.01), clock=NOW.timestamp
        )
        client.observe(Interaction("q"))
        until(lambda: client.counts().problems)
        here.watch.events.is_full = False
        assert client.flush(10).complete
        client.close(1)
        assert len(here.watch.events.kept) == 1
