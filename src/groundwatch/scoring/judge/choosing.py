"""Which answers are judged: doubtful ones, sampled by their ids."""

from hashlib import sha256

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.metrics import JUDGED_BY
from groundwatch.domain.scores import Dimension, Quality
from groundwatch.scoring.judge.settings import JudgeSettings


def doubt(quality: Quality) -> float | None:
    """The offline accuracy; None where there is none, or a judge has spoken already."""
    if any(each.scorer.startswith(JUDGED_BY) for each in quality.scores):
        return None
    score = quality.score(Dimension.ACCURACY)
    return None if score is None else score.value


def is_chosen(one: Interaction, quality: Quality, settings: JudgeSettings) -> bool:
    """Whether an answer goes to the judge, budget permitting; the same one always or never."""
    accuracy = doubt(quality)
    if accuracy is None or not settings.zone_from <= accuracy <= settings.zone_to:
        return False
    if one.outcome is not Outcome.ANSWERED or not one.passages:
        return False
    if settings.applications and one.application not in settings.applications:
        return False
    return _length(one) <= settings.most_characters and _place(one.id) < settings.share


def _length(one: Interaction) -> int:
    return len(one.query) + len(one.response) + sum(len(each.text) for each in one.passages)


def _place(id_: str) -> float:
    """A number from 0 to 1, evenly spread, always the same for an id."""
    digest = sha256(b"judge\0" + id_.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
