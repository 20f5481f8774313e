"""Fixtures for tests with a real server; a folder's conftest imports those it uses."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from groundwatch.models.minilm_build import prepare
from groundwatch.models.settings import MiniLMSettings
from tests.app.deployment import Deployment


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the real model, prepared once a test run."""
    root = tmp_path_factory.getbasetemp()
    folder: Path = (root.parent if root.name.startswith("popen-") else root) / "models"
    prepare(MiniLMSettings(), folder)
    return folder


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Parts of the configuration of `server`; a file with other wishes defines its own."""
    return {}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, models: Path, settings: dict[str, Any]
) -> Iterator[Deployment]:
    """One running server with a few documents, shared by the tests of a file."""
    root = tmp_path_factory.mktemp("server")
    with Deployment(root, models, settings=settings) as deployment:
        yield deployment.start()


@pytest.fixture
def deploy(tmp_path: Path, models: Path) -> Iterator[Callable[..., Deployment]]:
    """Makes installations of a test's own; they are stopped at its end."""
    with ExitStack() as stack:

        def make(name: str = "own", **arguments: Any) -> Deployment:
            return stack.enter_context(Deployment(tmp_path / name, models, **arguments))

        yield make
