"""Accuracy: whether the answer says only what its passages say."""

from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Score
from groundwatch.scoring.calibration import Calibrations, default_calibration
from groundwatch.scoring.faithfulness import MODEL, VERSION, Examined, examine
from groundwatch.scoring.flagged import unsupported
from groundwatch.scoring.logistic import reliability, sigmoid
from groundwatch.scoring.results import (
    DECLINED,
    NO_ANSWER,
    NO_PASSAGES,
    bounded,
    unmeasured,
)

UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Faithfulness to the passages; .5 is the application's own line.

    Facts: `doubt` (log odds before calibration), `claims`, `flagged_claims`, `copied_share`,
    `calibrated` (1 when the line rests on the application's own traffic).
    """

    calibrations: Calibrations = default_calibration
    dimension: Dimension = Dimension.ACCURACY
    version: str = f"accuracy/{VERSION}"

    def score(self, interaction: Interaction) -> Score:
        """Compare each claim with the passages."""
        if not interaction.response.strip():
            return unmeasured(self.dimension, self.version, NO_ANSWER)
        passages = [each.text for each in interaction.passages if each.text.strip()]
        if not passages:
            return unmeasured(self.dimension, self.version, NO_PASSAGES)
        found = examine(interaction.query, passages, interaction.response)
        if found.declines:
            return unmeasured(self.dimension, self.version, DECLINED, "declined")
        if not found.claims:
            return unmeasured(self.dimension, self.version, "the answer claims nothing")
        return self._judged(interaction.application, found)

    def _judged(self, application: str, found: Examined) -> Score:
        calibration = self.calibrations(application)
        value = bounded(sigmoid(calibration.cut - found.logit))
        flagged = value < 0.5
        evidence = unsupported(found, at_least_one=True) if flagged else ()
        copied = [1.0 - claim.signal("not_copied") for claim in found.claims]
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=evidence,
            flags=(UNSUPPORTED,) if flagged else (),
            facts={
                "doubt": round(found.logit, 4),
                "claims": float(len(found.claims)),
                "flagged_claims": float(len(evidence)),
                "copied_share": bounded(sum(copied) / len(copied)),
                "calibrated": float(calibration.answers > 0),
            },
            scorer=self.version,
        )
