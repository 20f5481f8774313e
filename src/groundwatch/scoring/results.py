"""How scorers give a result, or say why they have none."""

from groundwatch.domain.scores import Dimension, Score

NO_ANSWER = "there is no answer"
NO_PASSAGES = "there are no passages to compare with"
NO_QUERY = "there is no question"
DECLINED = "the question was declined"


def unmeasured(dimension: Dimension, version: str, reason: str, *flags: str) -> Score:
    """A score without a value."""
    return Score(dimension, None, reason=reason, flags=flags, scorer=version)


def bounded(value: float) -> float:
    """A value as it is stored: 0 to 1, four digits."""
    return round(min(1.0, max(0.0, value)), 4)
