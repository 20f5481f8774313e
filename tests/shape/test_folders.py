"""The shape of the package: folders say what they are, files and functions stay readable."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "groundwatch"
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))
# A migration is one long list on purpose.
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
MOST_LINES = 350
MOST_FUNCTION_LINES = 60
# The attributes of ONNX operators are an open set; a decorated function's arguments are its own.
OPEN_ENDED = {"minilm_graph.py", "observed.py"}


Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions() -> tuple[tuple[str, Function], ...]:
    """Every function, with its file."""
    return tuple(_functions())


def _functions() -> Iterator[tuple[str, Function]]:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, Function):
                yield relative(file), node


def lines(node: Function) -> int:
    assert node.end_lineno
    return node.end_lineno - node.lineno + 1


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_a_folder_says_in_one_docstring_what_it_is():
    silent = [
        relative(folder)
        for folder in FOLDERS
        if not ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    ]
    assert silent == []


def test_a_file_holds_one_concept_and_can_be_read_at_once():
    counts = {relative(file): len(file.read_text().splitlines()) for file in FILES}
    assert {file: count for file, count in counts.items() if count > MOST_LINES} == {}


def test_functions_are_short():
    long = [(file, node.name) for file, node in functions() if lines(node) > MOST_FUNCTION_LINES]
    assert long == []


def test_functions_name_their_arguments():
    open_ended = [
        (file, node.name)
        for file, node in functions()
        if node.args.kwarg is not None and Path(file).name not in OPEN_ENDED
    ]
    assert open_ended == []


def test_most_functions_are_under_25_lines():
    lengths = sorted(lines(node) for _, node in functions())
    assert lengths[len(lengths) * 9 // 10] <= 30
    assert lengths[len(lengths) // 2] <= 12
