"""Sentences with their citation marks, cut from a reply while it is still coming."""

import re
from dataclasses import dataclass

from groundwatch.domain.sentences import sentences

_MARK = re.compile(
    r"\[\s*(?P<numbers>\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*"
    r"(?::?\s*[\"\u201c\u201e\u00ab](?P<quote>.*?)[\"\u201d\u201c\u00bb]\s*)?\]",
    re.DOTALL,
)
_PLACE = re.compile(r"\ue000(\d+)\ue001")
_PRIVATE = re.compile(r"[\ue000\ue001]")
_AFTER_STOP = re.compile(r"([.!?\u2026])(\s*)((?:\ue000\d+\ue001\s*?)+)")
_LONGEST_MARK = 600


@dataclass(frozen=True, slots=True)
class Mark:
    """A reference to a passage by its number in the prompt, with the words said to prove it."""

    number: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence of the reply, not yet verified."""

    text: str
    marks: tuple[Mark, ...]


class DraftStream:
    """Takes a reply in pieces and gives back each sentence once the next has begun."""

    def __init__(self) -> None:
        self._open = ""
        self._text = ""
        self._marks: list[Mark] = []

    def feed(self, piece: str) -> list[Draft]:
        """Add a piece and return the sentences that are complete now."""
        self._open += _PRIVATE.sub("", piece)
        ready, self._open = _closed(self._open)
        self._text += _MARK.sub(self._place, ready)
        # A mark behind a full stop belongs before it, to the sentence that ends there.
        self._text = _AFTER_STOP.sub(r"\3\1 ", self._text)
        spans = sentences(self._text)
        if len(spans) < 2:
            return []
        drafts = [self._draft(self._text[start:end]) for start, end in spans[:-1]]
        self._text = self._text[spans[-1][0] :]
        return [draft for draft in drafts if draft.text]

    def finish(self, *, cut: bool) -> list[Draft]:
        """Return what is left; the last sentence of a reply that was cut off is dropped."""
        return self.feed("\n") if cut else self._rest()

    def _rest(self) -> list[Draft]:
        text, self._open = self._open, ""
        self._text += _MARK.sub(self._place, text)
        self._text = _AFTER_STOP.sub(r"\3\1 ", self._text)
        drafts = [self._draft(self._text[start:end]) for start, end in sentences(self._text)]
        self._text = ""
        return [draft for draft in drafts if draft.text]

    def _place(self, found: re.Match[str]) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", found["numbers"])]
        at = len(self._marks)
        self._marks += [Mark(number, found["quote"] or "") for number in numbers]
        return "".join(f"\ue000{at + offset}\ue001" for offset in range(len(numbers)))

    def _draft(self, text: str) -> Draft:
        marks = tuple(dict.fromkeys(self._marks[int(at)] for at in _PLACE.findall(text)))
        plain = re.sub(r"\s+([.,;:!?])", r"\1", _PLACE.sub("", text))
        return Draft(" ".join(plain.split()), marks)


def _closed(text: str) -> tuple[str, str]:
    """Split before a bracket that is still open, unless it is too long to be a mark."""
    at = text.rfind("[")
    if at < 0 or "]" in text[at:] or len(text) - at > _LONGEST_MARK:
        return text, ""
    return text[:at], text[at:]
