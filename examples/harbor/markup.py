"""The little markup in which the binary documents are written down.

A subset of Markdown: `# headings`, paragraphs, `- bullets` and `| tables |`, one paragraph a line.
Comments of the form `<!-- key: value -->` at the top say how the file is written.
"""

import re
from dataclasses import dataclass
from typing import Literal

DIRECTIVE = re.compile(r"<!--\s*(\w+):\s*(.*?)\s*-->\n?")
DIVIDER = re.compile(r"\|[\s:|-]+\|")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document; `rows` is filled for tables, `text` for everything else."""

    kind: Literal["heading", "paragraph", "bullet", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Markup:
    """A parsed source: how to write it, and what stands in it."""

    directives: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        return next((block.text for block in self.blocks if block.kind == "heading"), "")


def parse(source: str) -> Markup:
    """Parse a source text."""
    directives = {match[1]: match[2] for match in DIRECTIVE.finditer(source)}
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*DIRECTIVE.sub("", source).splitlines(), ""]:
        text = line.strip()
        if text.startswith("|"):
            if not DIVIDER.fullmatch(text):
                rows.append(tuple(cell.strip() for cell in text.strip("|").split("|")))
            continue
        if rows:
            blocks.append(Block("table", rows=tuple(rows)))
            rows = []
        if text:
            blocks.append(_line(text))
    return Markup(directives, tuple(blocks))


def _line(text: str) -> Block:
    if heading := re.match(r"(#+) (.*)", text):
        return Block("heading", heading[2], level=len(heading[1]))
    if text.startswith("- "):
        return Block("bullet", text[2:])
    return Block("paragraph", text)
