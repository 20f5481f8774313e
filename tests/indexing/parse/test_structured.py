"""Notebooks; JSON stands among the cases."""

import json

import pytest

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.formats import parse


def test_a_notebook_is_its_markdown_and_its_code():
    cells = [
        {"cell_type": "markdown", "source": ["# Tide study\n", "\n", "Measured *daily*."]},
        {"cell_type": "code", "source": "import math\n\nmath.pi", "outputs": [{"text": "3.14"}]},
    ]
    parsed = parse("study.ipynb", json.dumps({"cells": cells, "metadata": {}}).encode())
    assert parsed.text == "Tide study\n\nMeasured daily.\n\nimport math\n\nmath.pi"
    assert parsed.title == "Tide study"


@pytest.mark.parametrize("data", [b"{}", b"not json", b"[1]", b'{"cells": [{"source": 1}]}'])
def test_a_damaged_notebook_is_corrupt(data):
    with pytest.raises(DocumentRejected) as caught:
        parse("study.ipynb", data)
    assert caught.value.reason == "corrupt"
