from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.deployment import Deployment
from tests.app.fixtures import deploy, models, server, settings

__all__ = ["deploy", "models", "server", "settings"]

STRICT: dict[str, Any] = {
    "indexing": {"max_file_megabytes": 1, "parse_seconds": 20, "reconcile_seconds": 2}
}


@pytest.fixture(scope="session")
def strict(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Deployment]:
    """One running server for everything that people should not send it."""
    with Deployment(tmp_path_factory.mktemp("strict"), models, settings=STRICT) as deployment:
        yield deployment.start()
