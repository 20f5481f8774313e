"""A text as scorers read it: words with offsets, stems, numbers as values, sentences."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from groundwatch.domain.sentences import Span, sentences
from groundwatch.scoring.vocabulary import IRREGULAR, MAGNITUDES, NUMBER_WORDS, STOPWORDS

_WORD = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)(?:st|nd|rd|th)?(?![^\W\d_]{3})|[^\W_]+(?:['\u2019][^\W\d_]+)?|[%$€£°]"
)
_ENDINGS = tuple(
    (ending, remain)
    for remain, endings in (
        (4, "izations ization isations isation ational ations ation ements ement ments ment"),
        (4, "nesses ness ingly edly"),
        (3, "ings ying ies ied ing ed"),
        (4, "ances ance ences ence ables able ible ally ives ive als al ers ors er or ly"),
        (3, "ions ion es"),
        (3, "s e"),
        (4, "y i"),
    )
    for ending in endings.split()
)
_LETTERS = re.compile(r"[^\W\d_]+\Z")
_DOUBLED = re.compile(r"([bdfglmnprst])\1\Z")
_REFERENCES = frozenset(("passag", "docu", "sourc", "step", "context"))
_KEPT_TEXTS = 256
_EXACT = 1e15


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, column by column; all tuples have the same length.

    Attributes:
        stems: as they are compared; a number is its value (`1,5` thousand is not guessed at).
        starts, ends: offsets in the text.
        content: whether it carries meaning of its own (no stop word).
        number: whether it is a number, in digits or letters.
        name: whether it is capitalised within its sentence, or has capitals or digits inside.
    """

    stems: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    content: tuple[bool, ...]
    number: tuple[bool, ...]
    name: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.stems)


@dataclass(frozen=True)
class Reading:
    """A text, its words and its sentences.

    Attributes:
        spans: of the sentences, as offsets.
        bounds: of the sentences, as positions among the words, end exclusive.
    """

    text: str
    words: Words
    spans: tuple[Span, ...]
    bounds: tuple[Span, ...]

    @cached_property
    def positions(self) -> Mapping[str, tuple[int, ...]]:
        """Where each content stem stands."""
        found: dict[str, list[int]] = {}
        for at, stem_ in enumerate(self.words.stems):
            if self.words.content[at]:
                found.setdefault(stem_, []).append(at)
        return {each: tuple(where) for each, where in found.items()}

    def content_of(self, sentence: int) -> list[int]:
        """Positions of the content words of a sentence; of all its words when none has content."""
        begin, end = self.bounds[sentence]
        found = [at for at in range(begin, end) if self.words.content[at]]
        return found or list(range(begin, end))


@lru_cache(maxsize=_KEPT_TEXTS)
def read(text: str) -> Reading:
    """Read a text; passages that come again are not read twice."""
    spans = sentences(text)
    words = _words(text, spans)
    return Reading(text, words, spans, _bounds(words, spans))


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case without accents and possessive ending."""
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.replace("\u2019", "'"))
        word = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    folded = word.casefold()
    return folded.removesuffix("'s").replace("'", "")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A folded word without its endings: `approval`, `approved` and `approves` are one."""
    word = IRREGULAR.get(word, word)
    if len(word) <= 3 or not _LETTERS.match(word):
        return word
    shorter = _DOUBLED.sub(r"\1", _shorten(_shorten(word)))
    return word if shorter in STOPWORDS else shorter  # `note` is not `not`


def value(number: str, magnitude: str = "") -> str:
    """A number as it is compared: `1,200.50` is `1200.5`; `2.5 million` is `2500000`."""
    plain = number.replace(",", "") if _grouped(number) else number.replace(",", ".")
    if plain.count(".") > 1:
        return plain
    factor = MAGNITUDES.get(magnitude, 1)
    try:
        amount = round(float(plain) * factor, 6)
    except ValueError:
        return plain
    if amount > _EXACT:
        return plain
    return str(int(amount)) if amount == int(amount) else repr(amount)


def _grouped(number: str) -> bool:
    head, *groups = number.partition(".")[0].split(",")
    return len(head) <= 3 and all(len(group) == 3 for group in groups)


def _shorten(word: str) -> str:
    for ending, remain in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= remain:
            if ending == "s" and word.endswith(("ss", "us", "is")):
                continue
            rest = word[: -len(ending)]
            if _vowel(rest):
                return rest
    return word


def _vowel(word: str) -> bool:
    return any(letter in "aeiouy" for letter in word)


class _Columns:
    """Words as they are gathered; see `Words`."""

    def __init__(self) -> None:
        self.stems: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.content: list[bool] = []
        self.number: list[bool] = []
        self.name: list[bool] = []
        self.refers = False

    def add(self, text: str, match: re.Match[str], *, fresh: bool) -> None:
        """Add a word; `fresh` when it is the first of its sentence."""
        surface, digits = match.group(), match["number"]
        folded = fold(surface)
        if folded in MAGNITUDES and self.number and self.number[-1]:
            self.stems[-1], self.ends[-1] = value(self.stems[-1], folded), match.end()
            return
        counted = NUMBER_WORDS.get(folded)
        self.refers = digits is not None and _refers(text, match, self.stems[-1:], fresh=fresh)
        is_number = counted is not None or (digits is not None and not self.refers)
        spoken = folded not in STOPWORDS and len(folded) > 1 and not self.refers
        self.stems.append(value(digits) if digits else counted or stem(folded))
        self.starts.append(match.start())
        self.ends.append(match.end())
        self.number.append(is_number)
        self.content.append(is_number or spoken)
        self.name.append(digits is None and not is_number and _is_name(surface, fresh=fresh))

    def words(self) -> Words:
        return Words(
            tuple(self.stems),
            tuple(self.starts),
            tuple(self.ends),
            tuple(self.content),
            tuple(self.number),
            tuple(self.name),
        )


def _words(text: str, spans: tuple[Span, ...]) -> Words:
    columns, fresh = _Columns(), True
    begins = iter([*(start for start, _ in spans), len(text) + 1])
    next_begin = next(begins)
    for match in _WORD.finditer(text):
        while match.start() >= next_begin:
            fresh, next_begin = True, next(begins)
        columns.add(text, match, fresh=fresh)
        fresh = text[match.end() : match.end() + 1] == ":" or (fresh and columns.refers)
    return columns.words()


def _refers(text: str, match: re.Match[str], before: list[str], *, fresh: bool) -> bool:
    """Tell whether a number counts list items or names a passage, and so claims nothing."""
    start, end = match.span()
    if fresh and text[end : end + 1] in {".", ")"}:
        return True
    if text[max(0, start - 1) : start] == "[" and text[end : end + 1] == "]":
        return True
    return bool(before) and before[0] in _REFERENCES


def _is_name(surface: str, *, fresh: bool) -> bool:
    if not surface[0].isupper():
        return any(letter.isdigit() or letter.isupper() for letter in surface)
    return not fresh or (len(surface) > 1 and any(c.isupper() for c in surface[1:]))


def _bounds(words: Words, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    found, at = [], 0
    for _, end in spans:
        begin = at
        while at < len(words) and words.starts[at] < end:
            at += 1
        found.append((begin, at))
    return tuple(found)
