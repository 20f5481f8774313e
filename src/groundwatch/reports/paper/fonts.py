"""The fonts of a PDF, and text that they can show."""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import reportlab  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFError, TTFont  # type: ignore[import-untyped]

from groundwatch.errors import Unusable

_SPACES = {"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2212": "-", "\n": " ", "\t": " "}
_OURS = Path(reportlab.__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Fonts:
    """A regular and a bold font by the names they are registered under.

    Attributes:
        known: code points that both can show.
        lost: characters that could not be shown so far.
    """

    regular: str
    bold: str
    known: frozenset[int]
    lost: set[str] = field(default_factory=set)

    def shown(self, text: str) -> str:
        """The text in characters that the fonts have: without accents, else `?`."""
        if all(ord(each) in self.known for each in text):
            return text
        return "".join(self._shown(each) for each in text)

    def _shown(self, character: str) -> str:
        if ord(character) in self.known:
            return character
        if character in _SPACES:
            return _SPACES[character]
        bare = [
            each for each in unicodedata.normalize("NFKD", character) if ord(each) in self.known
        ]
        if bare:
            return "".join(bare)
        if unicodedata.category(character)[0] not in {"M", "C"}:
            self.lost.add(character)
            return "?"
        return ""


def fonts_of(regular: Path | None, bold: Path | None) -> Fonts:
    """Fonts of TrueType files; those that come with ReportLab where none is named.

    Raises:
        Unusable: a file is no TrueType font that may be embedded.
    """
    first = regular or _OURS / "Vera.ttf"
    second = bold or regular or _OURS / "VeraBd.ttf"
    (name, some), (name_bold, others) = _registered(first), _registered(second)
    return Fonts(name, name_bold, some & others)


@lru_cache(maxsize=8)
def _registered(path: Path) -> tuple[str, frozenset[int]]:
    name = f"report-{path.stem}-{abs(hash(path)):x}"
    try:
        font = TTFont(name, str(path))
    except (TTFError, OSError, ValueError, LookupError) as error:
        raise Unusable(f"{path} is no TrueType font that can be used; name another") from error
    pdfmetrics.registerFont(font)
    return name, frozenset(font.face.charToGlyph)
