"""What a request holds once it is read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from groundwatch.domain.spans import Span

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what is kept of one span; see `telemetry.settings.OtlpSettings`."""

    attribute_characters: int = 100_000
    span_attributes: int = 2_000


@dataclass(slots=True)
class Decoded:
    """Spans that can be stored, and what was wrong with the others.

    Attributes:
        rejected: how many parts were not taken, by reason.
        noticed: how many parts were taken but changed or doubtful, by what was done.
        units: what is counted: `spans`, `log records` or `data points`.
    """

    units: str = "spans"
    spans: list[Span] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """How many were not taken."""
        return self.rejected.total()

    def message(self) -> str:
        """What was wrong, for people; empty when nothing was."""
        return "; ".join([*_said(self.rejected, self.units), *_said(self.noticed, self.units)])


def _said(counts: Counter[str], units: str) -> Sequence[str]:
    return [f"{count} {units}: {reason}" for reason, count in counts.most_common(_SHOWN)]
