"""Questions of one application fall into topics as they come."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest

from groundwatch.scoring.topics import application
from groundwatch.scoring.topics.application import Topics
from groundwatch.scoring.topics.asked import asked
from groundwatch.scoring.topics.cluster import Cluster
from groundwatch.scoring.topics.files import read_topics, written
from groundwatch.scoring.topics.naming import name_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)
QUESTIONS: dict[str, list[str]] = json.loads((Path(__file__).parent / "questions.json").read_text())
ALL = [(question, topic) for topic, some in QUESTIONS.items() for question in some]


def told(topics: Topics, *questions: str, at: datetime = NOW) -> list[str]:
    return [topics.assign(question, None, at) for question in questions]


def agreement(right: list[str], found: list[str]) -> tuple[float, float]:
    """Of the pairs put together, those that belong together; and the other way round."""
    pairs = list(combinations(range(len(right)), 2))
    together = {(i, j) for i, j in pairs if found[i] == found[j] and found[i]}
    belong = {(i, j) for i, j in pairs if right[i] == right[j]}
    both = len(together & belong)
    return both / len(together), both / len(belong)


@pytest.mark.parametrize("seed", range(3))
def test_questions_about_one_thing_come_together_in_any_order(seed: int):
    mixed = ALL.copy()
    Random(seed).shuffle(mixed)  # noqa: S311
    topics = Topics()
    told(topics, *(question for question, _ in mixed))
    again = told(topics, *(question for question, _ in mixed))
    precision, recall = agreement([topic for _, topic in mixed], again)
    assert precision > 0.9
    assert recall > 0.85
    assert 9 <= len(topics.names) <= 13


def test_a_topic_is_named_by_its_words():
    topics = Topics()
    for some in QUESTIONS.values():
        told(topics, *some)
    (refund,) = set(told(topics, "Where is my refund?"))
    assert refund.split(", ")[0] == "refund"
    (parking,) = set(told(topics, "Where is the parking garage?"))
    assert "parking" in parking.split(", ")
    for name in topics.names:
        assert 1 <= len(name.split(", ")) <= 3
        assert not any(character.isdigit() for character in name)


def test_a_question_asked_again_and_again_does_not_name_its_topic():
    topics = Topics()
    told(topics, *QUESTIONS["invoice"], *QUESTIONS["hotel"])
    told(topics, *["Who pays when I drop my laptop?"] * 2, *QUESTIONS["laptop"][:3])
    (name,) = set(told(topics, "Who pays when I drop my laptop?"))
    assert name == "laptop"


def test_the_first_questions_about_a_thing_have_no_topic_yet():
    topics = Topics()
    told(topics, *QUESTIONS["invoice"], *QUESTIONS["laptop"])
    names = told(topics, *QUESTIONS["hotel"][:5])
    assert names[:2] == ["", ""]
    assert names[2]
    assert set(names[2:]) == {names[2]}


def test_no_topic_is_named_before_the_everyday_words_are_known():
    topics = Topics()
    warm = application.WARM_FROM
    assert set(told(topics, *QUESTIONS["refund"], *QUESTIONS["hotel"][: warm - 9])) == {""}
    assert told(topics, "Which hotel is near the office?")[0]


def test_a_name_stays_whatever_else_is_asked():
    topics = Topics()
    first = told(topics, *QUESTIONS["hotel"], *QUESTIONS["refund"][:4])[-1]
    assert first
    for day in range(1, 30):
        at = NOW + timedelta(days=day)
        for topic, some in QUESTIONS.items():
            if topic != "refund":
                told(topics, *some, at=at)
        assert told(topics, *QUESTIONS["refund"], at=at)[:3] == [first] * 3


def test_a_word_of_every_question_tells_nothing_apart():
    topics = Topics()
    mixed = [f"{question} at Harborline" for question, _ in ALL]
    Random(1).shuffle(mixed)  # noqa: S311
    told(topics, *mixed)
    assert not any("harborline" in name for name in topics.names)
    assert len(topics.names) >= 8


def test_two_topics_never_share_a_name():
    def cranes() -> Cluster:
        cluster = Cluster(NOW, NOW)
        for question in ("the harbour crane", "a harbour crane on the quay"):
            cluster.join(asked(question, {}), NOW)
        return cluster

    taken: list[str] = []
    for _ in range(4):
        taken.append(name_of(cranes(), [], taken, {}))
    assert taken == [
        "crane, harbour",
        "crane, harbour, quay",
        "crane, harbour, quay (2)",
        "crane, harbour, quay (3)",
    ]


@pytest.mark.parametrize("text", ["", "???", "42 17 3", "the of and", "\x00\ud800", "é" * 5000])
def test_what_says_nothing_is_of_no_topic(text: str):
    topics = Topics()
    assert set(told(topics, text, text)) == {""}


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(application, "MOST_NAMED", 8)
    monkeypatch.setattr(application, "MOST_NAMELESS", 8)
    monkeypatch.setattr(application, "_STEMS", 50)
    topics, random = Topics(), Random(7)  # noqa: S311
    letters = "bcdfghklmnprstvz"
    for _ in range(600):
        word = "".join(random.choice(letters) + random.choice("aeiou") for _ in range(4))
        told(topics, *[f"{word} gate"] * random.choice((1, 4)))
    assert len(topics.names) <= 8
    assert len(topics.clusters) <= 16
    assert len(topics.stems) <= 101
    assert len(written(topics, "")) < 40_000


def test_a_forgotten_topic_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(application, "MOST_NAMED", 2)
    topics = Topics()
    told(topics, *QUESTIONS["refund"] * 2)
    told(topics, *QUESTIONS["hotel"], at=NOW + timedelta(days=80))
    names = topics.names
    assert told(topics, *QUESTIONS["parking"], at=NOW + timedelta(days=85))[-1] == ""
    assert topics.names == names
    later = told(topics, *QUESTIONS["parking"], at=NOW + timedelta(days=95))[-1]
    assert later in topics.names
    assert len(topics.names) == 2


def test_vectors_bring_together_what_shares_no_word():
    near = np.array([0.9, 0.44], np.float32)
    near /= np.linalg.norm(near)
    base = np.array([1.0, 0.0], np.float32)
    topics, name = Topics(), ""
    for question in ("staying home ill", "fever this morning", "a doctor's certificate") * 4:
        name = topics.assign(question, base, NOW)
    assert name
    assert topics.assign("flu since yesterday", near, NOW) == name
    assert topics.assign("mooring fees", np.array([0.0, 1.0], np.float32), NOW) == ""


def test_topics_are_the_same_after_reading_them_back():
    topics, vector = Topics(), np.array([0.6, 0.8], np.float32)
    for some in QUESTIONS.values():
        for question in some:
            topics.assign(question, vector if "refund" in question else None, NOW)
    back = read_topics(written(topics, "model-1"), "model-1")
    assert back.names == topics.names
    assert back.questions == topics.questions
    for ours, theirs in zip(topics.clusters, back.clusters, strict=True):
        assert theirs.likeness(asked("Where is my refund?", {}, vector)) == pytest.approx(
            ours.likeness(asked("Where is my refund?", {}, vector)), abs=0.002
        )
    other = read_topics(written(topics, "model-1"), "model-2")
    assert other.names == topics.names
    assert all(each.vector is None for each in other.clusters)


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"version": 99}', '{"version": 1}'])
def test_what_cannot_be_read_is_begun_anew(text: str | None):
    assert read_topics(text, "").clusters == []


def test_a_question_is_read_without_what_says_nothing():
    found = asked("Could you please tell me how long the refunds take?", {})
    assert set(found.words.values()) == {"refunds"}
    assert sum(value**2 for value in found.terms.values()) == pytest.approx(1.0)
