"""The shape of the package: every folder of the design exists and says what it is."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "groundwatch"
FOLDERS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_in_one_docstring_what_it_is(folder):
    tree = ast.parse((PACKAGE / folder / "__init__.py").read_text())
    assert ast.get_docstring(tree)
