"""What every body has in common."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A frozen body; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ForeignBody(BaseModel):
    """A body whose shape others define; fields that mean nothing here are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
