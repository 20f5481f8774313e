"""What became of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Flushed:
    """Records since the client was made: every one is in exactly one of the four numbers.

    Attributes:
        sent: committed by the server.
        rejected: refused by the server; sending them again would not help.
        dropped: lost here, by reason: `queue-full`, `unusable`, `redacted`, `closed`.
        waiting: not settled yet.
        problems: why the latest were refused or still wait, newest last.
    """

    sent: int
    rejected: int
    dropped: int
    waiting: int
    drops: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything reached the server and was taken."""
        return not (self.rejected or self.dropped or self.waiting)
