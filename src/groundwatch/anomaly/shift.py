"""Whether values, or a mix of kinds, are still spread as they used to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log, log10, sqrt

_SMOOTHING = 0.5
"""Added to each count, so that a kind that was never seen is rare and not impossible."""
_TERMS = 100


def population_stability(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """Population stability index of two mixes: .1 is a slight, .25 a marked change by convention.

    Args:
        before: counts of each kind in the baseline.
        now: counts of each kind lately.
    """
    return sum(_terms(before, now).values())


def parts_of_change(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """The share of each kind in the index."""
    terms = _terms(before, now)
    index = sum(terms.values())
    return {kind: term / index for kind, term in terms.items()} if index else {}


def _terms(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    kinds = before.keys() | now.keys()
    total_before = sum(before.values()) + _SMOOTHING * len(kinds)
    total_now = sum(now.values()) + _SMOOTHING * len(kinds)
    terms = {}
    for kind in kinds:
        old = (before.get(kind, 0.0) + _SMOOTHING) / total_before
        new = (now.get(kind, 0.0) + _SMOOTHING) / total_now
        terms[kind] = (new - old) * log(new / old)
    return terms


def mix_rarity(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """-log10 of the probability of so great a change by chance, were the mix the same.

    The index of two samples of n and m is about (1/n + 1/m) times a chi-square with one degree of
    freedom less than there are kinds (Yurdakul 2018); the tail is Wilson and Hilferty's.
    """
    kinds = len(before.keys() | now.keys())
    n, m = sum(before.values()), sum(now.values())
    if kinds < 2 or not n or not m:
        return 0.0
    degrees = kinds - 1
    chi_square = population_stability(before, now) / (1.0 / n + 1.0 / m)
    scale = 2.0 / (9.0 * degrees)
    deviations = ((chi_square / degrees) ** (1.0 / 3.0) - (1.0 - scale)) / sqrt(scale)
    return _normal_rarity(deviations)


def kolmogorov_smirnov(before: list[float], now: list[float]) -> tuple[float, float]:
    """The greatest distance of two distributions, and -log10 of its probability by chance.

    Asymptotic two-sample test with Stephens' correction for small samples.
    """
    if not before or not now:
        return 0.0, 0.0
    distance = _distance(sorted(before), sorted(now))
    size = len(before) * len(now) / (len(before) + len(now))
    reach = (sqrt(size) + 0.12 + 0.11 / sqrt(size)) * distance
    if reach < 0.2:
        return distance, 0.0
    terms = ((-1) ** (k - 1) * exp(-2.0 * k * k * reach * reach) for k in range(1, _TERMS))
    tail = 2.0 * sum(terms)
    if tail <= 0.0:  # underflow: its first term alone
        return distance, max(2.0 * reach * reach / log(10.0) - log10(2.0), 0.0)
    return distance, max(-log10(min(tail, 1.0)), 0.0)


def _distance(before: list[float], now: list[float]) -> float:
    i = j = 0
    greatest = 0.0
    while i < len(before) and j < len(now):
        value = min(before[i], now[j])
        while i < len(before) and before[i] == value:
            i += 1
        while j < len(now) and now[j] == value:
            j += 1
        greatest = max(greatest, abs(i / len(before) - j / len(now)))
    return greatest


def _normal_rarity(deviations: float) -> float:
    """-log10 of the upper tail of the normal distribution."""
    from math import erfc, pi

    if deviations < 30.0:
        return max(-log10(0.5 * erfc(deviations / sqrt(2.0))), 0.0)
    return (deviations * deviations / 2.0 + log(deviations * sqrt(2.0 * pi))) / log(10.0)


@dataclass(slots=True)
class MixShift:
    """Watches the mix of kinds: errors by type, questions by topic, answers by outcome.

    The baseline is a slowly fading sum of what was learned, the present a quickly fading one that
    enters the baseline only as it fades, so that a new mix is not compared with itself.

    Attributes:
        memory, window: observations that baseline and present weigh at most.
        needed: observations of each before anything is said.
    """

    memory: float = 5000.0
    window: float = 200.0
    needed: float = 50.0
    baseline: dict[str, float] = field(default_factory=dict)
    present: dict[str, float] = field(default_factory=dict)

    def score(self, counts: Mapping[str, float]) -> float:
        """How rare the present mix is with these counts in it; 0 while too little is known."""
        now = self._with(counts)[0]
        if sum(self.baseline.values()) < self.needed or sum(now.values()) < self.needed:
            return 0.0
        return mix_rarity(self.baseline, now)

    @property
    def stability(self) -> float:
        """Population stability index of baseline and present; 0 while too little is known."""
        if min(sum(self.baseline.values()), sum(self.present.values())) < self.needed:
            return 0.0
        return population_stability(self.baseline, self.present)

    def learn(self, counts: Mapping[str, float], *, teaches: bool = True) -> None:
        """Take counts in; what leaves the present becomes baseline, if it is to teach."""
        self.present, faded = self._with(counts)
        for kind, amount in faded.items() if teaches else ():
            self.baseline[kind] = self.baseline.get(kind, 0.0) + amount
        total = sum(self.baseline.values())
        if total > self.memory:
            self.baseline = {
                kind: amount * self.memory / total for kind, amount in self.baseline.items()
            }

    def _with(self, counts: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        now = dict(self.present)
        for kind, amount in counts.items():
            now[kind] = now.get(kind, 0.0) + amount
        total = sum(now.values())
        keep = min(1.0, self.window / total) if total else 1.0
        return (
            {kind: amount * keep for kind, amount in now.items()},
            {kind: amount * (1.0 - keep) for kind, amount in now.items()},
        )


@dataclass(slots=True)
class DistributionShift:
    """Watches how values are spread, such as quality scores: the last ones against a baseline.

    Attributes:
        window: how many of the last values are compared.
        memory: how many values before them they are compared with.
        baseline, present: both, oldest first.
    """

    window: int = 50
    memory: int = 500
    baseline: list[float] = field(default_factory=list)
    present: list[float] = field(default_factory=list)

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  order matters, not time
        """How rare the distance of the two distributions is, the value included."""
        now = [*self.present, value][-self.window :]
        if len(self.baseline) < 2 * self.window:
            return 0.0
        return kolmogorov_smirnov(self.baseline, now)[1]

    def learn(self, at: float, value: float) -> None:
        """Keep the value; one that leaves the present becomes baseline."""
        gone = self.present[: max(len(self.present) + 1 - self.window, 0)]
        self.pass_by(at, value)
        self.baseline = [*self.baseline, *gone][-self.memory :]

    def pass_by(self, at: float, value: float) -> None:  # noqa: ARG002
        """Keep a value that must not teach; what leaves the present is forgotten."""
        self.present = [*self.present, value][-self.window :]
