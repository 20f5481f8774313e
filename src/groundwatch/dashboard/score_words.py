"""Scores in words: what speaks against an answer, where, and how far that can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass

from groundwatch.dashboard.formatting import percent
from groundwatch.dashboard.withheld import Readable
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.sentences import sentences

_WORDS: Mapping[str, str] = {
    "answer_type": "not the kind of answer that was asked for",
    "cited_not_used": "cited, but nothing of it is used",
    "contradicts_earlier": "contradicts an earlier answer",
    "declined": "declined although something was found",
    "facet_open": "a part of the question stays open",
    "forbidden_topic": "speaks of a topic that is not allowed",
    "injection": "tries to give instructions",
    "judged_unsupported": "a language model found it unsupported",
    "list_out_of_order": "a list is out of order",
    "missing_citation": "no source is cited",
    "moved_name": "a name stands in the passages, but with something else",
    "moved_number": "a number stands in the passages, but with something else",
    "negation": "says the contrary of the passages",
    "new_name": "a name that is in no passage",
    "new_number": "a number that is in no passage",
    "new_word": "in no passage",
    "not_in_answer": "asked about, not in the answer",
    "novel_run": "in no passage",
    "off_topic": "speaks of something else than was asked",
    "opposite": "the opposite of what the passages say",
    "personal_data": "personal data",
    "points_back_at_nothing": "refers to something that was not said",
    "repeated": "says the same again",
    "secret": "a secret",
    "toxicity": "offends",
    "truncated": "ends in the middle",
    "unit": "another unit than the passages",
    "unsupported": "in no passage",
}
_LONGEST = 140
_MOST = 4


@dataclass(frozen=True, slots=True)
class Against:
    """One reason: what it is, and the words it is about where the reader may see them."""

    words: str
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """One score as it is shown.

    Attributes:
        name: of the dimension, or `judge`.
        basis: how often such a score is right, and what measured it.
        facts: numbers behind it.
        more: reasons that are left out.
    """

    name: str
    score: Score
    against: tuple[Against, ...]
    basis: str
    facts: tuple[tuple[str, str], ...]
    more: int


def said(one: Interaction, score: Score, may: Readable) -> Said:
    """A score of an interaction, for somebody who may read what `may` says."""
    return Said(
        "judge" if score.scorer.startswith("judge:") else score.dimension.value,
        score,
        tuple(_against(one, each, may) for each in score.evidence[:_MOST]),
        _basis(score),
        tuple((_spaced(name), f"{value:.3g}") for name, value in score.facts.items()),
        max(0, len(score.evidence) - _MOST),
    )


def why(evidence: Evidence) -> str:
    """A reason in words, and what is worth knowing of it."""
    words = _WORDS.get(evidence.reason)
    if words is None and evidence.reason.startswith("earlier_"):
        words = f"an earlier answer differs: {_plain(evidence.reason.removeprefix('earlier_'))}"
    words = words or _spaced(evidence.reason)
    return f"{words}: {evidence.detail}" if evidence.detail else words


def verdict(response: str, quality: Quality) -> tuple[str, str]:
    """What scores say of an answer once they are there: a look, and a sentence; empty for none."""
    score = quality.score(Dimension.ACCURACY)
    if score is None or score.value is None:
        return "", ""
    spans = sentences(response)
    loose = sum(any(_touches(each, *span) for each in score.evidence) for span in spans)
    if not loose:
        return "good", "Checked: every sentence is borne out"
    return "warn", f"Checked: {loose} of {len(spans)} sentence{'s' * (len(spans) != 1)} unsupported"


def _touches(evidence: Evidence, start: int, end: int) -> bool:
    if evidence.where != "response" or evidence.start is None or evidence.end is None:
        return False
    return evidence.start < end and start < evidence.end


def _against(one: Interaction, evidence: Evidence, may: Readable) -> Against:
    text = _text(one, evidence, may)
    if text is None:
        plain = Evidence(evidence.where, evidence.reason)
        return Against(f"{why(plain)}{_place(evidence)}", "")
    quote = "" if evidence.start is None else text[evidence.start : evidence.end]
    short = quote if len(quote) <= _LONGEST else f"{quote[:_LONGEST].rstrip()}…"
    return Against(f"{why(evidence)}{_place(evidence)}", short)


def _text(one: Interaction, evidence: Evidence, may: Readable) -> str | None:
    """The text a reason is about; None for those who may not read it."""
    if evidence.where == "query":
        return one.query if may.texts else None
    if evidence.where == "response":
        return one.response if may.answer else None
    rank = evidence.where.removeprefix("passage:")
    found = next((each for each in one.passages if str(each.rank) == rank), None)
    return found.text if found is not None and may.passages.get(found.rank) else None


def _place(evidence: Evidence) -> str:
    if evidence.where == "query":
        return " (in the question)"
    rank = evidence.where.removeprefix("passage:")
    return f" (passage {rank})" if rank != evidence.where else ""


def _basis(score: Score) -> str:
    trusted = (
        "" if score.confidence is None else f"right in {percent(score.confidence)} of such cases"
    )
    return " · ".join(each for each in (trusted, score.scorer) if each)


def _plain(reason: str) -> str:
    return _WORDS.get(reason, _spaced(reason))


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
