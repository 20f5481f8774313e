"""Only a new height counts: the rest of what was already reported is no news."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Refractory:
    """Lets a score through when it is the greatest of the last `length` values.

    After an alarm the scores of its echo, its return and its repetition stay below it. This is the
    one place where repetition is taken out, for episodes and for published scores alike.

    Attributes:
        length: how many values an earlier height covers.
        numbers, heights: earlier scores that no later one exceeded, falling.
    """

    length: int = 150
    seen: int = 0
    numbers: list[int] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)

    def take(self, score: float) -> float:
        """The score when it is news, else 0; scores below 0 are nothing."""
        if self.numbers and self.numbers[0] < self.seen - self.length:
            del self.numbers[0], self.heights[0]
        news = score > (self.heights[0] if self.heights else 0.0)
        while self.heights and self.heights[-1] <= score:
            del self.numbers[-1], self.heights[-1]
        if score > 0.0:
            self.numbers.append(self.seen)
            self.heights.append(score)
        self.seen += 1
        return score if news else 0.0

    def take_all(self, scores: Iterable[float]) -> list[float]:
        """Every score in turn."""
        return [self.take(score) for score in scores]
