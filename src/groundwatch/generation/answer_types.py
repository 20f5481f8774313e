"""What kind of answer a question wants, and whether a sentence holds one."""

import re
from enum import StrEnum


class AnswerType(StrEnum):
    """A kind of answer that can be recognised on its surface."""

    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    DATE = "date"
    TIME = "time"
    FREQUENCY = "frequency"
    NUMBER = "number"
    PERSON = "person"
    CONTACT = "contact"
    PLACE = "place"
    REASON = "reason"


_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|ninety|hundred|thousand|million|half|twice|double|dozen)"
)
_UNIT = r"(?:second|minute|hour|day|night|week|fortnight|month|quarter|year|decade)s?"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b)"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"

# Asked of the question in this order; several may hold.
_WANTS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            AnswerType.MONEY,
            r"\bhow much (?:money|does|do|did|is|are|was|were|will|would|can|may|could|should)\b"
            r"|\b(?:cost|price|fee|budget|salary|salaries|allowance|fine|rent|revenue|amount|"
            r"spend|reimburse[ds]?|stipend|bonus|deposit|premium|charge[ds]?|pay (?:for|a))\b"
            r"(?=.*\?)",
        ),
        (AnswerType.PERCENT, r"\bpercent(?:age)?\b|%|\bwhat (?:share|proportion|rate|fraction)\b"),
        (
            AnswerType.DURATION,
            r"\bhow (?:long|soon|quickly|fast|old|many (?:\w+ )?(?:seconds|minutes|hours|days|"
            r"nights|weeks|months|years))\b|\b(?:notice period|how far (?:ahead|in advance))\b",
        ),
        (
            AnswerType.DATE,
            r"\bwhen\b|\b(?:what|which|by what) (?:\w+ )?(?:date|day|month|year|weekday|quarter)\b"
            r"|\bdeadline\b|\bsince when\b|\buntil when\b",
        ),
        (AnswerType.TIME, r"\b(?:what|which) (?:time|hours?)\b|\bopening hours\b|\bo'clock\b"),
        (AnswerType.FREQUENCY, r"\bhow (?:often|frequently|regularly)\b|\bhow many times\b"),
        (AnswerType.NUMBER, r"\bhow (?:many|much|big|large|tall|far|heavy|high|deep|wide)\b"
                            r"|\b(?:what|which) (?:\w+ )?(?:number|limit|threshold|maximum|minimum|"
                            r"score|ratio|version|port|count|size|distance|quota)\b"),
        (AnswerType.PERSON, r"\bwho(?:m|se)?\b|\bwhich (?:person|colleague|manager|team|role)\b"),
        (AnswerType.CONTACT, r"\b(?:e-?mail|phone|telephone|hotline|extension|url|link|website)\b"),
        (AnswerType.PLACE, r"\bwhere\b|\b(?:what|which) (?:city|country|place|building|room|"
                           r"location|region|floor|site|state|address|office)\b"),
        (AnswerType.REASON, r"\bwhy\b|\bwhat (?:is|was|were|are) the (?:reason|cause)s?\b"
                            r"|\bhow come\b"),
    )
)  # fmt: skip

_HOLDS: dict[AnswerType, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        AnswerType.MONEY: r"[$€£¥]\s?\d|\d\s?[$€£¥]|\d[\d.,]*\s?(?:k|m|bn|million|billion|"
        r"thousand)?\s?(?:dollars?|euros?|pounds?|eur|usd|gbp|chf|cents?|pence|kroner|sek|nok|dkk)\b"
        r"|\b(?:eur|usd|gbp|chf|sek|nok|dkk)\s?\d|\bfree of charge\b|\bno (?:fee|charge|cost)\b",
        AnswerType.PERCENT: r"\d\s?%|\bper ?cent\b|\b(?:half|third|quarter|double|triple)s?\b",
        AnswerType.DURATION: rf"(?:\d|\b{_NUMBER_WORD})[\d.,\s-]*(?:(?:working|business|calendar|"
        rf"full|consecutive|paid|more|to|or|and|\w+)[\s-]+){{0,2}}{_UNIT}\b"
        rf"|\b(?:an?|per|each) {_UNIT}\b|\bimmediate|\bovernight\b|\d\s?(?:ms|min|h|s)\b",
        AnswerType.DATE: rf"\b{_MONTH}|\b{_WEEKDAY}\b|\b(?:1[5-9]|20)\d\d\b|\d\d?[./-]\d\d?[./-]\d"
        r"|\b(?:first|last|end|start|beginning) (?:\w+ )?of\b|\bquarter\b|\bq[1-4]\b"
        r"|\b(?:century|today|tomorrow|yesterday|noon|midnight)\b|\b(?:before|after|within|by) \w+"
        rf"|\d\s?(?:{_UNIT})\b",
        AnswerType.TIME: r"\d\d?[:.]\d\d\b|\d\s?(?:am|pm|a\.m|p\.m|o'clock|h)\b|\bnoon\b|midnight"
        r"|\baround the clock\b|24/7",
        AnswerType.FREQUENCY: r"\b(?:every|each|per|once|twice|daily|weekly|monthly|quarterly|"
        r"yearly|annual(?:ly)?|bi-?weekly|bi-?annual(?:ly)?|hourly|nightly|fortnight(?:ly)?|times|"
        r"continuous(?:ly)?|never|always)\b",
        AnswerType.NUMBER: rf"\d|\b{_NUMBER_WORD}\b|\b(?:no|none|unlimited|single|several)\b",
        AnswerType.CONTACT: r"\S@\S|https?://|www\.|\+?\d[\d\s()/-]{4,}|\b(?:ext|extension)\b"
        r"|\b[\w-]+\.(?:com|org|net|io|example|test|internal|local)\b|#\w+",
        AnswerType.REASON: r"\b(?:because|since|due|cause[ds]?|reasons?|so that|therefore|as a "
        r"result|led to|owing|in order to|to (?:avoid|prevent|ensure|protect|keep|reduce))\b",
    }.items()
}
_NAME = re.compile(r"(?<![.!?:|#\-•] )(?<!^)\b[A-Z][\w&'-]+")
_ROLE = re.compile(
    r"\b(?:team|manager|director|officer|head|lead|owner|engineer|administrator|committee|board|"
    r"department|group|staff|employees?|everyone|anyone|nobody|chair|president|supervisor|"
    r"representative|coordinator|desk|council|people|members?|customers?|contractors?|ceo|cfo|cto|"
    r"coo|hr|legal|finance|it|[a-z]{3,}(?:er|or|ist|ian))s?\b",
    re.IGNORECASE,
)


def wanted(question: str) -> frozenset[AnswerType]:
    """The kinds of answer a question may want; empty when nothing on its surface says so."""
    return frozenset(kind for kind, pattern in _WANTS if pattern.search(question))


def holds(kind: AnswerType, sentence: str) -> bool:
    """Tell whether a sentence contains something of that kind."""
    if kind is AnswerType.PERSON:
        return bool(_NAME.search(sentence) or _ROLE.search(sentence))
    if kind is AnswerType.PLACE:
        return bool(_NAME.search(sentence) or re.search(r"\b(?:in|at|on|under|room)\b", sentence))
    return bool(_HOLDS[kind].search(sentence))


def match(question: str, sentence: str) -> float:
    """1 when a wanted kind is in the sentence, 0 when none is, .5 when the question names none."""
    kinds = wanted(question)
    if not kinds:
        return 0.5
    return 1.0 if any(holds(kind, sentence) for kind in kinds) else 0.0
