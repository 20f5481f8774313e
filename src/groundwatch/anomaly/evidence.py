"""Evidence that adds up: one rare value is chance, several in a row are not."""

from dataclasses import dataclass


@dataclass(slots=True)
class Evidence:
    """Page's cumulative sum (Biometrika 41, 1954) over how rare values are.

    Of values that are drawn as they always were, -log10 of the probability is .43 on average. What
    exceeds `drift` adds up and what falls short wears off, so that either one extreme value or a
    run of slightly rare ones reaches the height.

    Attributes:
        drift: rarity that neither adds nor wears off.
        height: sum at which something has happened.
        amount: the sum now; at most a fifth above the height, so that it ends soon after.
    """

    drift: float
    height: float
    amount: float = 0.0

    def take(self, rarity: float) -> None:
        """Add the next value's rarity."""
        grown = self.amount + rarity - self.drift
        self.amount = min(max(grown, 0.0), 1.2 * self.height)

    @property
    def reached(self) -> bool:
        return self.amount >= self.height

    @property
    def share(self) -> float:
        """Of the height, 0 to 1.2."""
        return self.amount / self.height
