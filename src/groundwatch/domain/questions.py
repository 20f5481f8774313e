"""What is asked and searched for, and what a search found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from groundwatch.domain.documents import Passage
from groundwatch.domain.queries import EVERYTHING, SearchFilters


def never() -> bool:
    """The asker stays."""
    return False


@dataclass(frozen=True, slots=True)
class AskOptions:
    """Everything about a question but its text and its asker.

    Attributes:
        interaction_id: the id under which the question is recorded; made by the caller, unique.
        passages: how many passages the answer may draw on; None takes the configured number.
        session: conversation or browser session, to group questions by; may be empty.
        cancelled: says whether the asker has left; checked while an LLM is answering.
        endpoint: the route or tool that was called, `/v1/answers`, `page`, `mcp:ask`.
    """

    interaction_id: str
    filters: SearchFilters = EVERYTHING
    passages: int | None = None
    session: str = ""
    endpoint: str = ""
    correlation_id: str = ""
    cancelled: Callable[[], bool] = never


class SearchMode(StrEnum):
    """What ranked the passages; `LEXICAL` when there is no embedder."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that was considered, and why it is or is not in the result; for administrators.

    Attributes:
        verdict: `shown`, an `AccessReason` that withheld it, `below-k` or `gone`.
        dense_rank, lexical_rank: 1-based, None where that ranking did not hold it.
        fused: the score after fusion.
    """

    chunk_id: int
    document_id: str
    source: str
    path: str
    verdict: str
    fused: float
    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The permitted passages, best first.

    Attributes:
        explanation: every candidate considered, where it was asked for.
    """

    passages: tuple[Passage, ...]
    mode: SearchMode
    index_version: str = ""
    explanation: tuple[Candidate, ...] | None = None
