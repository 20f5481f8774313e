from pathlib import Path

import pytest
from tests.llm_stub import LLMStub
from tests.models.bert import tiny_model

from groundwatch.models.cache import CachedEmbedder
from groundwatch.models.embedder import Urgency
from groundwatch.models.select import open_embedder, open_llm
from groundwatch.models.settings import (
    LLMSettings,
    MiniLMSettings,
    NoEmbedderSettings,
    OpenAIEmbedderSettings,
)


def test_none_is_none(tmp_path: Path):
    assert open_embedder(NoEmbedderSettings(kind="none"), tmp_path) is None


def test_minilm_is_opened_cached(tmp_path: Path):
    tiny_model(tmp_path / "tiny")
    embedder = open_embedder(MiniLMSettings(path=str(tmp_path / "tiny")), tmp_path / "models")

    assert isinstance(embedder, CachedEmbedder)
    for urgency in Urgency:
        assert embedder.embed(["a b", "c"], urgency).shape == (2, 48)
    assert embedder.counts().hits == 2


@pytest.mark.integration
def test_an_endpoint_is_opened_cached(tmp_path: Path):
    with LLMStub() as stub:
        settings = OpenAIEmbedderSettings(
            kind="openai", endpoints=(stub.url,), model="m", dimensions=64
        )
        embedder = open_embedder(settings, tmp_path)
        assert isinstance(embedder, CachedEmbedder)
        for _ in range(2):
            assert embedder.embed(["a"], Urgency.QUESTION).shape == (1, 64)
        assert len(stub.requests) == 1
        assert "Authorization" not in stub.requests[0].headers


def test_a_language_model_is_opened_without_asking_anybody():
    assert open_llm(LLMSettings(endpoints=("http://127.0.0.1:9/v1",), model="m")).model == "m"
