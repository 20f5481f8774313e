"""How questions are answered when a variant of an experiment changes prompt and model."""

from pathlib import Path

from groundwatch.analytics.experiments_settings import VariantSettings
from groundwatch.app.answering import make_variant
from groundwatch.app.ground import open_ground
from groundwatch.config import Config
from groundwatch.domain.answers import AnswerDone
from groundwatch.domain.clock import system_clock
from groundwatch.generation.prompt import PROMPT_VERSION
from groundwatch.generation.settings import GenerationSettings
from groundwatch.generation.ways import Way
from groundwatch.models.settings import LLMSettings, NoEmbedderSettings
from tests.generation.fakes import passage
from tests.llm_stub import LLMStub, Stream

MEALS = passage("The daily meal allowance is 40 euros.", title="Travel")
SAID = Stream(["The daily meal ", "allowance is 40 euros [1]."])


def answered(way: Way) -> AnswerDone:
    *_, done = way.answerer.answer("How much may I eat for?", [MEALS], lambda: False)
    assert isinstance(done, AnswerDone)
    return done


def test_a_variant_has_a_prompt_and_a_model_of_its_own(tmp_path: Path) -> None:
    new = VariantSettings(
        share=0.5, llm={"model": "small"}, answers={"instructions": "Name the steps first."}
    )
    with LLMStub() as stub:
        config = Config(
            data=tmp_path,
            embedder=NoEmbedderSettings(kind="none"),
            answers=GenerationSettings(answerer="llm"),
            llm=LLMSettings(endpoints=(stub.url,), model="large", api_key="k"),
        )
        stub.script(SAID, SAID)
        with open_ground(config, system_clock) as ground:
            usual = answered(make_variant(ground, {})).answer
            changed = answered(make_variant(ground, new.changes)).answer
        first, second = stub.requests
    assert (first.body["model"], second.body["model"]) == ("large", "small")
    assert "Name the steps first." not in str(first.body["messages"])
    assert "Name the steps first." in str(second.body["messages"])
    assert second.headers["Authorization"] == "Bearer k", "the key stays that of `llm`"
    assert (usual.model, usual.prompt_version) == ("large", PROMPT_VERSION)
    assert changed.model == "small"
    assert changed.prompt_version != PROMPT_VERSION
