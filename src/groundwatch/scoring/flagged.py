"""Which parts of an answer its passages do not bear out, and why."""

from groundwatch.domain.scores import Evidence
from groundwatch.domain.sentences import Span
from groundwatch.scoring.faithfulness import MODEL, Examined, Judged
from groundwatch.scoring.ground import Doubt
from groundwatch.scoring.logistic import constant

_WHOLE = 0.45
"""From this share of unknown words on, the whole sentence is meant."""

_REASONS = (
    "new_number", "unit", "new_name", "opposite", "negation", "moved_number", "moved_name",
)  # fmt: skip
_MOST = 8


def unsupported(examined: Examined, *, at_least_one: bool = False) -> tuple[Evidence, ...]:
    """Spans of the response, worst first.

    Args:
        examined: the answer.
        at_least_one: name the worst claim even when it alone would not be flagged.
    """
    cut = constant(MODEL, "sentence_threshold")
    ranked = sorted(examined.claims, key=lambda each: -each.logit)
    worst = [each for each in ranked if each.logit >= cut]
    if at_least_one and not worst:
        worst = ranked[:1]
    return tuple(_evidence(examined, claim) for claim in worst[:_MOST])


def _evidence(examined: Examined, claim: Judged) -> Evidence:
    start, end = _span(examined, claim)
    reason = _reason(claim)
    said = [
        examined.reading.text[each.start : each.end]
        for each in sorted(claim.doubts, key=lambda each: -each.size)
        if each.reason == reason or reason in {"novel_run", "new_word"}
    ]
    return Evidence("response", reason, start, end, ", ".join(dict.fromkeys(said[:4])))


def _span(examined: Examined, claim: Judged) -> Span:
    """The sentence, or only the words in doubt where the rest is borne out."""
    whole = examined.reading.spans[claim.sentence]
    small = [each for each in claim.doubts if each.reason != "negation"]
    if _mostly_new(claim) or not small or claim.signal("negation"):
        return whole
    strong = _strong(small)
    return min(each.start for each in strong), max(each.end for each in strong)


def _mostly_new(claim: Judged) -> bool:
    """Tell whether the sentence is new as a whole, and not only a name or number in it."""
    words = any(each.reason == "new_word" for each in claim.doubts)
    return words and claim.signal("novel") >= _WHOLE


def _strong(doubts: list[Doubt]) -> list[Doubt]:
    """New words where there are any; words that only stand elsewhere count otherwise."""
    new = [each for each in doubts if not each.reason.startswith("moved")]
    return new or doubts


def _reason(claim: Judged) -> str:
    reasons = {each.reason for each in claim.doubts}
    if _mostly_new(claim):
        return "novel_run"
    return next((each for each in _REASONS if each in reasons), "new_word" if reasons else "loose")
