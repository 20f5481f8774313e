"""The judge as the watch composes it: offered by scoring, kept in the store, off by default."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from groundwatch.app.judging import judged
from groundwatch.app.scoring import open_scoring
from groundwatch.config import Config, load
from groundwatch.domain.clock import system_clock
from groundwatch.domain.metrics import JUDGED_BY
from groundwatch.errors import ConfigInvalid
from groundwatch.models.settings import LLMSettings, NoEmbedderSettings
from groundwatch.scoring.judge.settings import JudgeSettings
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore, Recorded, open_events
from groundwatch.store.settings import StoreSettings
from tests.llm_stub import LLMStub, Stream
from tests.scoring.given import interaction
from tests.waiting import until

SUPPORTED = Stream(['{"unsupported": []}'])
EVERYTHING = JudgeSettings(enabled=True, share=1.0, zone_from=0.0, zone_to=1.0)


def configured(folder: Path, url: str, judge: JudgeSettings) -> Config:
    return Config(
        data=folder,
        embedder=NoEmbedderSettings(kind="none"),
        llm=LLMSettings(endpoints=(url,), model="tiny"),
        judge=judge,
    )


def scored(events: EventStore, config: Config, database: Database, id_: str) -> None:
    now = system_clock()
    one = interaction("The harbour of Lindholm opened in 1962.", "When did it open?")
    events.record([Entry(replace(one, id=id_, started_at=now - timedelta(seconds=5)))])
    with (
        judged(config, database, events, events, system_clock) as waiting,
        open_scoring(config, waiting, events, system_clock) as score,
    ):
        assert score() == 1
        if config.judge.enabled:
            until(lambda: _verdicts(events.get(id_)) == 1, 30)


def _verdicts(found: Recorded | None) -> int:
    if found is None or found.quality is None:
        return 0
    return sum(each.scorer.startswith(JUDGED_BY) for each in found.quality.scores)


def test_what_is_scored_is_judged_when_it_is_wanted(database: Database, tmp_path: Path):
    events = open_events(StoreSettings(), tmp_path, database, system_clock)
    with LLMStub() as stub:
        stub.script(SUPPORTED)
        scored(events, configured(tmp_path, stub.url, EVERYTHING), database, "wanted")
        assert len(stub.requests) == 1
    events.close()


def test_nothing_leaves_without_being_asked_for(database: Database, tmp_path: Path):
    events = open_events(StoreSettings(), tmp_path, database, system_clock)
    with LLMStub() as stub:
        wide = EVERYTHING.model_copy(update={"enabled": False})
        scored(events, configured(tmp_path, stub.url, wide), database, "not-wanted")
        assert stub.requests == []
    assert _verdicts(events.get("not-wanted")) == 0
    events.close()


def test_a_judge_without_a_model_is_refused(tmp_path: Path):
    file = tmp_path / "groundwatch.yaml"
    file.write_text("judge: {enabled: true}\n")
    with pytest.raises(ConfigInvalid, match=r"judge\.enabled is on, but there is no `llm:`"):
        load(file, {})
