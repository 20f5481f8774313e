"""Tests that may be looked at any time.

Always-valid p-values from the mixture sequential probability ratio test with a normal mixture
(Johari, Koomen, Pekelis and Walsh, Always Valid Inference: Continuous Monitoring of A/B Tests,
Operations Research 70(3), 2022), on an estimate that is asymptotically normal (Waudby-Smith,
Arbour, Sinha, Kennedy and Ramdas, Time-uniform central limit theory and asymptotic confidence
sequences, Annals of Statistics 52(6), 2024): hence a least number of units before the first look.
Shares of units by the sequential multinomial test of Lindon and Malek (Anytime-Valid Inference for
Multinomial Count Data, NeurIPS 2022).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_CONCENTRATION = 500.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What all looks so far came to.

    Attributes:
        p: the least always-valid p-value; it never rises.
        low, high: where all intervals so far overlap.
        mixing: variance of the mixture, chosen at the first look and kept; 0 before it.
    """

    p: float = 1.0
    low: float = -math.inf
    high: float = math.inf
    mixing: float = 0.0


BEFORE = Looked()


def mixing_variance(variance: float, part: float, alpha: float) -> float:
    """The mixture that makes the interval narrowest when a test is as far as planned.

    Args:
        variance: of the estimate now.
        part: of the planned units that it rests on.
        alpha: 0 to 1.
    """
    needed = -2 * math.log(alpha)
    return variance * part * (needed + math.log(needed) + 1)


def p_value(difference: float, variance: float, mixing: float) -> float:
    """One look: the inverse of the mixture likelihood ratio against no difference, at most 1."""
    whole = variance + mixing
    if variance <= 0 or mixing <= 0:
        return 1.0
    log_ratio = 0.5 * math.log(variance / whole) + difference**2 * mixing / (2 * variance * whole)
    return math.exp(-max(0.0, log_ratio))


def half_width(variance: float, mixing: float, alpha: float) -> float:
    """Differences further than this from the estimate have a p-value below `alpha`."""
    whole = variance + mixing
    if variance <= 0 or mixing <= 0:
        return math.inf
    needed = math.log(1 / alpha) + 0.5 * math.log(whole / variance)
    return math.sqrt(2 * variance * whole / mixing * needed)


def look(before: Looked, difference: float, variance: float, part: float, alpha: float) -> Looked:
    """Look once more.

    Args:
        before: what was known.
        difference: as estimated now.
        variance: of that estimate.
        part: of the planned units that it rests on.
        alpha: the interval holds the truth at all looks together with 1 - alpha.
    """
    mixing = before.mixing or mixing_variance(variance, part, alpha)
    p = min(before.p, p_value(difference, variance, mixing))
    reach = half_width(variance, mixing, alpha)
    low, high = max(before.low, difference - reach), min(before.high, difference + reach)
    if low > high:
        low, high = difference - reach, difference + reach
    return Looked(p, low, high, mixing)


def mismatch_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Always-valid p-value of counts under the shares that were meant; small is a mismatch.

    Args:
        counts: of each variant.
        shares: as meant; they sum to 1.
    """
    whole = sum(counts)
    weights = [_CONCENTRATION * share for share in shares]
    log_ratio = math.lgamma(_CONCENTRATION) - math.lgamma(_CONCENTRATION + whole)
    for count, share, weight in zip(counts, shares, weights, strict=True):
        log_ratio += math.lgamma(weight + count) - math.lgamma(weight) - count * math.log(share)
    return math.exp(-max(0.0, log_ratio))
