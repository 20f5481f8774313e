"""Means over few answers are noise; means over enough of them are comparable."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pool:
    """Replaces each value by the weighted mean of as many last values as hold enough weight.

    At noon one minute is enough, at night it takes several: what is scored is then about equally
    noisy at all hours, and one failed answer of three is no error burst.

    Attributes:
        enough: weight, as answers, that a mean should rest on; 0 leaves values as they are.
        longest: most values in a mean.
        values, weights: the last ones.
    """

    enough: float = 20.0
    longest: int = 15
    values: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def take(self, value: float, weight: float) -> float:
        """The mean of the newest values, this one included."""
        if weight >= self.enough:
            self.values.clear()
            self.weights.clear()
        self.values.append(value)
        self.weights.append(weight)
        if len(self.values) > self.longest:
            del self.values[0], self.weights[0]
        total = weighted = 0.0
        for back in range(len(self.values) - 1, -1, -1):
            total += self.weights[back]
            weighted += self.weights[back] * self.values[back]
            if total >= self.enough:
                break
        return weighted / total if total > 0.0 else value
