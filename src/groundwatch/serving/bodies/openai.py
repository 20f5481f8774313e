"""Bodies in the shape of OpenAI's API; fields that mean nothing here are ignored."""

from typing import Annotated, Literal

from pydantic import Field

from groundwatch.domain.answers import Outcome
from groundwatch.serving.bodies.answers import CitationBody
from groundwatch.serving.bodies.body import Body, ForeignBody


class TextPart(ForeignBody):
    """A part of a message; only text is taken."""

    type: str
    text: str = ""


class Message(ForeignBody):
    """A message of a conversation."""

    role: str
    content: str | tuple[TextPart, ...] | None = None

    def text(self) -> str:
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.type == "text")


class StreamOptions(ForeignBody):
    """Options of a stream."""

    include_usage: bool = False


class ChatBody(ForeignBody):
    """A conversation; the last message of role `user` is the question."""

    model: str = Field(examples=["groundwatch"])
    messages: tuple[Message, ...] = Field(min_length=1, max_length=1000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: str = Field(default="", max_length=200, description="Taken as the session.")
    n: Annotated[int, Field(ge=1, le=1)] | None = None


class GroundsBody(Body):
    """What OpenAI's shape has no place for; `[n]` in the text is the citation of that number."""

    interaction_id: str
    outcome: Outcome
    confidence: float | None
    doubtful: bool
    reason: str
    citations: tuple[CitationBody, ...]


class UsageCountsBody(Body):
    """Tokens, as the LLM's endpoint reported them; 0 without an LLM."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerMessageBody(Body):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class ChoiceBody(Body):
    """The one answer there is."""

    index: int = 0
    message: AnswerMessageBody
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class CompletionBody(Body):
    """An answer in OpenAI's shape."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[ChoiceBody, ...]
    usage: UsageCountsBody
    groundwatch: GroundsBody


class DeltaBody(Body):
    """What is new."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoiceBody(Body):
    """The one answer there is, in parts."""

    index: int = 0
    delta: DeltaBody
    finish_reason: Literal["stop"] | None = None


class ChunkBody(Body):
    """A part of an answer in OpenAI's shape; `groundwatch` comes with the last one."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: tuple[ChunkChoiceBody, ...]
    usage: UsageCountsBody | None = None
    groundwatch: GroundsBody | None = None


class ModelBody(Body):
    """A model."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: Literal["groundwatch"] = "groundwatch"


class ModelsBody(Body):
    """The models there are: one that answers, and the embedder."""

    object: Literal["list"] = "list"
    data: tuple[ModelBody, ...]


class EmbeddingsBody(ForeignBody):
    """Texts to embed."""

    input: str | Annotated[tuple[str, ...], Field(min_length=1, max_length=256)]
    model: str = Field(default="", description="As in `/v1/models`; empty for the one there is.")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


class EmbeddingBody(Body):
    """A unit vector, as numbers or as base64 of little-endian float32."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: tuple[float, ...] | str


class NoUsageBody(Body):
    """Tokens are not counted for embeddings."""

    prompt_tokens: int = 0
    total_tokens: int = 0


class EmbeddingsResultBody(Body):
    """One vector a text, in order."""

    object: Literal["list"] = "list"
    data: tuple[EmbeddingBody, ...]
    model: str
    usage: NoUsageBody
