"""The schema of questions.yaml as docs/questions.md describes it, and who may read what."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator
from ruamel.yaml import YAML

Entry = dict[str, Any]
HARBOR = Path(__file__).parents[2] / "examples" / "harbor"
STOP_WORDS = (
    "a about after again all am an and any are as at away be been before being below by can come "
    "could did do does during each either every few for from get gets give go going got had has "
    "have he her here him his how i if in into is it its just me more most must my no not of off "
    "on once one only or our out over per she should so some somebody than that the their them "
    "then there they this to under until up upon us very was we were what when where which while "
    "who whom whose why will with without would you your"
)


class Question(BaseModel):
    """One question; `as` is a word of Python, so it is called `asker` here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    split: Literal["tune", "test"]
    kind: Literal["answerable", "unanswerable", "forbidden"]
    asker: str
    ask: str
    source: str = ""
    also: tuple[str, ...] = ()
    sentence: str = ""

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "Question":
        needs = self.kind != "unanswerable"
        if bool(self.source) != needs or bool(self.sentence) != needs:
            raise ValueError(f"{self.id}: source and sentence belong to answers, and only to them")
        return self


def questions() -> list[Question]:
    return read_questions((HARBOR / "questions.yaml").read_text(encoding="utf-8"))


def read_questions(text: str) -> list[Question]:
    raw = YAML(typ="safe").load(text)
    renamed = [{"asker" if key == "as" else key: row[key] for key in row} for row in raw]
    return TypeAdapter(list[Question]).validate_python(renamed)


@cache
def configuration() -> tuple[dict[str, Entry], dict[str, Entry], list[Entry]]:
    """The users, the groups and the path rules of Harbor."""
    text = (HARBOR / "groundwatch.yaml").read_text(encoding="utf-8")
    raw = YAML(typ="safe").load(text)
    return raw["users"], raw["groups"], raw["sources"][0]["permissions"]


def principals(user: str, users: dict[str, Entry], groups: dict[str, Entry]) -> set[str]:
    """`user:NAME`, `everyone`, the user's groups and every group that includes one of them."""
    found = set(users[user].get("groups", []))
    while more := {g for g in groups if found & set(groups[g].get("includes", []))} - found:
        found |= more
    return {f"user:{user}", "everyone", *(f"group:{group}" for group in found)}


def may_read(path: str, who: set[str], rules: list[Entry]) -> bool:
    """Decide by the rules alone: the last `allow` counts, any `deny` wins."""
    allow: set[str] = set()
    deny: set[str] = set()
    for rule in rules:
        pattern = re.escape(rule["path"]).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
        if re.fullmatch(pattern, path):
            allow = set(rule["allow"]) if "allow" in rule else allow
            deny |= set(rule.get("deny", ()))
    return bool(allow & who) and not deny & who


def shares_three_content_words(ask: str, sentence: str) -> bool:
    """Whether three words in a row, stop words left out, stand in both."""
    return bool(_triples(ask) & _triples(sentence))


def _triples(text: str) -> set[tuple[str, ...]]:
    stop_words = set(STOP_WORDS.split())
    words = [word for word in re.findall(r"[\w']+", text.lower()) if word not in stop_words]
    return set(zip(words, words[1:], words[2:], strict=False))
