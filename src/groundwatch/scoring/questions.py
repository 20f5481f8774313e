"""What kind of question was asked, and how much it asks for: rules, no model.

The kinds and the rules stand in `docs/topics.md`.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from groundwatch.domain.scores import Quality
from groundwatch.scoring.text import read

_LONGEST = 2_000


class Category(StrEnum):
    """What a question wants; the first that fits counts, in this order."""

    CONVERSATION = "conversation"
    PROBLEM = "problem"
    COMPARISON = "comparison"
    PROCEDURE = "procedure"
    REASON = "reason"
    SUMMARY = "summary"
    TASK = "task"
    LIST = "list"
    DEFINITION = "definition"
    YES_NO = "yes_no"
    FACT = "fact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a question is like.

    Attributes:
        complexity: 0 to 1.
    """

    category: Category
    complexity: float


_RULES: tuple[tuple[Category, str], ...] = (
    (
        Category.CONVERSATION,
        r"^(hi|hello|hey|good (morning|afternoon|evening|day)|thanks?( you)?|thank you|bye|ok(ay)?"
        r"|great|cheers|test)\b[^?]{0,40}[.!?]*$",
    ),
    (
        Category.PROBLEM,
        r"\b(error|exception|fail(s|ed|ing|ure)?|crash(es|ed)?|broken|stolen|lost|wrong|stuck"
        r"|(does|do|did|is|are|was)(n't|n\u2019t| not)|can(not|'t|\u2019t)|won't|expired|denied"
        r"|not (work|arriv|load|respond|receiv)\w*|troubleshoot\w*|returns? [45]\d\d)\b",
    ),
    (
        Category.COMPARISON,
        r"\b(difference|differ(s|ent)?|compare[ds]?|comparison|versus|vs\.?|better than"
        r"|(rather|cheaper|faster|more|less|longer) than|instead of"
        r"|which (of|one) .*\bor\b|which is (better|best))\b",
    ),
    (
        Category.PROCEDURE,
        r"\b(how (do|can|should|would|could|must|to|does one)|what (are the )?steps|step by step"
        r"|what (do|must|should) (i|we|you) do|procedure|process (for|of|to)|guide (to|for)"
        r"|instructions?)\b",
    ),
    (Category.REASON, r"\b(why|what (is|was) the (reason|cause)|how come|reasons? for)\b"),
    (
        Category.SUMMARY,
        r"\b(summari[sz]e|summary|overview|outline|in short|tl;?dr|main points|key points)\b",
    ),
    (
        Category.TASK,
        r"^(please )?(write|draft|create|generate|translate|compose|rewrite|make|prepare|calculate"
        r"|convert|send|book|order|fix|change|update)\b",
    ),
    (
        Category.LIST,
        r"\b(list|name all|enumerate|what are (all|the)|which (\w+ )?(are there|exist|do we have)"
        r"|what (kinds?|types?|sorts?|options?) of|all (the )?\w+ (that|which))\b",
    ),
    (
        Category.DEFINITION,
        r"\b(what (is|'s|are) (an? )?[\w-]+( [\w-]+)?\s*\?*$|what does .{1,60} (mean|stand for)"
        r"|define|definition of|meaning of|explain what)",
    ),
    (
        Category.YES_NO,
        r"^(so |and |but )?(is|are|was|were|am|do|does|did|can|could|may|might|must|should|shall"
        r"|will|would|has|have|had)\b",
    ),
    (
        Category.FACT,
        r"\b(who|whose|whom|when|where|which|what|how (many|much|long|often|far|old|fast|big|high"
        r"|late|soon|far|large|quickly))\b",
    ),
)
_COMPILED = tuple((category, re.compile(rule, re.IGNORECASE)) for category, rule in _RULES)
_POLITE = re.compile(
    r"^((hi|hello|hey|dear \w+)[,.!]? )?(please |kindly )?"
    r"((can|could|would|will) you (please |kindly )?((tell|show|give|explain|help)( to)?( me| us)?)"
    r"|(i|we) (want|need|would like|'d like) to know|do you know|tell (me|us)|may i ask),? ",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(if|when i|unless|except|in case|provided|assuming|although|while|despite|given that"
    r"|depending|without|before|after|only)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\b(and|or|as well as|also|then)\b|;|,\s*(and|or|but)\b", re.IGNORECASE)
_ASKS = re.compile(r"\b(who|when|where|which|what|why|how)\b", re.IGNORECASE)
_HARDER = frozenset({Category.COMPARISON, Category.REASON, Category.SUMMARY, Category.PROCEDURE})


def kind_of(query: str) -> Kind:
    """Category and complexity of a question; only its beginning is read."""
    text = _POLITE.sub("", " ".join(query[:_LONGEST].split()))
    category = next((each for each, rule in _COMPILED if rule.search(text)), Category.OTHER)
    return Kind(category, _complexity(text, category))


def described(quality: Quality, query: str) -> Quality:
    """Quality with the kind of its question."""
    if not query.strip():
        return quality
    kind = kind_of(query)
    return replace(quality, category=kind.category.value, complexity=kind.complexity)


def _complexity(text: str, category: Category) -> float:
    """What a question asks for beyond one plain thing, each part with its own limit."""
    if category is Category.CONVERSATION:
        return 0.0
    content = sum(read(text).words.content)
    parts = max(text.count("?"), len(_ASKS.findall(text)), 1) - 1
    return round(
        0.35 * min(1.0, max(0, content - 2) / 16)
        + 0.25 * min(1.0, parts / 2)
        + 0.15 * min(1.0, len(_JOINED.findall(text)) / 3)
        + 0.15 * min(1.0, len(_CONDITION.findall(text)) / 2)
        + 0.10 * (category in _HARDER),
        3,
    )
