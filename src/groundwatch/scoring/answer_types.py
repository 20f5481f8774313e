"""What kind of answer a question wants, and whether a text holds one."""

import re

_WANTS = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "number": r"\bhow (?:many|much|far|old|tall|big|large|high|deep|heavy|fast|long)\b"
        r"|\bwhat (?:percentage|share|number|amount|price|rate)\b|\bcosts?\b.*\?",
        "time": r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century)\b|"
        r"\bhow (?:long|soon|"
        r"often)\b|\bdeadline\b",
        "person": r"\bwho(?:m|se)?\b",
        "place": r"\bwhere\b|\b(?:what|which) (?:city|country|place|state|region|office|room)\b",
        "reason": r"\bwhy\b|\bhow come\b|\b(?:reason|cause)s?\b.*\?",
        "steps": r"\bhow (?:do|can|should|to|would)\b|\bsteps?\b",
    }.items()
}
_NUMBER = (
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|"
    r"million|billion|half|once|twice|none|no|one|several)\b"
)
_HOLDS = {
    "number": re.compile(_NUMBER, re.IGNORECASE),
    "time": re.compile(
        _NUMBER + r"|\b(?:january|february|march|april|may|june|july|august|september|october|"
        r"november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day|century|daily|weekly|"
        r"monthly|yearly|annual(?:ly)?|immediately|always|never|today|spring|summer|autumn|winter|"
        r"before|after|during|until)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"(?<!^)(?<![.!?] )\b[A-Z][\w'-]+|\b[A-Z][\w'-]+ [A-Z]|\b(?:manager|team|director|officer|"
        r"people|person|man|woman|[a-z]{3,}(?:ers?|ors?|ists?|ians?|ees?))\b"
    ),
    "place": re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][\w'-]+|\b(?:in|at|on|near|under|room)\b"),
    "reason": re.compile(
        r"\b(?:because|since|due|caus\w+|reasons?|so that|therefore|result\w*|owing|in order to|to "
        r"(?:\w+ )?\w+|lead\w*|allow\w*|help\w*|mak\w+|can|which)\b",
        re.IGNORECASE,
    ),
    "steps": re.compile(
        r"\b(?:can|should|must|need|first|then|next|use|add|open|click|make|try|by \w+ing|through|"
        r"steps?)\b|^\s*\d+[.)]",
        re.IGNORECASE | re.MULTILINE,
    ),
}


def wanted(question: str) -> list[str]:
    """Kinds of answer the question asks for; empty when nothing on its surface says so."""
    return [kind for kind, pattern in _WANTS.items() if pattern.search(question)]


def missing(question: str, response: str) -> list[str]:
    """Kinds that are asked for and not in the response."""
    return [kind for kind in wanted(question) if not _HOLDS[kind].search(response)]
