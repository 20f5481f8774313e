"""A question's answer, and the events in which it streams."""

from dataclasses import dataclass
from enum import StrEnum

from groundwatch.domain.documents import Passage

DOUBTFUL = "doubtful"
"""The flag of an answer whose passages may not hold what was asked."""

DOUBT_TEXT = "These are the nearest passages; they may not answer the question."
"""What a doubtful answer says of itself, wherever it is read as text."""


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    DECLINED = "declined"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence is supported: `quote == document_text[start:end]`.

    Attributes:
        number: 1-based, as shown in the answer; numbers documents' passages in order of first use.
        start, end: offsets of the quote in the document's parsed text.
    """

    number: int
    chunk_id: int
    document_id: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer and what supports it."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What generating cost: tokens as reported by the endpoint, money in US dollars."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer.

    Attributes:
        text: the sentences joined; for a declined question the fixed sentence that says so.
        confidence: calibrated probability that the passages answer the question, None for an LLM's.
        reason: why it was declined or cut, in words a person understands; empty when answered.
        flags: e.g. `unverifiable-sentence-dropped`, `doubtful`.
    """

    outcome: Outcome
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    passages: tuple[Passage, ...] = ()
    confidence: float | None = None
    reason: str = ""
    flags: tuple[str, ...] = ()
    usage: Usage = Usage()
    model: str = ""
    prompt_version: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether it shows the nearest passages rather than, surely, what was asked."""
        return DOUBTFUL in self.flags


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """Stream event: the permitted passages, before any sentence."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class SentenceReady:
    """Stream event: a sentence whose citations were verified."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class AnswerDone:
    """Stream event: the end, with the whole answer."""

    answer: Answer


AnswerEvent = PassagesFound | SentenceReady | AnswerDone
