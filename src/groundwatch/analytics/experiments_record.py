"""What is kept of an experiment, and shown of it: its looks, and who decided what."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal


class Verdict(StrEnum):
    """What is to be done."""

    TOO_FEW = "too_few"
    RUNNING = "running"
    WINS = "wins"
    EVEN = "even"
    INCONCLUSIVE = "inconclusive"
    HARMS = "harms"
    MISMATCH = "mismatch"

    @property
    def is_open(self) -> bool:
        return self in {Verdict.TOO_FEW, Verdict.RUNNING}

    @property
    def stops(self) -> bool:
        """Whether it must not go on: nobody waits for a person."""
        return self in {Verdict.HARMS, Verdict.MISMATCH}


@dataclass(frozen=True, slots=True)
class Compared:
    """A variant against the control in one metric, at one look.

    Attributes:
        control, treatment: means; None before there are enough units.
        difference: treatment less control, history taken out.
        low, high: the interval that holds at all looks together; None without an end.
        p: the least always-valid p-value.
        accepted: the loss a guardrail accepts, in the metric's unit.
        reduced: part of the variance that history took out.
    """

    variant: str
    goal: Goal
    is_guardrail: bool
    units: int
    control_units: int
    control: float | None
    treatment: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float
    alpha: float
    accepted: float
    reduced: float
    is_harmed: bool
    is_better: bool

    def relative(self, value: float | None) -> float | None:
        """A difference as part of the control's mean."""
        if value is None or not self.control:
            return None
        return value / abs(self.control)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has shown.

    Attributes:
        variant: what to use from now on; empty while that is open.
        reasons: in words, the deciding one first.
        cautions: what makes the comparison doubtful without stopping it.
        units: dealt, by variant.
        crossed: units seen under several variants, which are left out.
        mismatch: the least p-value of the units' shares.
    """

    at: datetime
    verdict: Verdict
    variant: str
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]
    units: Mapping[str, int]
    crossed: int
    mismatch: float
    comparisons: tuple[Compared, ...]

    def primary(self) -> Compared | None:
        """The goal's comparison that says most: of the variant chosen, or the clearest."""
        goals = [each for each in self.comparisons if not each.is_guardrail]
        chosen = [each for each in goals if each.variant == self.variant]
        return min(chosen or goals, key=lambda each: each.p, default=None)


class Act(StrEnum):
    """What happened to a run."""

    BEGAN = "began"
    DROPPED = "dropped"
    JUDGED = "judged"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    CONCLUDED = "concluded"


@dataclass(frozen=True, slots=True)
class Record:
    """Who did what, when and why.

    Attributes:
        by: a person; empty is the watch itself.
        variant: the one that was dropped, or is to be used; may be empty.
    """

    at: datetime
    act: Act
    by: str
    why: str
    variant: str = ""


class Phase(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DECIDABLE = "decidable"
    STOPPED = "stopped"
    CONCLUDED = "concluded"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an experiment.

    Attributes:
        ended_at: from then on everybody gets the control.
        dropped: variants that did harm.
        look: the last one; None before the first.
        records: the earliest first.
    """

    name: str
    number: int
    settings: ExperimentSettings
    begun_at: datetime
    ended_at: datetime | None
    looked_at: datetime | None
    dropped: frozenset[str]
    look: Look | None
    records: tuple[Record, ...]

    @property
    def phase(self) -> Phase:
        if self.decision is not None:
            return Phase.CONCLUDED
        if self.ended_at is not None:
            return Phase.STOPPED
        if not self.settings.is_running:
            return Phase.PAUSED
        is_open = self.look is None or self.look.verdict.is_open
        return Phase.RUNNING if is_open else Phase.DECIDABLE

    @property
    def decision(self) -> Record | None:
        """What a person decided in the end."""
        return next((each for each in self.records if each.act is Act.CONCLUDED), None)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it ended because the configuration was changed."""
        return any(each.act is Act.WITHDRAWN for each in self.records)

    @property
    def trouble(self) -> Record | None:
        """What a person has to look at: harm or wrong shares that nobody has answered yet."""
        found: Record | None = None
        is_mismatch = self.look is not None and self.look.verdict is Verdict.MISMATCH
        for each in self.records:
            if each.by or each.act is Act.WITHDRAWN:
                found = None
            elif each.act is Act.DROPPED or (each.act is Act.STOPPED and is_mismatch):
                found = each
        return found

    def days(self, now: datetime) -> float:
        """How long it has run."""
        return ((self.ended_at or now) - self.begun_at).total_seconds() / 86_400


def consequences(run: Run, look: Look, dropped: frozenset[str]) -> tuple[Record, ...]:
    """What comes of a look.

    Args:
        run: as it was before.
        look: what it has shown.
        dropped: variants that did harm, those from before among them.
    """
    found = [
        Record(look.at, Act.DROPPED, "", _why(look, variant), variant)
        for variant in sorted(dropped - run.dropped)
    ]
    ends = run.settings.ends
    before = None if run.look is None else run.look.verdict
    if look.verdict.stops:
        found.append(Record(look.at, Act.STOPPED, "", look.reasons[0], look.variant))
    elif ends is not None and ends <= look.at:
        found.append(Record(look.at, Act.STOPPED, "", "its time is over", look.variant))
    elif not look.verdict.is_open and look.verdict is not before:
        found.append(Record(look.at, Act.JUDGED, "", look.reasons[0], look.variant))
    return tuple(found)


def _why(look: Look, variant: str) -> str:
    return next((each for each in look.reasons if each.startswith(f"{variant} ")), "it did harm")


def finite(value: float) -> float | None:
    """A bound as it is kept; endless ones are None."""
    return value if math.isfinite(value) else None
