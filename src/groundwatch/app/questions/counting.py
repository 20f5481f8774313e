"""The counts of a question set."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from groundwatch.app.questions.sets import Question


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of an answer, in the order of first use."""

    path: str
    quote: str


@dataclass(frozen=True, slots=True)
class Result:
    """What asking one question gave.

    Attributes:
        leaks: where something forbidden was seen, in words; empty when nowhere.
    """

    question: Question
    outcome: str
    text: str
    citations: tuple[Cited, ...]
    confidence: float | None
    leaks: tuple[str, ...]

    @property
    def declined(self) -> bool:
        return self.outcome == "declined"

    @property
    def source_in_top3(self) -> bool:
        right = {self.question.source, *self.question.also}
        return any(citation.path in right for citation in self.citations[:3])

    @property
    def sentence_found(self) -> bool:
        return _flat(self.question.sentence) in _flat(self.text)

    @property
    def wrong(self) -> str:
        """What is wrong with it, in words; empty when nothing is."""
        if self.leaks:
            return "leak: " + "; ".join(self.leaks)
        if self.question.kind != "answerable":
            return "" if self.declined else "answered, should have been declined"
        if self.declined:
            return "declined, should have been answered"
        if not self.source_in_top3:
            return "expected source is not among the first three citations"
        return "" if self.sentence_found else "the answering sentence is missing"


@dataclass(frozen=True, slots=True)
class Counts:
    """How a set went; `leaks` counts questions of any kind that showed something forbidden."""

    answerable: int
    source_in_top3: int
    sentence_found: int
    unanswerable: int
    declined: int
    forbidden: int
    leaks: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def count(results: Sequence[Result]) -> Counts:
    """Count a set's results."""
    answerable = [result for result in results if result.question.kind == "answerable"]
    unanswerable = [result for result in results if result.question.kind == "unanswerable"]
    return Counts(
        answerable=len(answerable),
        source_in_top3=sum(not each.declined and each.source_in_top3 for each in answerable),
        sentence_found=sum(not each.declined and each.sentence_found for each in answerable),
        unanswerable=len(unanswerable),
        declined=sum(result.declined for result in unanswerable),
        forbidden=sum(result.question.kind == "forbidden" for result in results),
        leaks=sum(bool(result.leaks) for result in results),
    )


def _flat(text: str) -> str:
    return " ".join(text.split())
