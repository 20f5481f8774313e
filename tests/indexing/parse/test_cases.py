"""Text formats: `cases/NAME` parses to what `cases/NAME.expected` shows."""

from pathlib import Path

import pytest

from groundwatch.indexing.parse.formats import parse
from groundwatch.indexing.parse.parsed import Parsed

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".expected")


def shown(parsed: Parsed) -> str:
    outline = [
        f"{parsed.text[at.start :].split(chr(10))[0]} = {' > '.join(at.heading)}"
        for at in parsed.sections
    ]
    return "\n".join([f"title: {parsed.title}", *outline, "", parsed.text, ""])


@pytest.mark.parametrize("name", CASES)
def test_a_file_parses_to_its_expected_text(name):
    expected = (FOLDER / f"{name}.expected").read_text(encoding="utf-8")
    assert expected == shown(parse(name, (FOLDER / name).read_bytes()))
