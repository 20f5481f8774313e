"""The real model, prepared once a test run."""

from pathlib import Path

import pytest

from groundwatch.models.minilm import MiniLM
from groundwatch.models.minilm_build import PreparedModel, prepare
from groundwatch.models.settings import MiniLMSettings


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedModel:
    root = tmp_path_factory.getbasetemp()
    folder: Path = root.parent if root.name.startswith("popen-") else root
    return prepare(MiniLMSettings(), folder / "models")


@pytest.fixture(scope="session")
def minilm(prepared: PreparedModel) -> MiniLM:
    return MiniLM(prepared)
