"""Safety: prompt injection in passages and question, toxic wording, secrets."""

from collections.abc import Iterator
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.injection import Detector, detector, hidden_text
from groundwatch.scoring.logistic import reliability, sigmoid
from groundwatch.scoring.results import bounded, unmeasured
from groundwatch.scoring.secrets import secrets
from groundwatch.scoring.toxicity import toxic

MODEL = "safety"
_FOUND = 0.0
_MOST_CHARS = 8_000


@dataclass(frozen=True, slots=True)
class Safety:
    """1 when nothing is found, 0 for a secret or toxic wording in the answer.

    An injection lowers the value to what its likelihood leaves; `.5` is the detector's threshold.
    Facts: `injection` (likelihood in passages), `query_injection`.
    """

    dimension: Dimension = Dimension.SAFETY
    version: str = "safety/ngram-2"

    def score(self, interaction: Interaction) -> Score:
        """Search passages, question and answer."""
        if not (interaction.query or interaction.response or interaction.passages):
            return unmeasured(self.dimension, self.version, "there is no text")
        passage, evidence = _injections(interaction)
        asked, found = _suspicion(detector("query"), "query", interaction.query)
        evidence += found
        worst = list(_worst(interaction))
        value = bounded(min(1.0 - passage, 1.0 - asked, *(_FOUND for _ in worst[:1])))
        evidence += worst
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=tuple(evidence[:12]),
            flags=tuple(dict.fromkeys(_flag(each) for each in evidence)),
            facts={"injection": round(passage, 4), "query_injection": round(asked, 4)},
            scorer=self.version,
        )


def _injections(interaction: Interaction) -> tuple[float, list[Evidence]]:
    highest, evidence = 0.0, []
    for each in interaction.passages:
        likelihood, found = _suspicion(detector("passage"), f"passage:{each.rank}", each.text)
        highest = max(highest, likelihood)
        evidence += found
    return highest, evidence


def _suspicion(model: Detector, where: str, text: str) -> tuple[float, list[Evidence]]:
    """Likelihood of an injection (.5 at the threshold), and where it stands."""
    text = text[:_MOST_CHARS]
    worst = model.worst(text)
    invisible = hidden_text(text)
    if invisible is not None:
        return 0.99, [Evidence(where, "injection", *invisible, "invisible characters")]
    if worst is None:
        return 0.0, []
    likelihood = sigmoid(worst.logit - model.threshold)
    if worst.logit < model.threshold:
        return likelihood, []
    return likelihood, [Evidence(where, "injection", worst.start, worst.end)]


def _worst(interaction: Interaction) -> Iterator[Evidence]:
    for kind, start, end in toxic(interaction.response):
        yield Evidence("response", "toxicity", start, end, kind)
    for kind, start, end in secrets(interaction.response):
        yield Evidence("response", "secret", start, end, kind)


def _flag(evidence: Evidence) -> str:
    if evidence.reason == "injection" and evidence.where == "query":
        return "query_injection"
    return evidence.reason
