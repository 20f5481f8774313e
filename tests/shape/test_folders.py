"""The shape of the package: folders say what they are, files and functions stay readable."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "groundwatch"
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))
# A migration is one long list on purpose.
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
MOST_LINES = 350
MOST_FUNCTION_LINES = 60
# The attributes of ONNX operators are an open set; a decorated function's arguments are its own.
OPEN_ENDED = {"minilm_graph.py", "observed.py"}


def lines(node):
    assert node.end_lineno
    return node.end_lineno - node.lineno + 1


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=relative)
def test_a_folder_says_in_one_docstring_what_it_is(folder):
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_a_file_holds_one_concept_and_can_be_read_at_once(file):
    assert len(file.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_functions_are_short_and_name_their_arguments(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert lines(node) <= MOST_FUNCTION_LINES, node.name
            assert node.args.kwarg is None or file.name in OPEN_ENDED, node.name


def test_most_functions_are_under_25_lines():
    lengths = sorted(
        lines(node)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) * 9 // 10] <= 30
    assert lengths[len(lengths) // 2] <= 12
