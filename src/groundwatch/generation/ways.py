"""By which retriever and answerer a question is answered, where that is not always the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from groundwatch.generation.answerer import Answerer
from groundwatch.retrieval.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Way:
    """How one question is answered.

    Attributes:
        attributes: of the interaction; they say which way it was.
    """

    retriever: Retriever
    answerer: Answerer
    attributes: Mapping[str, str] = field(default_factory=dict)


Ways = Callable[[str, str], Way]
"""The way for a user and a session, either of which may be empty; the same for the same."""
