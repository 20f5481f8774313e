"""The watch scores by itself what was recorded, by any process."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from tests.scoring.given import interaction
from tests.waiting import until

from groundwatch.app.paths import DataFolder
from groundwatch.app.scoring import open_scoring
from groundwatch.app.watching import open_watching
from groundwatch.config import load
from groundwatch.domain.clock import system_clock
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Quality
from groundwatch.domain.status import Status
from groundwatch.models.embedder import Urgency
from groundwatch.scoring.relevance import EMBEDDED, LEXICAL
from groundwatch.store.database import open_database
from groundwatch.store.events import Entry, Recorded, open_events
from groundwatch.wire.server import Server

PATIENCE = 30.0
CONFIG = """
data: data
embedder: {kind: none}
quality_assessment: {weights: {accuracy: 1, completeness: 0, relevance: 0, consistency: 0}}
quality_thresholds: {accuracy: 0.7}
"""


def test_what_is_recorded_is_scored_by_the_configured_weights(tmp_path: Path) -> None:
    path = tmp_path / "groundwatch.yaml"
    path.write_text(CONFIG)
    (tmp_path / "data").mkdir()
    found: dict[str, Recorded] = {}
    with open_watching(load(path, {}), system_clock) as watching:
        for name, year in (("right", 1962), ("wrong", 1972)):
            one = interaction(f"The harbour of Lindholm opened in {year}.", "When did it open?")
            watching.events.record([Entry(replace(one, id=name, started_at=system_clock()))])

        def scored() -> bool:
            for name in ("right", "wrong"):
                one = watching.events.get(name)
                if one is not None and one.quality is not None:
                    found[name] = one
            return len(found) == 2

        until(scored, PATIENCE)
        assert watching.events.backlog() == 0
    right, wrong = found["right"].quality, found["wrong"].quality
    assert right is not None
    assert wrong is not None
    disagree = [each.score(Dimension.CONSISTENCY) for each in (right, wrong)]
    flags = [each.flags for each in disagree if each is not None]
    assert sorted(flags) == [(), ("contradicts_earlier",)]  # one of them was scored first
    accuracy = right.score(Dimension.ACCURACY)
    assert accuracy is not None
    assert right.overall == accuracy.value
    assert right.status is Status.HEALTHY
    assert wrong.status is Status.DEGRADED
    assert wrong.reasons[0].endswith("under its floor of 0.70")


class Engine:
    """The engine's embedder as the watch meets it: a socket that answers `embedder.embed`."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], int]] = []

    def embed(self, payload: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((payload["texts"], payload["urgency"]))
        vectors = np.ones((len(payload["texts"]), 1), dtype="<f4")
        return {"vectors": vectors.tobytes(), "name": "one", "dimensions": 1}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: sockets have short names."""
    with TemporaryDirectory() as name:
        path = Path(name)
        DataFolder(path / "data").prepare()
        (path / "groundwatch.yaml").write_text(
            "data: data\n"
            "quality_assessment: {forbidden_topics: [lindholm], require_citations: true}\n"
        )
        yield path


def score_all(folder: Path, answers: dict[str, Interaction]) -> dict[str, Quality]:
    """Record and score, as the watch does between a start and a stop."""
    config = load(folder / "groundwatch.yaml", {})
    with ExitStack() as stack:
        database = open_database(config.store, config.data, system_clock)
        stack.callback(database.close)
        events = open_events(config.store, config.data, database, system_clock)
        stack.callback(events.close)
        events.record([Entry(replace(each, id=name)) for name, each in answers.items()])
        chore = stack.enter_context(open_scoring(config, events, events, system_clock))
        assert chore() == len(answers)
        found = {name: events.get(name) for name in answers}
    return {name: each.quality for name, each in found.items() if each and each.quality}


def test_texts_of_a_batch_go_to_the_engine_at_once_and_after_its_questions(folder: Path) -> None:
    engine = Engine()
    one = replace(interaction("It opened in 1962.", "When did it open?"), started_at=system_clock())
    other = replace(one, query="When was it opened?")
    with Server(DataFolder(folder / "data").engine_socket, {"embedder.embed": engine.embed}):
        found = score_all(folder, {"one": one, "other": other})
    ((texts, urgency),) = engine.asked
    assert sorted(texts) == ["It opened in 1962.", "When did it open?", "When was it opened?"]
    assert urgency == Urgency.BULK
    relevance = found["one"].score(Dimension.RELEVANCE)
    assert relevance is not None
    assert (relevance.scorer, relevance.facts["closeness"]) == (EMBEDDED, 1.0)


def test_without_the_engine_words_decide_and_rules_are_kept(folder: Path) -> None:
    one = interaction("The harbour of Lindholm opened in 1962.", "When did it open?")
    found = score_all(folder, {"one": replace(one, started_at=system_clock())})["one"]
    relevance, compliance = (
        found.score(each) for each in (Dimension.RELEVANCE, Dimension.COMPLIANCE)
    )
    assert relevance is not None
    assert compliance is not None
    assert relevance.scorer == LEXICAL
    assert relevance.value is not None
    assert set(compliance.flags) == {"forbidden_topic", "missing_citation"}


def test_answers_scored_before_a_restart_are_remembered(folder: Path) -> None:
    def answer(year: int) -> Interaction:
        text = f"The harbour of Lindholm opened in {year}."
        return replace(interaction(text, "When did it open?"), started_at=system_clock())

    score_all(folder, {"before": answer(1962)})
    after = score_all(folder, {"after": answer(1972)})["after"]
    found = after.score(Dimension.CONSISTENCY)
    assert found is not None
    assert found.flags == ("contradicts_earlier",)
    assert found.evidence[0].detail == "before"
