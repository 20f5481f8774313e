"""A judge's reply as a score."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from groundwatch.domain.answers import Usage
from groundwatch.domain.metrics import JUDGED_BY
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.domain.sentences import Span
from groundwatch.scoring.judge.prompt import PROMPT_VERSION

UNREADABLE, UNCLEAR = "the judge's reply cannot be read", "the judge cannot tell"
_OBJECT = re.compile(r"\{[^{}]*\}")
_LONGEST_REASON = 300
_LINE = 0.5


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    unsupported: tuple[Annotated[int, Field(ge=1)], ...] | None = Field(default=None, strict=False)
    unclear: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge said.

    Attributes:
        unsupported: numbers of sentences, from 1; None when it could not tell.
    """

    unsupported: tuple[int, ...] | None
    reason: str


def read_verdict(text: str, count: int) -> Verdict | None:
    """The verdict of a reply on so many sentences; None when there is none in it.

    A model may think aloud first: the last object that fits counts.
    """
    for found in reversed(_OBJECT.findall(text)):
        try:
            reply = _Reply.model_validate(json.loads(found))
        except (ValidationError, ValueError):
            continue
        if reply.unclear:
            return Verdict(None, reply.reason[:_LONGEST_REASON])
        if reply.unsupported is not None and all(n <= count for n in reply.unsupported):
            numbers = tuple(sorted(set(reply.unsupported)))
            return Verdict(numbers, reply.reason[:_LONGEST_REASON])
    return None


def scorer_name(model: str) -> str:
    """`judge:MODEL/judge-1`; verdicts of other models and prompts are never mixed."""
    return f"{JUDGED_BY}{model}/{PROMPT_VERSION}"


def as_score(
    verdict: Verdict | None, offline: float, spans: Sequence[Span], model: str, usage: Usage | None
) -> Score:
    """A verdict beside the offline score; its value is the share of supported sentences.

    Facts: `offline` (the score that was in doubt), `agrees` (1 when both see the answer on the same
    side: all of it supported, or not), tokens and `usd`.
    """
    facts = {"offline": offline} | _spent(usage)
    name = scorer_name(model)
    if verdict is None or verdict.unsupported is None or not spans:
        reason = UNREADABLE if verdict is None else UNCLEAR
        return Score(Dimension.ACCURACY, None, reason=reason, facts=facts, scorer=name)
    bad = verdict.unsupported
    agrees = (offline >= _LINE) is (not bad)
    return Score(
        Dimension.ACCURACY,
        round(1 - len(bad) / len(spans), 4),
        evidence=tuple(
            Evidence("response", "judged_unsupported", *spans[number - 1], verdict.reason)
            for number in bad
        ),
        facts=facts | {"agrees": float(agrees), "sentences": float(len(spans))},
        scorer=name,
    )


def _spent(usage: Usage | None) -> dict[str, float]:
    if usage is None:
        return {}
    spent = {
        "input_tokens": float(usage.input_tokens),
        "output_tokens": float(usage.output_tokens),
    }
    return spent if usage.cost is None else spent | {"usd": usage.cost}
