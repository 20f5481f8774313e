"""Every reason for which a document is not indexed is documented."""

import re
from pathlib import Path

import groundwatch

SOURCE = Path(groundwatch.__file__).parent
DOCS = Path(__file__).parents[2] / "docs" / "sources.md"
GIVEN = re.compile(
    r'(?:DocumentRejected|Failure)\(\s*"[a-z]+",\s*"([a-z-]+)"|_rejected\(\s*"([a-z-]+)"'
)


def test_every_reason_is_documented_and_no_other_is():
    texts = [
        file.read_text()
        for part in ("sources", "indexing")
        for file in (SOURCE / part).rglob("*.py")
    ]
    given = {one or other for text in texts for one, other in GIVEN.findall(text)}
    rows = re.findall(r"^\| (`[a-z-`, ]+`) \| [a-z]+ \|", DOCS.read_text(), re.MULTILINE)
    told = {reason for row in rows for reason in re.findall(r"`([a-z-]+)`", row)}
    transient = {"unavailable", "overloaded"}
    assert len(given) > 10
    assert told == given | transient
