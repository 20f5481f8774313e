"""Answers as models word them, over XQuAD passages, each right and with one thing wrong.

`natural.txt`: a passage id, a question, an answer in which `{{wrong||right}}` stands for either.
Written to find false alarms: they guided development, so what is measured on them is no proof.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tools.made_answers.composing import Made

_TEXTS = Path(__file__).with_name("natural.txt")
_EITHER = re.compile(r"\{\{(.*?)\|\|(.*?)\}\}", re.DOTALL)
_BESIDE = 3


def natural_answers(data: Path) -> Iterator[tuple[str, Made]]:
    """Each question with an answer: first the right one, then each wrong one."""
    passages = _passages(data)
    for block in _TEXTS.read_text().split("\n# "):
        key, query, body = block.removeprefix("# ").split("\n", 2)
        article = key.split("p")[0] + "p"
        beside = [k for k in passages if k.startswith(article) and k != key][:_BESIDE]
        contexts = tuple(passages[k] for k in (*beside[:1], key, *beside[1:]))
        for wrong in range(-1, len(_EITHER.findall(body))):
            response, spoilt = _resolved(body.strip(), wrong)
            yield query.removeprefix("? "), Made(contexts, response, key, "natural", spoilt)


def _resolved(body: str, wrong: int) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """The answer with its `wrong`-th place wrong; -1 for none."""
    text, spoilt, begin = "", [], 0
    for number, either in enumerate(_EITHER.finditer(body)):
        text += body[begin : either.start()]
        said = either[1] if number == wrong else either[2]
        if number == wrong:
            spoilt.append((len(text), len(text) + max(1, len(said.rstrip())), "natural"))
        text, begin = text + said, either.end()
    return text + body[begin:], tuple(spoilt)


def _passages(data: Path) -> dict[str, str]:
    lines = (data / "retrieval" / "xquad_en" / "corpus.jsonl").read_text().splitlines()
    rows = map(json.loads, lines)
    return {row["id"]: f"{row['title'].replace('_', ' ')}. {row['text']}" for row in rows}
