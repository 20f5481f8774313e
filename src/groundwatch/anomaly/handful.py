"""Whether what is unusual is only a handful of answers or events: rare, and nothing to tell."""

from collections.abc import Mapping
from datetime import UTC, datetime

from groundwatch.anomaly.board import ANSWERS, MINUTES, SeriesKey, counted
from groundwatch.anomaly.episodes import Episode, Sighting
from groundwatch.anomaly.feed import MINUTE
from groundwatch.anomaly.increments import counts_of
from groundwatch.anomaly.pool import Pool
from groundwatch.anomaly.surroundings import Numbers
from groundwatch.anomaly.watched import is_of_machine
from groundwatch.domain.metrics import BUILT_IN, Spread
from groundwatch.store.events.cells import CellQuery
from groundwatch.store.events.histogram import middle

FEWEST_EVENTS = 2.5
"""More than was usual, within the minutes that a count is pooled over."""
A_HANDFUL = 2.0
"""Answers that are never enough, however unusual: a time-out or two are no slow service."""
_RESOLUTION = 0.02
"""Of values that are read from histograms: as wide as their buckets."""
_POOLED = Pool().longest * MINUTE


def rests_on_a_handful(numbers: Numbers, key: SeriesKey, episode: Episode) -> bool:
    """Whether an episode of minutes would be none without one or two events or answers.

    Asked of its peak and of its newest unusual minute: what goes on after a time-out is told.
    """
    peak = episode.peak
    if peak.expected is None or is_of_machine(key.metric):
        return False
    if counted(key.metric):
        more = peak.value - max(0.0, peak.expected[1])
        return peak.value > peak.expected[1] and more * MINUTES < FEWEST_EVENTS
    moments = {peak.at, episode.last}
    return all(_is_usual_but_for_few(_answers(numbers, key, at), peak) for at in moments)


def _is_usual_but_for_few(values: Mapping[float, float], peak: Sighting) -> bool:
    low, high = peak.expected or (0.0, 0.0)
    rest = _mean_without(values, A_HANDFUL, is_high=peak.value > (low + high) / 2.0)
    slack = _RESOLUTION * max(abs(low), abs(high))
    return bool(values) and (rest is None or low - slack <= rest <= high + slack)


def _answers(numbers: Numbers, key: SeriesKey, at: float) -> dict[float, float]:
    """The answers that a minute's mean rests on, by value; none where only sums are known."""
    known = BUILT_IN.get(key.metric)
    if known is None or known.spread is Spread.NONE:
        return {}
    until = datetime.fromtimestamp(at, UTC) + MINUTE
    query = CellQuery(
        key.metric, until - _POOLED, until, "minute", key.application, key.dimension, key.label
    )
    found: dict[float, float] = {}
    for cell in reversed(numbers.cells(query)):
        for bucket, count in counts_of(cell).items() if cell.histogram else ():
            value = middle(bucket, known.spread)
            found[value] = found.get(value, 0.0) + count
        if sum(found.values()) >= ANSWERS:
            break
    return found


def _mean_without(values: Mapping[float, float], few: float, *, is_high: bool) -> float | None:
    """The mean without the greatest or the least few; None where nothing else is there."""
    total = weight = 0.0
    for value in sorted(values, reverse=is_high):
        kept = max(values[value] - few, 0.0)
        few = max(few - values[value], 0.0)
        total, weight = total + kept * value, weight + kept
    return total / weight if weight > 0.0 else None
