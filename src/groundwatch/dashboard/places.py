"""The pages there are."""

from dataclasses import dataclass

from groundwatch.domain.access import Identity


@dataclass(frozen=True, slots=True)
class Place:
    """A page: where it is, how it is called, and who may open it.

    Attributes:
        key: pressed after `g`, leads there.
    """

    path: str
    name: str
    group: str
    icon: str
    permission: str
    key: str


ASK = Place("/", "Ask", "", "ask", "answers:ask", "a")
SOURCES = Place("/sources", "Sources", "Knowledge", "sources", "sources:read", "s")
PLACES = (ASK, SOURCES)


def open_to(identity: Identity) -> tuple[Place, ...]:
    """The pages that somebody may open, in the order of the rail."""
    return tuple(place for place in PLACES if identity.may(place.permission))
