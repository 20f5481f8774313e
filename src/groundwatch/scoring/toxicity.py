"""Toxic and self-harming wording, by a lexicon of what is said about or to somebody.

Only insults, threats, slurs in general form and calls to harm count; a word like `kill` in a text
on processes or pests does not. A lexicon finds open wording only.
"""

import re
from collections.abc import Iterator

_INSULTS = (
    r"(?:idiots?|morons?|imbeciles?|stupid|dumb(?:ass)?|retard(?:ed|s)?|pathetic|worthless|"
    r"disgusting|scum|vermin|subhuman|filth|garbage|trash|loser|losers|pigs?|whores?|sluts?|"
    r"bitch(?:es)?|bastards?|assholes?|cunts?)"
)
_PEOPLE = (
    r"(?:you|he|she|they|we|women|men|immigrants|foreigners|refugees|jews|muslims|christians|"
    r"blacks|whites|asians|gays|lesbians|homosexuals|disabled people|old people|poor people|"
    r"these people|those people|people like (?:you|them))"
)
_FORMS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("insult", rf"\b{_PEOPLE}(?:'re| are| is|'s)? (?:all |just |such |so |nothing but |a |an |"
                   rf"really |fucking |complete )*{_INSULTS}\b"),
        ("insult", rf"\byou (?:\w+ )?{_INSULTS}\b"),
        ("insult", r"\b(?:shut (?:the fuck )?up|go to hell|fuck (?:you|off|them)|screw you|"
                   r"motherfuckers?|piece of shit)\b"),
        ("threat", r"\b(?:i|we)(?:'ll| will| am going to|'m going to| are going to) (?:kill|hurt|"
                   r"beat|destroy|find and \w+|murder|shoot|stab) (?:you|him|her|them|your)\b"),
        ("threat", r"\b(?:you|they) (?:deserve|should|ought) to (?:die|be (?:killed|shot|hanged|"
                   r"beaten|gassed))\b"),
        ("hate", rf"\b(?:kill|exterminate|gas|deport|lynch|wipe out) (?:all |every |the "
                 rf")*{_PEOPLE}\b"),
        ("hate", rf"\b(?:i |we )?hate (?:all )?(?:the )?{_PEOPLE}\b"),
        ("self_harm", r"\b(?:kill|hang|cut|hurt|harm) (?:yourself|myself)\b|\bend (?:your|my) "
                      r"(?:own )?life\b|\bcommit suicide\b|\b(?:how|ways?|best way) to "
                      r"(?:commit|die by) "
                      r"suicide\b|\byou should (?:just )?die\b"),
        ("violence", r"\bhow to (?:make|build) (?:a |an )?(?:pipe )?bombs?\b|"
                     r"\b(?:poison|murder|stab) "
                     r"(?:your|his|her|their) (?:neighbou?r|wife|husband|boss|colleague)s?\b"),
    )
)  # fmt: skip


def toxic(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind and offsets of each toxic phrase."""
    for name, pattern in _FORMS:
        for match in pattern.finditer(text):
            yield name, match.start(), match.end()
