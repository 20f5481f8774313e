"""Settings of generation."""

from typing import Literal

from pydantic import Field

from groundwatch.settings import SettingsPart


class GenerationSettings(SettingsPart):
    """How passages become an answer.

    Attributes:
        answerer: `extractive` quotes the best sentences and needs no LLM; `llm` needs `llm`.
        threshold: decline below this probability that the passages answer the question; None
            takes the fitted one.
        doubt: below this probability an answer says that it may be none; None takes the fitted
            one, 0 never says it.
        instructions: said to the LLM besides the rules it always has.
    """

    answerer: Literal["extractive", "llm"] = "extractive"
    threshold: float | None = Field(default=None, ge=0, le=1)
    doubt: float | None = Field(default=None, ge=0, le=1)
    max_sentences: int = Field(default=8, ge=1, le=12)
    timeout_seconds: float = Field(default=60.0, gt=0)
    instructions: str = Field(default="", max_length=2000)
