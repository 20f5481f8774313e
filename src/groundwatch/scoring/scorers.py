"""All scorers, in the order in which they are shown."""

from dataclasses import dataclass

from groundwatch.domain.scores import Scorer
from groundwatch.scoring.accuracy import Accuracy
from groundwatch.scoring.calibration import Calibrations, default_calibration
from groundwatch.scoring.coherence import Coherence
from groundwatch.scoring.completeness import Completeness
from groundwatch.scoring.compliance import Compliance, policies
from groundwatch.scoring.consistency import Consistency, EarlierAnswers
from groundwatch.scoring.relevance import Closeness, Relevance
from groundwatch.scoring.retrieval import Gold, RetrievalAccuracy
from groundwatch.scoring.safety import Safety
from groundwatch.scoring.settings import ScoringSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What scorers may ask for beside the interaction; every one of it may be missing.

    Attributes:
        closeness: compares questions with answers by their vectors.
        earlier: finds earlier answers to nearly the same question.
        gold: knows the right passages of a question.
        calibrations: knows where an application's line lies.
    """

    closeness: Closeness | None = None
    earlier: EarlierAnswers | None = None
    gold: Gold | None = None
    calibrations: Calibrations = default_calibration


def scorers(
    settings: ScoringSettings | None = None, around: Surroundings | None = None
) -> tuple[Scorer, ...]:
    """Build every scorer."""
    settings, around = settings or ScoringSettings(), around or Surroundings()
    rules = policies(settings.forbidden_topics, citations=settings.require_citations)
    return (
        Relevance(around.closeness),
        Accuracy(around.calibrations),
        Completeness(),
        Coherence(),
        Consistency(around.earlier),
        Safety(),
        Compliance(rules),
        RetrievalAccuracy(around.gold),
    )
