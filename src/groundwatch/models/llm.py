"""What a language model is."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from groundwatch.domain.answers import Usage


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a reply.

    Attributes:
        text: what to append; may be empty.
        finish_reason: on one of the last pieces why the model stopped: `stop`, or `length` when
            it ran into the limit; else empty.
        usage: on the last piece, where the endpoint reports it.
    """

    text: str = ""
    finish_reason: str = ""
    usage: Usage | None = None


class LLM(Protocol):
    """Continues a conversation.

    Attributes:
        model: the model's name.
    """

    @property
    def model(self) -> str: ...

    def stream(
        self, messages: Sequence[ChatMessage], max_tokens: int, deadline_seconds: float
    ) -> Generator[Delta, None, None]:
        """Yield the reply as it comes; closing the generator ends the request.

        Args:
            messages: the conversation so far.
            max_tokens: the reply is cut there.
            deadline_seconds: for the whole reply, retries included.

        Raises:
            TimedOut: the deadline passed; what was yielded before stays valid.
            Overloaded: every endpoint refuses for its rate limit.
            Unavailable: no endpoint answers, or one broke off in the middle.
            ModelUnusable: the endpoint refuses the request, the key or the model.
        """
        ...
