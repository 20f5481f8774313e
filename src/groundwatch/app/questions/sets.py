"""The file of a question set; `docs/questions.md` describes it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from groundwatch.errors import InvalidInput
from groundwatch.settings import SettingsPart

Kind = Literal["answerable", "unanswerable", "forbidden"]


class Question(SettingsPart):
    """One question.

    Attributes:
        asker: the user who asks, `as` in the file.
        source: path of the document with the answer; for a forbidden question the one the asker
            may not read.
        sentence: the answering sentence as it stands in that document.
        also: other documents that answer as well.
    """

    id: str
    split: str = "test"
    kind: Kind
    asker: str = Field(alias="as")
    ask: str
    source: str = ""
    sentence: str = ""
    also: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "Question":
        if self.kind == "answerable" and not (self.source and self.sentence):
            raise ValueError("an answerable question needs `source` and `sentence`")
        if self.kind == "forbidden" and not self.source:
            raise ValueError("a forbidden question needs `source`")
        return self


def load_questions(file: Path, split: str) -> list[Question]:
    """Read the questions of one split; a set without that split is asked whole.

    Raises:
        InvalidInput: the file is not there or not of the schema; says what and where.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        loaded = YAML(typ="safe", pure=True).load(file)
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no file {file}") from error
    except YAMLError as error:
        raise InvalidInput(f"{file} is not YAML: {error}") from error
    if isinstance(loaded, dict):
        loaded = loaded.get("questions")
    try:
        questions = TypeAdapter(list[Question]).validate_python(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"{file}: {where or 'the file'}: {first['msg']} ({error.error_count()} problem(s)); "
            "docs/questions.md describes the schema"
        ) from error
    return [question for question in questions if question.split == split] or questions
