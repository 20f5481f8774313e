"""Compliance: the rules an answer must keep, each a function from interaction to evidence."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.claims import claims, declines
from groundwatch.scoring.logistic import reliability
from groundwatch.scoring.personal import personal
from groundwatch.scoring.results import NO_ANSWER, bounded, unmeasured
from groundwatch.scoring.text import read

MODEL = "compliance"
_MARK = re.compile(
    r"\[\d{1,3}\]|\[\^?\w{1,20}\]|【[^】]{1,40}】|\((?:source|see|doc|passage)\b", re.IGNORECASE
)

Rule = Callable[[Interaction], Iterable[Evidence]]


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule with its name and how bad breaking it is, 0 to 1."""

    name: str
    rule: Rule
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Compliance:
    """1 when every policy is kept; each broken one takes its weight away."""

    policies: Sequence[Policy]
    dimension: Dimension = Dimension.COMPLIANCE
    version: str = "compliance/rules-1"

    def score(self, interaction: Interaction) -> Score:
        """Ask each policy."""
        if not interaction.response.strip():
            return unmeasured(self.dimension, self.version, NO_ANSWER)
        left, evidence, flags = 1.0, [], []
        for policy in self.policies:
            found = list(policy.rule(interaction))
            if found:
                left *= 1.0 - policy.weight
                evidence += found
                flags.append(policy.name)
        value = bounded(left)
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=tuple(evidence[:12]),
            flags=tuple(flags),
            facts={"policies": float(len(self.policies)), "broken": float(len(flags))},
            scorer=self.version,
        )


def personal_data(interaction: Interaction) -> Iterable[Evidence]:
    """Personal data in the answer that the person asking did not write."""
    for kind, start, end in personal(interaction.response):
        if interaction.response[start:end] not in interaction.query:
            yield Evidence("response", "personal_data", start, end, kind)


def missing_citation(interaction: Interaction) -> Iterable[Evidence]:
    """An answer that claims something and names no passage, although there are passages."""
    if interaction.outcome is not Outcome.ANSWERED or not interaction.passages:
        return
    reading = read(interaction.response)
    if declines(reading) or not claims(reading):
        return
    cited = any(each.cited for each in interaction.passages)
    if not cited and not _MARK.search(interaction.response):
        yield Evidence("response", "missing_citation")


def forbidden(topics: Sequence[str]) -> Rule:
    """A rule against topics; each is a phrase, found by the stems of its words in a row."""
    wanted = {topic: read(topic).words.stems for topic in topics if topic.strip()}

    def rule(interaction: Interaction) -> Iterable[Evidence]:
        words = read(interaction.response).words
        for topic, stems in wanted.items():
            for at in range(len(words) - len(stems) + 1):
                if words.stems[at : at + len(stems)] == stems:
                    start, end = words.starts[at], words.ends[at + len(stems) - 1]
                    yield Evidence("response", "forbidden_topic", start, end, topic)
                    break

    return rule


def policies(topics: Sequence[str] = (), *, citations: bool = False) -> tuple[Policy, ...]:
    """The built-in policies: personal data, forbidden topics, and citations where they are due."""
    found = [Policy("personal_data", personal_data)]
    if citations:
        found.append(Policy("missing_citation", missing_citation, 0.5))
    if topics:
        found.append(Policy("forbidden_topic", forbidden(topics)))
    return tuple(found)
