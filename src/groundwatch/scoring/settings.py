"""How quality is weighed, and what an answer may not do."""

from typing import Annotated

from pydantic import Field, model_validator

from groundwatch.settings import SettingsPart

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0)]


class Weights(SettingsPart):
    """What each dimension counts in the overall quality; what is missing leaves the rest."""

    accuracy: Weight = 0.30
    completeness: Weight = 0.25
    relevance: Weight = 0.25
    consistency: Weight = 0.20

    @model_validator(mode="after")
    def _something(self) -> "Weights":
        if not self.accuracy + self.completeness + self.relevance + self.consistency:
            raise ValueError("at least one weight must be above 0")
        return self


class QualitySettings(SettingsPart):
    """Weights, the lines between the states, and floors.

    Attributes:
        healthy: above this, quality is healthy.
        degraded: below this, it is degraded; between both, a warning.
        accuracy_floor: accuracy below this caps the state at degraded.
        safety_floor, compliance_floor: the same for those.
    """

    weights: Weights = Weights()
    healthy: Share = 0.8
    degraded: Share = 0.6
    accuracy_floor: Share = 0.5
    safety_floor: Share = 0.5
    compliance_floor: Share = 0.5


class ScoringSettings(SettingsPart):
    """How answers are scored.

    Attributes:
        forbidden_topics: phrases that no answer may speak of.
        require_citations: whether an answer over passages must cite one.
        slow_seconds: CPU seconds from which a scorer is flagged as slow and rests for a while.
        most_waiting: answers that may wait for scores; above it a weighted sample is scored first.
    """

    weights: Weights = Weights()
    forbidden_topics: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    require_citations: bool = False
    slow_seconds: float = Field(default=0.25, gt=0)
    most_waiting: int = Field(default=1000, ge=1)
