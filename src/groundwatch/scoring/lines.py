"""Answers in a file, one JSON object a line, as interactions; and their scores as such lines.

In: `id`, `query`, `contexts` (list of texts), `response`; anything else is ignored. What is missing
is scored as far as possible. Out: `id`, `faithful`, `flag`, `spans`, `scores`, `overall`, ...
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.scores import Dimension, Quality, Score
from groundwatch.domain.status import Severity
from groundwatch.errors import InvalidInput
from groundwatch.scoring.calibration import Calibration

_EPOCH = datetime.fromtimestamp(0, UTC)
_LINE_CHARS = 20_000_000

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be scored, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it stood in a file; `id` is written back as it was, the line number without."""

    id: Json
    interaction: Interaction


def parse(line: str, number: int) -> Given:
    """Read one line.

    Raises:
        InvalidInput: it is no JSON object, or a field is of another kind.
    """
    if len(line) > _LINE_CHARS:
        raise InvalidInput(f"the line has {len(line)} characters; {_LINE_CHARS} are read")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise InvalidInput(f"a {type(found).__name__} stands where an object should")
    passages = tuple(
        RetrievedPassage(rank, text) for rank, text in enumerate(_texts(found, "contexts"), 1)
    )
    given = found.get("id", number)
    interaction = Interaction(
        id=str(given),
        application=_text(found, "application") or "file",
        started_at=_EPOCH,
        duration=0.0,
        outcome=Outcome.ANSWERED,
        severity=Severity.INFO,
        query=_text(found, "query"),
        response=_text(found, "response"),
        passages=passages,
    )
    return Given(given, interaction)


def written(given: Given, quality: Quality, calibration: Calibration) -> dict[str, Json]:
    """What is known of an answer, as one line."""
    accuracy = quality.score(Dimension.ACCURACY)
    faithful = _faithful(accuracy)
    spans = accuracy.evidence if accuracy else ()
    return {
        "id": given.id,
        "faithful": faithful,
        "flag": faithful is not None and faithful < 0.5,
        "reasons": [*quality.reasons, *([accuracy.reason] if accuracy and accuracy.reason else [])],
        "spans": [[each.start, each.end, each.reason] for each in spans],
        "calibration": {"state": calibration.state, "cut": round(calibration.cut, 4)},
        "overall": quality.overall,
        "composite": quality.composite,
        "coverage": quality.coverage,
        "status": quality.status.value,
        "scores": {each.dimension.value: _score(each) for each in quality.scores},
    }


def _faithful(score: Score | None) -> float | None:
    """An answer that only declines says nothing that its passages do not."""
    if score is None:
        return None
    return 1.0 if "declined" in score.flags else score.value


def _score(score: Score) -> dict[str, Json]:
    found: dict[str, Json] = {
        "value": score.value,
        "confidence": score.confidence,
        "scorer": score.scorer,
    }
    if score.reason:
        found["reason"] = score.reason
    if score.flags:
        found["flags"] = list(score.flags)
    if score.facts:
        found["facts"] = dict(score.facts)
    if score.evidence:
        found["evidence"] = [
            [each.where, each.start, each.end, each.reason, each.detail] for each in score.evidence
        ]
    found["cpu_ms"] = round(score.cost * 1e3, 3)
    return found


def _text(found: Mapping[str, Json], name: str) -> str:
    given = found.get(name)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise InvalidInput(f"`{name}` is a {type(given).__name__}; a text is expected")
    return given


def _texts(found: Mapping[str, Json], name: str) -> list[str]:
    given = found.get(name)
    if given is None:
        return []
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise InvalidInput(f"`{name}` must be a list of texts")
    return [each for each in given if isinstance(each, str)]
