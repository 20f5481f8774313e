"""What is asked, and what is known of the right answers.

Two forms of file: the YAML of `docs/questions.md`, and JSON lines.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from groundwatch.app.questions.sets import Kind, load_questions
from groundwatch.errors import InvalidInput

_Text = Annotated[str, Field(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known of the right answer; what is empty is not known.

    Attributes:
        kind: `answerable`, `unanswerable`, or `forbidden` (to be declined too).
        sources: paths of documents; of each set any one is right, and every set is needed.
        sentence: stands in the answer, word for word.
        answer: what a right answer says, in words of its own.
    """

    kind: Kind = "answerable"
    sources: tuple[frozenset[str], ...] = ()
    sentence: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One question: as whom it is asked, and what is known of its answer."""

    id: str
    asker: str
    question: str
    gold: Gold


class _Line(BaseModel):
    """A line of the plain form."""

    model_config = ConfigDict(extra="forbid")

    id: _Text = ""
    question: Annotated[str, Field(min_length=1, max_length=20_000)] = Field(
        validation_alias=AliasChoices("question", "ask", "query")
    )
    asker: _Text = Field(default="", alias="as")
    answer: _Text = ""
    sources: tuple[_Text, ...] = Field(
        default=(), validation_alias=AliasChoices("sources", "source")
    )
    kind: Literal["answerable", "unanswerable"] = "answerable"


def load_tasks(file: Path, split: str, asker: str) -> list[Task]:
    """Read a question set.

    Args:
        file: YAML of `docs/questions.md`, or JSON lines when its name ends so.
        split: which half of the YAML form; a set without it is asked whole.
        asker: who asks where the file does not say.

    Raises:
        InvalidInput: the file is not there or not of the form; says what and where.
    """
    if file.suffix in {".jsonl", ".ndjson"}:
        tasks = list(_lines(file, asker))
    else:
        tasks = [
            Task(
                each.id,
                each.asker,
                each.ask,
                Gold(
                    each.kind,
                    (frozenset((each.source, *each.also)),) if each.source else (),
                    each.sentence if each.kind == "answerable" else "",
                ),
            )
            for each in load_questions(file, split)
        ]
    if not tasks:
        raise InvalidInput(f"{file} holds no question")
    return tasks


def _lines(file: Path, asker: str) -> Iterator[Task]:
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file} is not UTF-8 at byte {error.start}") from None
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.strip():
            yield _task(f"{file}: line {number}", raw, number, asker)


def _task(where: str, raw: str, number: int, asker: str) -> Task:
    try:
        given = json.loads(raw)
    except ValueError:
        raise InvalidInput(f"{where}: not JSON") from None
    if isinstance(given, dict) and isinstance(given.get("source"), str):
        given["source"] = [given["source"]] if given["source"] else []
    try:
        line = _Line.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{where}: {place or 'the line'}: {first['msg']}") from None
    if not (line.asker or asker):
        raise InvalidInput(f"{where}: nobody asks; give `as` in the line, or --as USER")
    sources = tuple(frozenset((path,)) for path in line.sources)
    gold = Gold(line.kind, sources, "", line.answer)
    return Task(line.id or str(number), line.asker or asker, line.question, gold)
