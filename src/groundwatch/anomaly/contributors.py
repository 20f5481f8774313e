"""Which model, source, topic or group moved a metric."""

from collections import defaultdict
from dataclasses import dataclass

_LEAST_SHARE = 0.1
_LEAST_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """What one label of one dimension came to over a stretch of time.

    Attributes:
        weight: observations.
        total: sum of their values; equals the weight for a metric that only counts.
    """

    dimension: str
    label: str
    weight: float
    total: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time and its parts by label.

    Attributes:
        minutes: its length.
        weight, total: of the whole, which may be more than the parts of a dimension.
    """

    minutes: float
    weight: float
    total: float
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Contributor:
    """A label that moved more than its size explains.

    Attributes:
        share: of the whole change; may exceed 1 where others moved the other way.
        weight_share: of the observations before the episode.
        before, during: mean of a value, or observations a minute for a metric that only counts;
            None where there was nothing.
        metric: that those two are of; empty for the one that moved.
    """

    dimension: str
    label: str
    share: float
    weight_share: float
    before: float | None
    during: float | None
    metric: str = ""

    @property
    def excess(self) -> float:
        """By how much the share of the change exceeds the share of the observations."""
        return min(self.share, 1.0) - self.weight_share


def contributors(
    before: Stretch,
    during: Stretch,
    *,
    counted: bool,
    most: int = 3,
) -> tuple[Contributor, ...]:
    """Labels that explain the change from one stretch to another, the likeliest first.

    A mean changes because a label's own mean changed or because a label that was unlike the rest
    grew: both are counted, and the parts of a dimension that covers everything add up to the whole
    change. A label that makes up all of the traffic explains all of every change, and so nothing:
    what counts is the share of the change beyond the usual share of the observations. Of few
    answers that are unusual, all may be of the label that made them so.

    Args:
        before: the time before the episode.
        during: the episode.
        counted: whether the metric counts observations (requests, errors) instead of a mean.
        most: how many to return.
    """
    old, new = _by_label(before), _by_label(during)
    sizes = _sizes(before) or _sizes(during)
    found = []
    for key, share in shares(before, during, counted=counted).items():
        one = Contributor(
            *key,
            round(share, 4),
            round(sizes.get(key, 0.0), 4),
            _own(before, old.get(key), counted=counted),
            _own(during, new.get(key), counted=counted),
        )
        if one.excess >= _LEAST_SHARE and _supported(old.get(key), new.get(key)):
            found.append(one)
    found.sort(key=lambda one: (-one.excess, one.dimension, one.label))
    return tuple(found[:most])


def shares(before: Stretch, during: Stretch, *, counted: bool) -> dict[tuple[str, str], float]:
    """Each label's share of the change; those of a dimension that covers everything add up to 1."""
    change = (_rate if counted else _mean)(during) - (_rate if counted else _mean)(before)
    if not change:
        return {}
    moved = _moved_rate if counted else _moved_mean
    old, new = _by_label(before), _by_label(during)
    return {
        key: moved(before, during, old.get(key), new.get(key)) / change
        for key in sorted(old.keys() | new.keys())
    }


def _supported(old: Part | None, new: Part | None) -> bool:
    return max(old.weight if old else 0.0, new.weight if new else 0.0) >= _LEAST_WEIGHT


def _mean(of: Stretch) -> float:
    return of.total / of.weight if of.weight else 0.0


def _rate(of: Stretch) -> float:
    return of.weight / of.minutes


def _by_label(of: Stretch) -> dict[tuple[str, str], Part]:
    return {(part.dimension, part.label): part for part in of.parts}


def _sizes(of: Stretch) -> dict[tuple[str, str], float]:
    """Share of each label in its dimension."""
    whole: defaultdict[str, float] = defaultdict(float)
    for part in of.parts:
        whole[part.dimension] += part.weight
    return {
        (part.dimension, part.label): part.weight / whole[part.dimension]
        for part in of.parts
        if whole[part.dimension]
    }


def _moved_rate(before: Stretch, during: Stretch, old: Part | None, new: Part | None) -> float:
    now = new.weight / during.minutes if new else 0.0
    then = old.weight / before.minutes if old else 0.0
    return now - then


def _moved_mean(before: Stretch, during: Stretch, old: Part | None, new: Part | None) -> float:
    usual = _mean(before)
    now = (new.total - usual * new.weight) / during.weight if new and during.weight else 0.0
    then = (old.total - usual * old.weight) / before.weight if old and before.weight else 0.0
    return now - then


def _own(of: Stretch, part: Part | None, *, counted: bool) -> float | None:
    if part is None:
        return None
    if counted:
        return part.weight / of.minutes
    return part.total / part.weight if part.weight else None
