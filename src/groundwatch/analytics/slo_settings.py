"""Settings of service levels: what was promised, and what is aimed at."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from groundwatch.analytics.burn import BurnRule, usual_rules
from groundwatch.settings import SettingsPart

Kind = Literal["availability", "latency", "quality", "freshness", "cost"]


class SlaSettings(SettingsPart):
    """What was promised to users; null is not promised.

    Attributes:
        max_response_time: seconds that 95 % of answers take at most.
        min_availability: share of questions that do not fail.
        min_quality_score: mean overall quality.
        period_days: compliance is counted over so many days.
        recent_minutes: what is said to be the case now rests on so many minutes.
        fewest: with fewer questions in them nothing is said to be violated.
    """

    max_response_time: float | None = Field(default=5.0, gt=0)
    min_availability: float | None = Field(default=0.99, gt=0, le=1)
    min_quality_score: float | None = Field(default=0.7, gt=0, le=1)
    period_days: int = Field(default=30, ge=1, le=90)
    recent_minutes: int = Field(default=60, ge=5, le=1440)
    fewest: int = Field(default=20, ge=1)


class BurnRuleSettings(SettingsPart):
    """When a budget is spent too fast; the short window is a twelfth of the long one.

    Attributes:
        budget_share: of the period's budget, spent within the long window.
        long_hours: the long window.
        urgency: `page` wakes somebody, `ticket` waits for the morning.
    """

    budget_share: float = Field(gt=0, le=1)
    long_hours: float = Field(gt=0)
    urgency: Literal["page", "ticket"] = "page"

    @property
    def rule(self) -> BurnRule:
        return BurnRule(self.budget_share, timedelta(hours=self.long_hours), self.urgency)


class ObjectiveSettings(SettingsPart):
    """A service level that is aimed at, with an error budget.

    Attributes:
        kind: `availability` counts failed questions and probes; `latency` answers slower than the
            threshold (s); `quality` answers scored below it; `freshness` changes that took longer
            (s) to be found; `cost` questions that cost more (USD).
        target: share of good events over the period.
        threshold: what is still good; availability has none.
        application: empty for all of them.
        fewest: events a window must hold; with fewer it is widened.
        rules: burn rates that alert; null for the published ones that can fire at this target.
    """

    kind: Kind
    target: float = Field(gt=0, lt=1)
    threshold: float | None = Field(default=None, gt=0)
    application: str = ""
    period_days: int = Field(default=30, ge=2, le=90)
    fewest: int = Field(default=20, ge=1)
    rules: tuple[BurnRuleSettings, ...] | None = None

    @model_validator(mode="after")
    def _sound(self) -> "ObjectiveSettings":
        if self.kind == "availability" and self.threshold is not None:
            raise ValueError("availability has no threshold; leave it out")
        if self.kind != "availability" and self.threshold is None:
            raise ValueError(f"{self.kind} needs a threshold: what is still good")
        if self.kind == "quality" and self.threshold is not None and self.threshold > 1:
            raise ValueError(f"a quality of {self.threshold:g} is never reached; scores end at 1")
        self._check_rules()
        return self

    def _check_rules(self) -> None:
        if self.rules is None:
            if not self.burn_rules:
                raise ValueError(
                    f"no usual burn rate can be reached at a target of {self.target:g}; write "
                    "rules with smaller budget shares"
                )
            return
        for place, each in enumerate(self.rules):
            problem = each.rule.problem(self.target, self.period)
            if problem:
                raise ValueError(f"rules[{place}]: {problem}")

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.period_days)

    @property
    def burn_rules(self) -> tuple[BurnRule, ...]:
        """The rules that apply; usual ones only where they can fire."""
        if self.rules is not None:
            return tuple(each.rule for each in self.rules)
        return tuple(
            rule for rule in usual_rules(self.period) if not rule.problem(self.target, self.period)
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """Why usual rules do not apply."""
        if self.rules is not None:
            return ()
        found = [rule.problem(self.target, self.period) for rule in usual_rules(self.period)]
        return tuple(problem for problem in found if problem)


_OBJECTIVES = {
    "availability": ObjectiveSettings(kind="availability", target=0.995),
    "latency": ObjectiveSettings(kind="latency", target=0.95, threshold=5.0),
    "quality": ObjectiveSettings(kind="quality", target=0.9, threshold=0.6),
    "freshness": ObjectiveSettings(kind="freshness", target=0.99, threshold=300.0),
}


class ServiceLevelSettings(SettingsPart):
    """Service levels.

    Attributes:
        sla: of all applications together.
        applications: of single ones.
        objectives: by name; what is written replaces the usual ones.
    """

    sla: SlaSettings = SlaSettings()
    applications: dict[str, SlaSettings] = Field(default_factory=dict)
    objectives: dict[str, ObjectiveSettings] = Field(default_factory=lambda: dict(_OBJECTIVES))
