"""Settings of experiments: who gets which variant, and what decides."""

import math
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from groundwatch.settings import SettingsPart

_FEWEST_VARIANTS = 2


class Goal(StrEnum):
    """What variants are compared by; means over interactions."""

    QUALITY = "quality"
    SATISFACTION = "satisfaction"
    LATENCY = "latency"
    COST = "cost"
    ERRORS = "errors"
    DECLINED = "declined"

    @property
    def is_better_high(self) -> bool:
        return self in {Goal.QUALITY, Goal.SATISFACTION}


class VariantSettings(SettingsPart):
    """One way to answer; what is empty is as configured.

    Attributes:
        share: of the experiment's units.
        model: of the answerer.
        prompt: name of a prompt.
        index: name of an index.
        retrieval: retrieval settings by name.
    """

    share: float = Field(gt=0, lt=1)
    model: str = ""
    prompt: str = ""
    index: str = ""
    retrieval: dict[str, float | int | bool | str] = Field(default_factory=dict)


class ExperimentSettings(SettingsPart):
    """An A/B test.

    Attributes:
        unit: who keeps a variant.
        traffic: share of the units that take part; raising it moves nobody.
        variants: by name; their shares sum to 1.
        control: what the others are compared with.
        goal: what decides.
        guardrails: what must not get worse, each with the relative loss that is accepted.
        least_effect: relative difference that matters; smaller ones are called even.
        planned: units of each variant the test is sized for; it ends there.
        fewest: units of each variant before anything is decided.
        alpha: false positives, over the whole test and however often it is looked at.
        salt: another one deals anew; empty is the experiment's name.
        is_running: off, everybody gets the control.
    """

    unit: Literal["user", "session"] = "user"
    traffic: float = Field(default=1.0, gt=0, le=1)
    variants: dict[str, VariantSettings]
    control: str
    goal: Goal = Goal.QUALITY
    guardrails: dict[Goal, float] = Field(
        default_factory=lambda: {Goal.ERRORS: 0.0, Goal.LATENCY: 0.1}
    )
    least_effect: float = Field(default=0.02, gt=0, lt=1)
    planned: int = Field(default=5_000, ge=100)
    fewest: int = Field(default=100, ge=30)
    alpha: float = Field(default=0.05, gt=0, le=0.2)
    salt: str = ""
    is_running: bool = True

    @model_validator(mode="after")
    def _sound(self) -> "ExperimentSettings":
        if len(self.variants) < _FEWEST_VARIANTS:
            raise ValueError("an experiment needs at least two variants")
        if self.control not in self.variants:
            raise ValueError(f"control {self.control!r} is none of {sorted(self.variants)}")
        whole = math.fsum(each.share for each in self.variants.values())
        if not math.isclose(whole, 1.0, abs_tol=1e-6):
            raise ValueError(f"the variants' shares sum to {whole:g}; they must sum to 1")
        if self.goal in self.guardrails:
            raise ValueError(f"{self.goal} is the goal; a goal that gets worse stops by itself")
        if any(not 0 <= margin < 1 for margin in self.guardrails.values()):
            raise ValueError("a guardrail's accepted loss must be 0 or more, and below 1")
        if self.fewest > self.planned:
            raise ValueError("fewest must not be above planned")
        return self
