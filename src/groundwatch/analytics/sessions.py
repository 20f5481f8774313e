"""How long people stay, and how much they ask in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from groundwatch.store.events.visits import Visit

BANDS = (
    (60.0, "under a minute"),
    (300.0, "1 to 5 minutes"),
    (900.0, "5 to 15 minutes"),
    (3600.0, "15 to 60 minutes"),
    (float("inf"), "over an hour"),
)
ALONE = "one question"
NO_SESSIONS = "no session is named in this span"


@dataclass(frozen=True, slots=True)
class Lengths:
    """Sessions of a span.

    Attributes:
        median, mean, p90: seconds from the first question to the end of the last answer; None
            without sessions.
        again: sessions in which more than one question was asked.
        bands: how many by length; those of one question apart.
    """

    count: int
    median: float | None
    mean: float | None
    p90: float | None
    again: int
    bands: tuple[tuple[str, int], ...]


def lengths(visits: Sequence[Visit]) -> Lengths:
    """Measure sessions."""
    seconds = sorted(visit.seconds for visit in visits)
    counts = dict.fromkeys([ALONE, *(name for _, name in BANDS)], 0)
    for visit in visits:
        counts[ALONE if visit.questions == 1 else _band(visit.seconds)] += 1
    return Lengths(
        len(visits),
        median(seconds) if seconds else None,
        fmean(seconds) if seconds else None,
        _ninth(seconds),
        len(visits) - counts[ALONE],
        tuple(counts.items()) if visits else (),
    )


def _ninth(seconds: Sequence[float]) -> float | None:
    if len(seconds) < 2:
        return seconds[0] if seconds else None
    return quantiles(seconds, n=10, method="inclusive")[-1]


def _band(seconds: float) -> str:
    return next(name for limit, name in BANDS if seconds < limit)
