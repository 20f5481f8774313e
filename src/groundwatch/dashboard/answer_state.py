"""What the Ask page shows of a question, from asking to the end."""

from dataclasses import dataclass, field

from groundwatch.domain.answers import (
    DOUBT_TEXT,
    Answer,
    AnswerDone,
    AnswerEvent,
    AnswerSentence,
    Citation,
    Outcome,
    PassagesFound,
    SentenceReady,
)
from groundwatch.domain.documents import DocumentMeta, Passage

_DROPPED = "unverifiable-sentence-dropped"


@dataclass(frozen=True, slots=True)
class Source:
    """A document that the answer cites, under its first number."""

    number: int
    document: DocumentMeta
    heading: str
    page: int | None
    quote: str


@dataclass(slots=True)
class AnswerState:
    """Grows with each event.

    Attributes:
        passages: None until the search is over.
        answer: None until the end.
        trouble: what went wrong, in words; empty while all is well.
        checked: what its scores say once they are there: a look, and a sentence.
    """

    question: str
    interaction_id: str
    passages: tuple[Passage, ...] | None = None
    sentences: list[AnswerSentence] = field(default_factory=list)
    answer: Answer | None = None
    trouble: str = ""
    trouble_id: str = ""
    checked: tuple[str, str] = ("", "")

    def add(self, event: AnswerEvent) -> None:
        if isinstance(event, PassagesFound):
            self.passages = event.passages
        elif isinstance(event, SentenceReady):
            self.sentences.append(event.sentence)
        else:
            assert isinstance(event, AnswerDone)
            self.answer = event.answer
            self.passages = event.answer.passages or self.passages
            self.sentences = list(event.answer.sentences)

    @property
    def is_over(self) -> bool:
        return self.answer is not None or bool(self.trouble)

    @property
    def is_declined(self) -> bool:
        return self.answer is not None and self.answer.outcome is Outcome.DECLINED

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.outcome is Outcome.ANSWERED

    @property
    def doubt(self) -> str:
        """What a doubtful answer says of itself; empty for any other."""
        return DOUBT_TEXT if self.answer is not None and self.answer.is_doubtful else ""

    def citations(self) -> dict[int, Citation]:
        """The first citation of each number."""
        found: dict[int, Citation] = {}
        for sentence in self.sentences:
            for citation in sentence.citations:
                found.setdefault(citation.number, citation)
        return found

    def sources(self) -> list[Source]:
        """What is cited, by number; only what is among the permitted passages."""
        passages = {passage.chunk_id: passage for passage in self.passages or ()}
        return [
            Source(number, passage.document, passage.heading, passage.page, citation.quote)
            for number, citation in sorted(self.citations().items())
            if (passage := passages.get(citation.chunk_id)) is not None
        ]

    def cited_chunks(self) -> frozenset[int]:
        return frozenset(
            citation.chunk_id for sentence in self.sentences for citation in sentence.citations
        )

    def verdict(self) -> tuple[str, str]:
        """How well the answer is supported: a status word for its look, and a sentence."""
        documents = len({source.document.id for source in self.sources()})
        loose = sum(not sentence.citations for sentence in self.sentences)
        dropped = self.answer is not None and _DROPPED in self.answer.flags
        if loose:
            return "warn", f"{loose} of {len(self.sentences)} sentences without support"
        where = f"{documents} document{'' if documents == 1 else 's'}"
        if self.doubt:
            return "plain", f"Quoted from {where}"
        supported = f"Supported by {where}"
        if dropped:
            return "warn", f"{supported}; what no document supports was left out"
        return "good", supported
