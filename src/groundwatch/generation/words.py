"""Words as they are compared: lower case, without accents or endings, numbers in digits."""

import re
import unicodedata

_WORD = re.compile(r"\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?(?![^\W_])|[^\W_]+(?:['\u2019][^\W\d_]+)?")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([bdfglmnprst])\1$")

_STOPWORDS = """
    a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each else ever few
    for from further get gets getting give given go goes had has have having he her here hers
    him his how i if in into is it its itself just let like made make makes many may me might
    more most much must my need needs no nor not now of off on once one only onto or other our
    ours out over own per please same say says shall she should so some such take tell than that
    the their theirs them then there these they this those though through to too under until up
    upon us use used uses using very via want was we were what when where whether which while
    who whom whose why will with within without would yet you your yours"""
STOPWORDS = frozenset(_STOPWORDS.split())

_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty"""
_NUMBERS = {word: str(value) for value, word in enumerate(_COUNTED.split())} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "hundred": "100"
}  # fmt: skip

_IRREGULAR = {
    "began": "begin", "begun": "begin", "bought": "buy", "built": "build", "children": "child",
    "chose": "choose", "chosen": "choose", "gave": "give", "grew": "grow", "held": "hold",
    "kept": "keep", "knew": "know", "lost": "lose", "men": "man", "met": "meet", "paid": "pay",
    "people": "person", "ran": "run", "rose": "rise", "sent": "send", "sold": "sell",
    "spent": "spend", "taught": "teach", "thought": "think", "told": "tell", "took": "take",
    "women": "woman", "won": "win", "wrote": "write", "written": "write",
}  # fmt: skip

# Longest first; the number is how many letters must remain.
_ENDINGS = tuple(
    (ending, remain)
    for remain, endings in (
        (4, "izations ization isations isation ational"),
        (4, "ations ation ements ement ments ment nesses ness ingly edly"),
        (3, "ings ying ies ied ing ed"),
        (4, "ances ance ences ence ables able ible ally ives ive als al ers ors er or ly"),
        (3, "ions ion es"),
        (3, "s e"),
        (4, "y i"),
    )
    for ending in endings.split()
)


def fold(text: str) -> str:
    """Lower case without accents, compatibility forms unfolded."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """A word without its endings: `approval`, `approved` and `approves` are one."""
    if word in _NUMBERS:
        return _NUMBERS[word]
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3 or not word.isalpha():
        return word
    for _ in range(2):
        word = _shorten(word)
    return _DOUBLED.sub(r"\1", word)


def words(text: str) -> list[str]:
    """The folded words of a text in order, possessives removed."""
    return [_bare(match) for match in _WORD.findall(fold(text))]


def terms(text: str) -> list[str]:
    """The stems of a text in order, without stop words."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


def _bare(word: str) -> str:
    head, mark, tail = word.replace("\u2019", "'").partition("'")
    if word[0].isdigit():
        return word.rstrip("stndrh").replace(",", "")
    return head if mark and tail == "s" else head + tail


def _shorten(word: str) -> str:
    for ending, remain in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= remain:
            if ending == "s" and word.endswith(("ss", "us", "is")):
                continue
            rest = word[: -len(ending)]
            if _VOWEL.search(rest):
                return rest
    return word
