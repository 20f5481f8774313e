"""Settings of rules: conditions on measured numbers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from groundwatch.alerting.durations import Duration
from groundwatch.domain.metrics import BUILT_IN, CUSTOM_PREFIX, Spread
from groundwatch.domain.status import Severity
from groundwatch.errors import InvalidInput
from groundwatch.settings import SettingsPart

Operator = Literal["gt", "gte", "lt", "lte", "eq"]
Aggregate = Literal["mean", "sum", "count", "rate", "ratio", "p50", "p90", "p95", "p99"]
_QUANTILES = frozenset({"p50", "p90", "p95", "p99"})


class RuleSettings(SettingsPart):
    """A condition that raises an alert for every series on which it holds.

    Attributes:
        name: the alert's name.
        metric: name of a metric, built in or `custom.NAME`.
        of: `mean`, `sum`, `count`, a quantile, `rate` (sum in a second), or `ratio`: the sum
            through that of `by_metric`.
        by_metric: what `ratio` divides by.
        window: over how long.
        application: only this one; empty for all of them together, `*` for each.
        split_by: one alert for each value of a dimension of the metric.
        only: just this value of `split_by`.
        clear: a firing alert ends only when this value is passed too (hysteresis).
        at_least: fewer observations in the window are no data.
        lasts: written `for`: the condition must hold so long.
        keep_firing_for: it goes on firing so long after the condition ends.
        absent: an alert of its own is raised when there is no data.
        message: may name `{value}`, `{threshold}` and every label in braces.
        runbook: address, or name of one of the runbooks that come along.
    """

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=80)
    metric: str
    of: Aggregate = "mean"
    by_metric: str = ""
    window: Duration = timedelta(minutes=5)
    application: str = ""
    split_by: str = ""
    only: str = ""
    operator: Operator
    threshold: float
    clear: float | None = None
    at_least: int = Field(default=1, ge=1)
    lasts: Duration = Field(default=timedelta(), alias="for")
    keep_firing_for: Duration = timedelta()
    absent: bool = False
    severity: Severity = Severity.MEDIUM
    labels: dict[str, str] = Field(default_factory=dict)
    message: str = ""
    runbook: str = ""
    remediation: str = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> "RuleSettings":
        _known(self.metric, self.split_by, self.of)
        if (self.of == "ratio") != bool(self.by_metric):
            raise ValueError("`ratio` and `by_metric` go together; set both or none")
        if self.by_metric:
            _known(self.by_metric, "", "sum")
        if self.window < timedelta(minutes=1):
            raise ValueError("window must be at least 1m, for numbers are kept by minute")
        if self.only and not self.split_by:
            raise ValueError("`only` needs `split_by`")
        if self.clear is not None and not self._clears():
            raise ValueError(f"clear ({self.clear:g}) must lie on the good side of the threshold")
        return self

    def _clears(self) -> bool:
        assert self.clear is not None
        if self.operator == "eq":
            return False
        above = self.operator in {"gt", "gte"}
        return self.clear <= self.threshold if above else self.clear >= self.threshold


def rule_of(said: Mapping[str, object]) -> RuleSettings:
    """A rule of plain values.

    Raises:
        InvalidInput: with everything that does not fit.
    """
    try:
        return RuleSettings.model_validate(said)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        told = [f"{'.'.join(map(str, each['loc'])) or 'rule'}: {each['msg']}" for each in problems]
        raise InvalidInput("; ".join(told)) from error


def _known(name: str, dimension: str, aggregate: str) -> None:
    if name.startswith(CUSTOM_PREFIX):
        return
    metric = BUILT_IN.get(name)
    if metric is None:
        near = ", ".join(sorted(each for each in BUILT_IN if each[:3] == name[:3])) or "latency"
        raise ValueError(f"{name[:60]!r} is no metric; there are for instance {near}")
    if dimension and dimension not in metric.dimensions:
        there = ", ".join(metric.dimensions) or "none"
        raise ValueError(f"{name!r} is not split by {dimension[:40]!r}; it has {there}")
    if aggregate in _QUANTILES and metric.spread is Spread.NONE:
        raise ValueError(f"{name!r} has no quantiles; use mean, sum, count or rate")
