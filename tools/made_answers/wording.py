"""Other words for the same: what makes a faithful answer differ from its passages."""
# ruff: noqa: E501  lists of texts

import random
import re

_SAME = """use=utilize=employ begin=start show=demonstrate=indicate=reveal help=assist=aid big=large
large=significant=substantial many=numerous=several=various also=additionally
important=significant=crucial make=create=produce get=obtain=receive need=require buy=purchase
keep=maintain give=provide=offer provide=offer=supply include=contain=feature=encompass
increase=rise=grow decrease=decline=drop famous=well-known=renowned build=construct located=situated found=discovered=identified
called=named=known often=frequently=typically usually=typically=generally about=approximately=around
nearly=almost=roughly film=movie city=town show=series company=firm=business area=region
whole=entire end=conclude=finish become=turn say=state=mention according=based
main=primary=chief=key part=portion=component part=section kind=type way=method=manner
start=beginning goal=aim=objective result=outcome=consequence effect=impact=influence
cause=lead problem=issue=challenge difficult=challenging=hard easy=simple fast=quick=rapid change=alter=modify choose=select
live=reside work=operate=function work=labor try=attempt ask=inquire=request answer=response=reply
think=believe=consider allow=permit=enable stop=cease=halt reach=achieve=attain
popular=widespread=common common=widespread=typical different=distinct=diverse new=novel=recent
old=ancient=historic first=initial final=last win=secure=claim lose=forfeit play=perform
publish=release=issue release=launch write=author=compose lead=head=guide support=back=endorse
study=research=investigation investigate=examine=explore obtained=derived=acquired
described=outlined=presented developed=created=established established=founded=formed
children=kids people=individuals=persons person=individual doctor=physician car=vehicle
money=funds job=position=role house=home=residence land=territory war=conflict fight=battle
law=legislation rule=regulation=guideline country=nation world=globe money=cash
because=since although=though however=nevertheless approximately=about=around
members=participants population=inhabitants total=overall average=mean
ensure=guarantee protect=safeguard reduce=lower=lessen improve=enhance=boost
remain=stay continue=proceed serve=act appear=emerge occur=happen=arise
employees=workers=staff employee=worker must=should agreement=contract revenue=sales income=earnings
expense=cost costs=expenses quarter=period""".split()  # noqa: SIM905
_ALIKE: dict[str, tuple[str, ...]] = {}
for _group in _SAME:
    _first, *_rest = _group.split("=")
    for _one in (_first, *_rest):
        _others = tuple(each for each in (_first, *_rest) if each != _one)
        _ALIKE[_one] = _ALIKE.get(_one, ()) + _others
_FORMS = (("ing", "ing"), ("ed", "ed"), ("es", "s"), ("s", "s"), ("", ""))

_OPENINGS = (
    "Based on the given passages, ", "According to the passages, ", "According to passage 1, ",
    "Based on the information provided, ", "The passages state that ", "As mentioned in passage 2, ",
    "Additionally, ", "Furthermore, ", "It is also mentioned that ", "In addition, ", "Overall, ",
    "In summary, ", "Specifically, ", "Moreover, ", "The text notes that ", "Also, ", "Therefore, ",
    "It's important to note that ", "It is worth noting that ", "Here, ", "From the context, ",
)  # fmt: skip
GLUE = (
    "Based on the given passages, here is the answer to the question:",
    "Here is what the passages say:", "Here are the key points:", "I hope this helps!",
    "Please let me know if you have any further questions.", "Here is a summary of the information.",
    "The passages give the following information.", "Let me know if you need more details.",
    "Sure, here is the answer based on the passages provided.", "In short, that is what is known.",
    "Based on the provided context, here are the steps:",
    "The other passages do not provide any relevant information.",
    "The passages do not give more details on this.",
    "However, the given passages do not mention the exact reason.",
    "It depends on several factors.", "There are several ways to do this.",
    "The answer can be found in passage 1.", "Thank you for your question.",
)  # fmt: skip
REFUSALS = (
    "Unable to answer based on given passages.",
    "I'm sorry, but the passages do not contain enough information to answer this question.",
    "The documents do not say anything about this.",
    "I cannot find the answer in the provided context.",
    "Based on the given passages, it is not possible to determine the answer.",
)
_FILLERS = [
    "specific",
    "various",
    "overall",
    "certain",
    "particular",
    "general",
    "typically",
    "generally",
    "commonly",
]


def reword(text: str, strength: float, rng: random.Random) -> str:
    """Say the same a little differently; `strength` 0 leaves it, 1 changes what can be changed."""
    if rng.random() < strength * 0.4:
        text = _without_brackets(text)
    if rng.random() < strength * 0.35:
        text = _clause_last(text)
    if rng.random() < strength * 0.2:
        text = _drop_clause(text)
    parts = re.split(r"(\W+)", text)
    for at, part in enumerate(parts):
        if part.islower() and rng.random() < strength * 0.75:
            parts[at] = _other(part, rng)
        if part.islower() and len(part) > 4 and rng.random() < strength * 0.02:
            parts[at] = f"{rng.choice(_FILLERS)} {parts[at]}"
    text = "".join(parts)
    if rng.random() < 0.15 + strength * 0.35:
        text = opened(text, rng)
    return text


def opened(text: str, rng: random.Random) -> str:
    """Begin with a phrase that says nothing."""
    first = text.split(" ", 1)[0]
    lower = first.lower() in {"the", "a", "an", "in", "it", "this", "these", "they", "there", "he"}
    return rng.choice(_OPENINGS) + (text[0].lower() + text[1:] if lower else text)


def merged(one: str, other: str, rng: random.Random) -> str:
    """Two sentences as one."""
    joint = rng.choice((", and ", ", while ", "; ", ", and "))
    return (
        one.rstrip(".") + joint + other[0].lower() + other[1:]
        if _plain_start(other)
        else one + " " + other
    )


def _plain_start(text: str) -> bool:
    return text.split(" ", 1)[0] in {"The", "A", "An", "In", "It", "This", "These", "They", "He"}


def _other(word: str, rng: random.Random) -> str:
    for ending, put in _FORMS:
        base = word[: len(word) - len(ending)] if ending else word
        if word.endswith(ending) and base in _ALIKE:
            other = rng.choice(_ALIKE[base])
            return _inflected(other, put)
        if ending in {"ing", "ed", "es"} and word.endswith(ending) and base + "e" in _ALIKE:
            return _inflected(rng.choice(_ALIKE[base + "e"]), put)
    return word


def _inflected(word: str, ending: str) -> str:
    return word[:-1] + ending if ending in {"ing", "ed"} and word.endswith("e") else word + ending


def _without_brackets(text: str) -> str:
    return re.sub(r"\s*\([^()]{1,80}\)", "", text)


def _clause_last(text: str) -> str:
    """`In 1990, X did Y.` becomes `X did Y in 1990.`"""
    match = re.match(
        r"^((?:In|On|At|During|After|Before|By|From|Since) [^,]{3,40}), ([^.]{15,})\.$", text
    )
    if not match:
        return text
    clause, rest = match.groups()
    return f"{rest[0].upper()}{rest[1:]} {clause[0].lower()}{clause[1:]}."


def _drop_clause(text: str) -> str:
    """Leave out what stands between two commas."""
    return re.sub(r", (?:which|who|where|including|such as)[^,.]{5,60},", "", text, count=1)
