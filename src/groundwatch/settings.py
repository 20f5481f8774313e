"""The base of every settings class."""

from pydantic import BaseModel, ConfigDict


class SettingsPart(BaseModel):
    """A frozen part of the configuration; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
