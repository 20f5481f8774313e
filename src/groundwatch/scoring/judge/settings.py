"""When a language model is asked about an answer."""

from pydantic import Field, model_validator

from groundwatch.settings import SettingsPart


class JudgeSettings(SettingsPart):
    """A second opinion of the language model under `llm`; questions, answers and passages go there.

    Attributes:
        enabled: whether any is asked for.
        applications: whose answers may be shown to it; all without.
        zone_from, zone_to: accuracy between which an answer is in doubt.
        share: of the doubtful answers that are judged, chosen by their ids.
        calls_per_hour: at most.
        dollars_per_day: at most; only where `llm.prices` knows the model.
        timeout_seconds: for one verdict.
        most_characters: of an answer and its passages together; a longer one is not judged.
    """

    enabled: bool = False
    applications: tuple[str, ...] = ()
    zone_from: float = Field(default=0.3, ge=0, le=1)
    zone_to: float = Field(default=0.7, ge=0, le=1)
    share: float = Field(default=0.2, gt=0, le=1)
    calls_per_hour: int = Field(default=60, ge=1)
    dollars_per_day: float = Field(default=1.0, gt=0)
    timeout_seconds: float = Field(default=30.0, gt=0)
    most_characters: int = Field(default=24_000, ge=1_000)

    @model_validator(mode="after")
    def _zone(self) -> "JudgeSettings":
        if self.zone_from >= self.zone_to:
            raise ValueError("zone_from must be below zone_to")
        return self
