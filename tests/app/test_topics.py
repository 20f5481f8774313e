"""Topics of the watch over a real store."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from groundwatch.app.scoring import open_scoring
from groundwatch.app.topics import open_topics
from groundwatch.config import Config
from groundwatch.domain.clock import system_clock
from groundwatch.domain.metrics import REQUESTS
from groundwatch.models.settings import MiniLMSettings, NoEmbedderSettings
from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, Entry, open_events
from groundwatch.store.settings import StoreSettings
from tests.scoring.given import interaction
from tests.scoring.topics.test_application import QUESTIONS

ASKED = [*QUESTIONS["laptop"], *QUESTIONS["invoice"], *QUESTIONS["refund"]]


def test_what_is_scored_has_its_topic_and_keeps_it(database: Database, tmp_path: Path):
    """Also after a start of the watch, on either database."""
    config = Config(data=tmp_path, embedder=NoEmbedderSettings(kind="none"))
    now = system_clock()
    events = open_events(StoreSettings(), tmp_path, database, system_clock)
    names, found = [], []
    for start in range(2):
        entries = [
            Entry(
                replace(
                    interaction("An answer.", question),
                    id=f"{start}-{number}",
                    started_at=now - timedelta(seconds=number),
                )
            )
            for number, question in enumerate(ASKED)
        ]
        events.record(entries)
        with (
            open_topics(config, database, system_clock) as topics,
            open_scoring(config, events, events, system_clock, topics.topic) as score,
        ):
            assert score() == len(ASKED)
        found = [events.get(entry.interaction.id) for entry in entries]
        names.append([each.quality.topic for each in found if each and each.quality])
    first, second = names
    assert [set(second[at : at + 8]) - {""} for at in (0, 8, 16)] == [
        {second[at]} for at in (0, 8, 16)
    ]
    assert {name for name in first if name} <= set(second)
    query = CellQuery(
        REQUESTS.name, now - timedelta(hours=1), now, "minute", dimension="topic", label=second[16]
    )
    assert sum(cell.total for cell in events.cells(query)) == (first + second).count(second[16])
    quality = found[0].quality if found[0] else None
    assert quality is not None
    assert quality.category == "problem"
    assert quality.complexity is not None
    events.close()


def test_without_an_engine_words_decide(database: Database, tmp_path: Path):
    """The embedder is the engine's, which need not run."""
    config = Config(data=tmp_path, embedder=MiniLMSettings())
    with open_topics(config, database, system_clock) as topics:
        names = [topics.topic(interaction("", question)) for question in ASKED]
    assert any("refund" in name for name in names)
