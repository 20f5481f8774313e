from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.deployment import Deployment
from tests.app.fixtures import deploy, models, server, settings

__all__ = ["deploy", "models", "server", "settings"]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Deployment]:
    """One running server for the files whose tests leave its documents and rules alone."""
    with Deployment(tmp_path_factory.mktemp("company"), models) as deployment:
        yield deployment.start()
