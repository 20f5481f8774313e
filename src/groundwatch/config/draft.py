"""A configuration that is valid part by part and still has to be checked as a whole."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from groundwatch.config.model import Config
from groundwatch.config.problems import Location, Problem


@dataclass(frozen=True, slots=True)
class Draft:
    """What the checks look at.

    Attributes:
        config: without the parts that are invalid by themselves.
        raw: everything the file says, so that an invalid part is not taken for a missing one.
        sources_at: for each source of `config`, its position in the file.
        folder: the configuration file's own.
        previous: the configuration in force, if any; its sources' folders may be missing now.
        folders_may_be_away: whether any source's folder may be missing.
    """

    config: Config
    raw: dict[str, object]
    sources_at: tuple[int, ...]
    folder: Path
    previous: Config | None = None
    folders_may_be_away: bool = False

    def names(self, part: str) -> frozenset[str]:
        """Return the names that `users` or `groups` lists, valid or not."""
        listed = self.raw.get(part)
        return frozenset(listed) if isinstance(listed, dict) else frozenset()

    def source(self, position: int, *rest: str | int) -> Location:
        """Return the location of something in a source of `config`."""
        return ("sources", self.sources_at[position], *rest)


Check = Callable[[Draft], Iterable[Problem]]
"""Finds the contradictions of one kind."""
