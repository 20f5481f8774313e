"""What other applications hand in, and what they are told about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item", covariant=True)  # noqa: PLC0105  named as what it is


@dataclass(frozen=True, slots=True)
class Submission(Generic[Item]):
    """A batch of interactions or events.

    Attributes:
        application: of items that name none.
        batch: the sender's id of it: a batch that comes twice counts once. Empty without one.
        dropped: what the sender lost since its batch before, by reason.
        malformed: items that could not be read, beside those in `items`.
    """

    application: str
    items: tuple[Item, ...]
    batch: str = ""
    dropped: Mapping[str, int] = field(default_factory=dict)
    malformed: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an item; without a `reason` it is committed."""

    id: str
    reason: str = ""

    @property
    def is_accepted(self) -> bool:
        return not self.reason
