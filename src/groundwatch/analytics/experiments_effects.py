"""How much one variant differs from another, with units that ask more than once.

A mean over interactions is a ratio of sums over units, which are independent where interactions of
one user are not; its variance is that of the linearised ratio (delta method; Deng, Knoblich and Lu,
KDD 2018). Where units have a history, what it explains is taken out (CUPED; Deng, Xu, Kohavi and
Walker, WSDM 2013).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
_LEAST_HISTORY = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """The units of one variant, in one metric.

    Attributes:
        counts: measured interactions of each unit, above 0.
        sums: of their values.
        before: each unit's mean before the experiment; NaN where there is none.
    """

    counts: Values
    sums: Values
    before: Values

    @property
    def units(self) -> int:
        return self.counts.size

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.counts.sum())


@dataclass(frozen=True, slots=True)
class Effect:
    """What a variant does.

    Attributes:
        difference: treatment less control.
        variance: of the difference.
        reduced: part of the variance that history took out; 0 without history.
    """

    control: float
    treatment: float
    difference: float
    variance: float
    reduced: float


def effect(control: Sample, treatment: Sample) -> Effect:
    """Compare two variants, each with at least two units.

    Where hardly anything varies within the variants, such as when one always fails and the other
    never does, the variance is what a single unit more would make of it that came out as those of
    the other variant did.
    """
    left, right = _linearised(control), _linearised(treatment)
    plain = _variance(left) + _variance(right)
    difference = treatment.mean - control.mean
    least = difference**2 * (1 / control.units**2 + 1 / treatment.units**2)
    adjusted = _adjusted(control, treatment, left, right)
    if adjusted is None or adjusted[1] >= plain:
        return Effect(control.mean, treatment.mean, difference, max(plain, least), 0.0)
    shift, variance = adjusted
    reduced = 1 - variance / plain
    return Effect(control.mean, treatment.mean, difference - shift, max(variance, least), reduced)


def _linearised(sample: Sample) -> Values:
    parts: Values = (sample.sums - sample.mean * sample.counts) / sample.counts.mean()
    return parts


def _variance(parts: Values) -> float:
    return float(np.var(parts, ddof=1) / parts.size)


def _adjusted(
    control: Sample, treatment: Sample, left: Values, right: Values
) -> tuple[float, float] | None:
    """What history explains of the difference, and the variance that remains."""
    whole = np.concatenate([control.before, treatment.before])
    known = ~np.isnan(whole)
    if known.mean() < _LEAST_HISTORY or float(np.var(whole[known])) <= 0:
        return None
    middle = float(whole[known].mean())
    one, other = (np.nan_to_num(each.before - middle, nan=0.0) for each in (control, treatment))
    inner = np.concatenate([one - one.mean(), other - other.mean()])
    theta = float(np.concatenate([left, right]) @ inner / (inner @ inner))
    shift = theta * float(other.mean() - one.mean())
    remaining = _variance(left - theta * (one - one.mean())) + _variance(
        right - theta * (other - other.mean())
    )
    return shift, remaining
