"""Small lies: a sentence changed so that its passages no longer bear it out."""
# ruff: noqa: ARG001  every lie has the same signature

import random
import re
from collections.abc import Callable, Sequence

from groundwatch.scoring.vocabulary import ANTONYMS, MONTHS
from tools.made_answers.inventing import invented_clause

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)")
_WORDS = {
    "two": "four", "three": "five", "four": "six", "five": "three", "six": "nine", "seven": "five",
    "eight": "six", "nine": "four", "ten": "twelve", "twelve": "twenty", "twenty": "thirty",
    "half": "a third", "twice": "three times", "dozen": "hundred",
}  # fmt: skip
_UNITS = {
    "million": "billion", "billion": "million", "thousand": "million", "days": "weeks",
    "weeks": "months", "months": "years", "years": "months", "hours": "days", "minutes": "hours",
    "seconds": "minutes", "km": "miles", "kilometres": "miles", "miles": "kilometres",
    "metres": "feet", "feet": "metres", "kg": "pounds", "pounds": "kilograms", "percent": "points",
    "dollars": "euros", "day": "week", "week": "month", "month": "year", "year": "month",
    "hour": "day", "minute": "hour", "meters": "feet", "$": "€", "€": "$", "£": "$",
}  # fmt: skip
_NAME = re.compile(r"(?<=[a-z,;:'\"(] )(?:[A-Z][\w'-]+)(?: (?:of |the |de )?[A-Z][\w'-]+){0,3}")
_VERB = re.compile(
    r"\b(is|are|was|were|has|have|had|can|will|would|could|should|may|must)\b(?! (?:not|been)\b)"
)
_DOES = re.compile(
    r"\b(?:does not|do not|did not|is not|are not|was not|were not|cannot|never|not)\s"
)
_MONTHS = sorted(each.capitalize() for each in MONTHS)

Spoiler = Callable[[str, "Material", random.Random], str | None]


class Material:
    """What a lie is made of.

    Args:
        context: the passages of the answer.
        foreign: sentences of other passages, near in topic.
        loose: sentences of models' answers, near in topic.
    """

    def __init__(
        self, context: Sequence[str], foreign: Sequence[str], loose: Sequence[str]
    ) -> None:
        self.context = "\n".join(context)
        self.foreign = foreign
        self.loose = loose

    @property
    def names(self) -> list[str]:
        return sorted(set(_NAME.findall(self.context)))

    @property
    def foreign_names(self) -> list[str]:
        found = {name for each in self.foreign for name in _NAME.findall(each)}
        return sorted(name for name in found if name not in self.context)


def number(text: str, material: Material, rng: random.Random) -> str | None:
    """Another number, which the passages do not hold."""
    matches = list(_NUMBER.finditer(text))
    if not matches:
        return _number_word(text, rng)
    match = rng.choice(matches)
    for _ in range(9):
        other = _changed(match.group(), rng)
        if other not in material.context and other != match.group():
            return text[: match.start()] + other + text[match.end() :]
    return None


def moved_number(text: str, material: Material, rng: random.Random) -> str | None:
    """A number that the passages hold beside other words."""
    matches = list(_NUMBER.finditer(text))
    others = [each for each in set(_NUMBER.findall(material.context)) if each not in text]
    if not matches or not others:
        return None
    match = rng.choice(matches)
    alike = [each for each in others if len(each) == len(match.group())] or others
    return text[: match.start()] + rng.choice(sorted(alike)) + text[match.end() :]


def date(text: str, material: Material, rng: random.Random) -> str | None:
    found = [month for month in _MONTHS if re.search(rf"\b{month}\b", text) and month != "May"]
    years = re.findall(r"\b(?:1[5-9]|20)\d\d\b", text)
    if found:
        return text.replace(found[0], rng.choice([m for m in _MONTHS if m != found[0]]), 1)
    if years:
        year = rng.choice(years)
        other = str(int(year) + rng.choice((-20, -10, -3, -2, -1, 1, 2, 3, 10)))
        return None if other in material.context else text.replace(year, other, 1)
    return None


def unit(text: str, material: Material, rng: random.Random) -> str | None:
    for match in re.finditer(r"(?<=\d )([a-z]+)\b|[$€£](?=\d)", text):
        other = _UNITS.get(match.group())
        if other:
            return text[: match.start()] + other + text[match.end() :]
    return None


def name(text: str, material: Material, rng: random.Random) -> str | None:
    """A name from elsewhere."""
    mine, others = list(_NAME.finditer(text)), material.foreign_names
    if not mine or not others:
        return None
    match = rng.choice(mine)
    return text[: match.start()] + rng.choice(others) + text[match.end() :]


def moved_name(text: str, material: Material, rng: random.Random) -> str | None:
    """A name of the passages where another belongs."""
    mine = list(_NAME.finditer(text))
    others = [each for each in material.names if each not in text]
    if not mine or not others:
        return None
    match = rng.choice(mine)
    return text[: match.start()] + rng.choice(others) + text[match.end() :]


def negation(text: str, material: Material, rng: random.Random) -> str | None:
    said = _DOES.search(text)
    if said and said.group().strip() in {"not", "never"}:
        return text[: said.start()] + text[said.end() :]
    if said:
        return (
            text[: said.start()]
            + said.group().split()[0].replace("cannot", "can")
            + " "
            + text[said.end() :]
        )
    match = _VERB.search(text)
    return text[: match.end()] + " not" + text[match.end() :] if match else None


def opposite(text: str, material: Material, rng: random.Random) -> str | None:
    words = [match for match in re.finditer(r"\b[a-z]+\b", text) if match.group() in ANTONYMS]
    if not words:
        return None
    match = rng.choice(words)
    other = rng.choice(sorted(ANTONYMS[match.group()]))
    return text[: match.start()] + other + text[match.end() :]


def clause(text: str, material: Material, rng: random.Random) -> str | None:
    """A true sentence with an invented end."""
    ends = [
        tail
        for each in (*material.loose[:6], *material.foreign[:6])
        for tail in re.findall(
            r", ((?:which|and|but|where|making|including|such as|as well as) [^,.;]{15,90})\.$",
            each,
        )
    ]
    if rng.random() < 0.5 or not ends:
        return invented_clause(text, rng)
    return f"{text.rstrip('.!? ')}, {rng.choice(ends)}." if text.endswith(".") else None


def attribute(text: str, material: Material, rng: random.Random) -> str | None:
    """One describing word exchanged for another of the same ending."""
    endings = (
        "ical",
        "ive",
        "ous",
        "ful",
        "ish",
        "ian",
        "ese",
        "ing",
        "tion",
        "ist",
        "er",
        "ic",
        "al",
    )
    mine = [
        m for m in re.finditer(r"\b[A-Za-z]{5,}\b", text) if m.group().lower().endswith(endings)
    ]
    rng.shuffle(mine)
    pool = sorted(
        {
            w
            for each in (*material.foreign, *material.loose)
            for w in re.findall(r"\b[a-z]{5,}\b", each)
        }
    )
    for match in mine:
        ending = next(each for each in endings if match.group().lower().endswith(each))
        others = [w for w in pool if w.endswith(ending) and w not in material.context.lower()]
        if others:
            return text[: match.start()] + rng.choice(others) + text[match.end() :]
    return None


SMALL: dict[str, Spoiler] = {
    "number": number, "moved_number": moved_number, "date": date, "unit": unit, "name": name,
    "moved_name": moved_name, "negation": negation, "opposite": opposite, "clause": clause,
    "attribute": attribute,
}  # fmt: skip


def _number_word(text: str, rng: random.Random) -> str | None:
    found = [match for match in re.finditer(r"\b[a-z]+\b", text) if match.group() in _WORDS]
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + _WORDS[match.group()] + text[match.end() :]


def _changed(digits: str, rng: random.Random) -> str:
    where = [at for at, letter in enumerate(digits) if letter.isdigit()]
    at = rng.choice(where)
    return digits[:at] + rng.choice("123456789") + digits[at + 1 :]
