"""Which sentences of an answer claim something, and which only talk about answering."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from groundwatch.scoring.text import Reading
from groundwatch.scoring.weights import weight


class Kind(StrEnum):
    """What a sentence does; only claims need support."""

    CLAIM = "claim"
    REFUSAL = "refusal"
    TALK = "talk"


_SOURCES = (
    r"(?:passages?|contexts?|documents?|texts?|sources?|articles?|excerpts?|information|data|"
    r"snippets?)"
)
OPENING = re.compile(
    r"\W*(?:\d+[.)]\s+)?(?:(?:(?:based on|according to|from|in|per|as (?:\w+ )?(?:in|by)) "
    rf"(?:(?:the|these|all|your|my|our) )?(?:(?:given|provided|above|available|"
    rf"following|retrieved) )*{_SOURCES}"
    r"(?: (?:provided|given|above|available|\d+(?:(?:,| and|,? &) \d+)*))*"
    rf"|(?:the )?(?:(?:given|provided) )?{_SOURCES}(?: \d+)? (?:also )?"
    r"(?:states?|mentions?|says?|notes?|indicates?|explains?|suggests?)(?: that)?"
    r"|it (?:is|'s) (?:also )?(?:important|worth|mentioned|noted|stated)(?: (?:to "
    r"(?:note|mention)|noting|mentioning))?"
    r"(?: that)?|additionally|furthermore|moreover|in addition|overall|in summary|in conclusion|"
    r"however|therefore|specifically|also|finally)\b[,:]?\s*)+",
    re.IGNORECASE,
)
"""What a claim may begin with without claiming it."""

_REFUSAL = re.compile(
    r"\b(?:unable|not able|not possible|impossible|cannot|can't|can not|could not|couldn't) "
    r"(?:to )?(?:be )?(?:find|found|answer|determine|provide|locate|tell|say|confirm|give)"
    rf"|\b{_SOURCES}\b[^.;]{{0,60}}?\b(?:do|does|did|is|are)(?: not|n't)(?: \w+){{0,2}} "
    r"(?:mention|contain|provide|provided|say|specif\w+|include|state|discuss|address|give|explain|"
    r"have|offer|cover|enough|sufficient|clear|available|list|answer|describe|indicate|explicitly)"
    rf"|\b(?:no|insufficient|not enough) (?:\w+ ){{0,3}}{_SOURCES}"
    rf"|\bi (?:do not|don't) (?:know[\s.!]*$|have (?:enough|any|the|access to) (?:\w+ )?{_SOURCES})"
    r"|\bthere is no (?:mention|information|answer|evidence in)"
    r"|\bnot (?:mentioned|provided|specified|stated|given|found|available|included) (?:in|by)\b"
    r"|\bnothing (?:in the|about)\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^\W*(?:sure|certainly|of course|hello|hi|thanks?|thank you|i hope|hope this|let me know|"
    r"please let me|please note that this is|feel free|if you (?:have|need|want)|here (?:is|are)|"
    r"below (?:is|are)|great question|in (?:summary|conclusion|short)\W*$|(?:i'm |i am )?sorry|"
    r"please (?:provide|contact|consult|refer|see))\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"^\W*(?:yes,? |in general,? )?(?:there (?:are|is|can be|were)|(?:here|these|the following) "
    r"are|it has|they (?:have|include)|we can (?:distinguish|identify)|consider) "
    r"(?:\w+ )?(?:several|many|various|multiple|different|numerous|some|a (?:few|number|couple|"
    r"variety|range) of|two|three|four|five|six|seven|eight|ten|key|main) (?:\w+ ){0,3}?"
    r"(?:ways?|reasons?|steps?|factors?|methods?|types?|kinds?|benefits?|options?|things|tips|"
    r"methods|causes|signs|symptoms|differences?|aspects?|points?|examples?|uses|sources|features|"
    r"exceptions?|conditions?|requirements?|advantages?|possibilities|explanations?)\b",
    re.IGNORECASE,
)
"""What only announces a list."""

_LIGHT = 0.9


@lru_cache(maxsize=256)
def kinds(reading: Reading) -> tuple[Kind, ...]:
    """What each sentence of an answer does."""
    return tuple(_kind(reading, at) for at in range(len(reading.spans)))


def claims(reading: Reading) -> list[int]:
    """The sentences that claim something; all of them where nothing but talk is found."""
    found = kinds(reading)
    if Kind.CLAIM not in found and Kind.REFUSAL not in found:
        return [at for at in range(len(found)) if reading.content_of(at)]
    return [at for at, kind in enumerate(found) if kind is Kind.CLAIM]


def declines(reading: Reading) -> bool:
    """Tell whether an answer says that it has none, and claims nothing else."""
    found: Sequence[Kind] = kinds(reading)
    return Kind.REFUSAL in found and Kind.CLAIM not in found


def _kind(reading: Reading, sentence: int) -> Kind:
    start, end = reading.spans[sentence]
    text = reading.text[start:end]
    if _REFUSAL.search(text):
        return Kind.REFUSAL
    words, content = reading.words, reading.content_of(sentence)
    weighty = any(words.number[at] or words.name[at] for at in content)
    mass = sum(weight(words.stems[at]) for at in content)
    talks = _TALK.search(text) or text.endswith(":")
    if talks and (not weighty or mass < 2 * _LIGHT):
        return Kind.TALK
    if _ANNOUNCED.search(text) and mass < 4 * _LIGHT:
        return Kind.TALK
    return Kind.CLAIM if len(words) else Kind.TALK
