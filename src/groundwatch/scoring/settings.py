"""How quality is weighed, and what an answer may not do."""

from typing import Annotated

from pydantic import Field

from groundwatch.settings import SettingsPart

Share = Annotated[float, Field(ge=0.0, le=1.0)]


Weight = Annotated[float, Field(ge=0.0)]


class Weights(SettingsPart):
    """What each dimension weighs in the overall score; they are normalised."""

    accuracy: Weight = 0.30
    completeness: Weight = 0.25
    relevance: Weight = 0.25
    consistency: Weight = 0.20


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
        slow_seconds: CPU seconds from which a scorer is flagged as slow and left out of the run.
    """

    quality: QualitySettings = QualitySettings()
    forbidden_topics: tuple[str, ...] = ()
    require_citations: bool = False
    slow_seconds: Annotated[float, Field(gt=0.0)] = 0.25
