"""What a search is narrowed to."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Every condition given must hold; an empty tuple or None does not narrow.

    Attributes:
        path_prefix: a folder or path inside a source, `hr/` or `hr/leave.md`.
        tags: the document carries at least one of them.
    """

    sources: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    path_prefix: str = ""
    tags: tuple[str, ...] = ()
    modified_after: datetime | None = None
    modified_before: datetime | None = None


EVERYTHING = SearchFilters()
"""Narrows to nothing in particular."""
