"""Settings of experiments: who gets which variant, and what decides."""

import math
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, model_validator

from groundwatch.settings import SettingsPart

_FEWEST_VARIANTS = 2

OURS = "groundwatch"
"""The application whose answers are our own: variants are dealt while they are made."""

INSTALLATION, FILE = "installation", "configuration"
"""Where `changes` names another installation's configuration file."""

Overrides = dict[str, float | int | bool | str | tuple[str, ...] | None]
"""Settings by name, in place of the configured ones."""


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
    """One way to answer; what is left out is as configured.

    Attributes:
        share: of the experiment's units.
        description: what it changes, in words.
        retrieval: settings of `retrieval` that it changes.
        answers: settings of `answers` that it changes.
        llm: settings of `llm` that it changes.
        installation: configuration file of another installation that indexes the same sources,
            such as with another embedder; its index is asked instead of ours.
    """

    share: float = Field(gt=0, lt=1)
    description: str = Field(default="", max_length=500)
    retrieval: Overrides = Field(default_factory=dict)
    answers: Overrides = Field(default_factory=dict)
    llm: Overrides = Field(default_factory=dict)
    installation: Path | None = None

    @property
    def changes(self) -> dict[str, Overrides]:
        """What it changes, by part of the configuration; `INSTALLATION` is no such part."""
        asked: Overrides = {FILE: str(self.installation)} if self.installation else {}
        parts = {
            "retrieval": self.retrieval,
            "answers": self.answers,
            "llm": self.llm,
            INSTALLATION: asked,
        }
        return {name: part for name, part in parts.items() if part}


class ExperimentSettings(SettingsPart):
    """An A/B test.

    Attributes:
        hypothesis: what is expected, and why.
        application: whose answers; those of others say their variant themselves.
        unit: who keeps a variant.
        traffic: share of the units that take part; raising it moves nobody.
        variants: by name; their shares sum to 1.
        control: what the others are compared with; it changes nothing.
        goal: what decides.
        guardrails: what must not get worse, each with the relative loss that is accepted.
        least_effect: relative difference that matters; smaller ones are called even.
        planned: units of each variant the test is sized for; it ends there.
        fewest: units of each variant before anything is decided.
        least_days: before them nothing but harm is decided, so that every weekday counts.
        alpha: false positives, over the whole test and however often it is looked at.
        starts: not before; empty is at once.
        ends: not after; empty is when it is decided.
        salt: another one deals anew; empty is the experiment's name.
        is_running: off, everybody gets the control.
    """

    hypothesis: str = Field(default="", max_length=1000)
    application: str = Field(default=OURS, min_length=1, max_length=200)
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
    least_days: float = Field(default=0.0, ge=0, le=90)
    alpha: float = Field(default=0.05, gt=0, le=0.2)
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    salt: str = ""
    is_running: bool = True

    @property
    def is_ours(self) -> bool:
        return self.application == OURS

    def with_files(self, found: Callable[[Path], Path]) -> "ExperimentSettings":
        """The same with the files of its variants where they are found."""
        variants = {
            name: each.model_copy(update={"installation": found(each.installation)})
            if each.installation
            else each
            for name, each in self.variants.items()
        }
        return self.model_copy(update={"variants": variants})

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
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            raise ValueError("ends must be after starts")
        self._changes_are_sound()
        return self

    def _changes_are_sound(self) -> None:
        if self.variants[self.control].changes:
            raise ValueError(
                f"control {self.control!r} changes settings; it must be what is configured"
            )
        if not self.is_ours and any(each.changes for each in self.variants.values()):
            raise ValueError(
                f"variants change settings, but {self.application!r} answers by itself; say what "
                "they change in `description`"
            )
