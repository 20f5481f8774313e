"""Questions and answers as HTTP shows them."""

from typing import Literal

from pydantic import Field

from groundwatch.domain.answers import Answer, AnswerSentence, Citation, Outcome
from groundwatch.domain.documents import Passage
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.passages import DocumentBody, FiltersBody, PassageBody


class QuestionBody(Body):
    """A question."""

    question: str = Field(examples=["How many days of parental leave do we get?"])
    filters: FiltersBody = FiltersBody()
    k: int | None = Field(
        default=None, ge=1, description="How many passages the answer may draw on."
    )
    session: str = Field(default="", max_length=200, description="Groups questions.")
    stream: bool = Field(default=False, description="Answer with server-sent events.")


class CitationBody(Body):
    """Where a sentence is supported: `quote` stands at `start` to `end` of the document's text."""

    number: int = Field(description="As in the sentence's `citations`, from 1.")
    chunk_id: int
    document: DocumentBody
    quote: str
    start: int
    end: int
    heading: str
    page: int | None

    @classmethod
    def of(cls, citation: Citation, passage: Passage) -> "CitationBody":
        return cls(
            number=citation.number,
            chunk_id=citation.chunk_id,
            document=DocumentBody.of(passage.document),
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            heading=passage.heading,
            page=passage.page,
        )


class SentenceBody(Body):
    """A sentence of an answer, with what supports it."""

    text: str
    citations: tuple[CitationBody, ...]

    @classmethod
    def of(cls, sentence: AnswerSentence, passages: tuple[Passage, ...]) -> "SentenceBody":
        found = {passage.chunk_id: passage for passage in passages}
        return cls(
            text=sentence.text,
            citations=tuple(
                CitationBody.of(citation, found[citation.chunk_id])
                for citation in sentence.citations
                if citation.chunk_id in found
            ),
        )


class UsageBody(Body):
    """What generating cost: tokens, and US dollars where prices are configured."""

    input_tokens: int
    output_tokens: int
    cost: float | None


class AnswerBody(Body):
    """An answer with everything it rests on."""

    id: str = Field(description="The interaction's id; feedback goes to it.")
    outcome: Outcome
    text: str
    sentences: tuple[SentenceBody, ...]
    passages: tuple[PassageBody, ...]
    confidence: float | None = Field(
        description="Probability that the passages answer the question; null for an LLM's answer."
    )
    doubtful: bool = Field(
        description="These are the nearest passages; they may not answer the question."
    )
    reason: str = Field(description="Why it was declined or cut; empty when answered.")
    flags: tuple[str, ...]
    usage: UsageBody
    model: str
    prompt_version: str

    @classmethod
    def of(cls, interaction_id: str, answer: Answer) -> "AnswerBody":
        usage = answer.usage
        return cls(
            id=interaction_id,
            outcome=answer.outcome,
            text=answer.text,
            sentences=tuple(SentenceBody.of(each, answer.passages) for each in answer.sentences),
            passages=tuple(PassageBody.of(each) for each in answer.passages),
            confidence=answer.confidence,
            doubtful=answer.is_doubtful,
            reason=answer.reason,
            flags=answer.flags,
            usage=UsageBody(
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost=usage.cost,
            ),
            model=answer.model,
            prompt_version=answer.prompt_version,
        )


class PassagesBody(Body):
    """Stream event `passages`: what the answer will rest on."""

    id: str = Field(description="The interaction's id.")
    passages: tuple[PassageBody, ...]


class FeedbackBody(Body):
    """What a person says of an answer; at least one of the three."""

    thumb: Literal[-1, 1] | None = None
    rating: int | None = Field(default=None, ge=1, le=5)
    comment: str = Field(default="", max_length=4000, description="What was missing or wrong.")
