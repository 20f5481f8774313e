"""The base of every settings class, and how a setting is marked as a secret."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)


class SettingsPart(BaseModel):
    """A frozen part of the configuration; an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False
    )


@dataclass(frozen=True, slots=True)
class SecretMark:
    """Marks a setting whose value is never shown.

    Attributes:
        literal: whether it may stand in the file as text as long as it holds no password.
    """

    literal: bool = False

    def take(self, value: object, info: ValidationInfo) -> object:
        """Replace a reference by what it points to, where the validation knows how.

        Args:
            value: as it stands in the file.
            info: its context may hold `secrets`, a function of the value and this mark; without
                one (settings made by code) the value is taken as it is.
        """
        resolve = info.context.get("secrets") if info.context else None
        return resolve(value, self) if resolve else value


_REFERENCES = [
    {
        "type": "object",
        "description": f"{meaning} that holds the secret.",
        "properties": {key: {"type": "string", "minLength": 1}},
        "required": [key],
        "additionalProperties": False,
    }
    for key, meaning in (("env", "Name of the environment variable"), ("file", "Path of the file"))
]

_MARK = SecretMark()
_URL_MARK = SecretMark(literal=True)

Secret = Annotated[
    str,
    Field(repr=False),
    _MARK,
    BeforeValidator(_MARK.take),
    WithJsonSchema({"anyOf": [*_REFERENCES, {"const": ""}]}),
]
"""Text that must come as `{env: NAME}` or `{file: PATH}`; empty means there is none."""

SecretUrl = Annotated[
    str,
    Field(repr=False),
    _URL_MARK,
    BeforeValidator(_URL_MARK.take),
    WithJsonSchema({"anyOf": [*_REFERENCES, {"type": "string"}]}),
]
"""A URL that must come as `{env: NAME}` or `{file: PATH}` where it holds a password."""
