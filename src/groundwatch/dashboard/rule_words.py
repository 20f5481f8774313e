"""Rules in words and units."""

from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.dashboard.formatting import measured, span
from groundwatch.domain.metrics import BUILT_IN

_SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "eq": "="}


def unit_of(rule: RuleSettings) -> str:
    """The unit of a rule's value."""
    if rule.of == "ratio":
        return "ratio"
    metric = BUILT_IN.get(rule.metric)
    return "1" if metric is None or rule.of in {"count", "rate"} else metric.unit


def limit_of(rule: RuleSettings) -> str:
    """The threshold with its sign."""
    return f"{_SIGNS[rule.operator]} {measured(rule.threshold, unit_of(rule))}"


def condition_of(rule: RuleSettings) -> str:
    """What must hold, in one line."""
    metric = f"{rule.metric} / {rule.by_metric}" if rule.by_metric else rule.metric
    of = "" if rule.of == "ratio" else f"{rule.of} of "
    said = [f"{of}{metric} {limit_of(rule)} over {span(rule.window.total_seconds())}"]
    if rule.lasts:
        said.append(f"for {span(rule.lasts.total_seconds())}")
    each = [rule.split_by] if rule.split_by and not rule.only else []
    each += ["application"] if rule.application == "*" else []
    if each:
        said.append(f"by {' and '.join(each)}")
    if rule.only:
        said.append(f"only {rule.split_by} {rule.only}")
    if rule.application and rule.application != "*":
        said.append(f"of {rule.application}")
    return ", ".join(said)


def series_of(labels: object) -> str:
    """The labels of a series; a rule without any has one for all."""
    assert hasattr(labels, "items")
    return ", ".join(f"{name} {value}" for name, value in sorted(labels.items())) or "all together"
