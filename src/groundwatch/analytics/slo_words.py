"""Service levels in words: what people meet, before any budget or burn rate."""

from groundwatch.analytics.sla import Violation
from groundwatch.analytics.slo import RuleState
from groundwatch.analytics.slo_settings import ObjectiveSettings

_BAD = {
    "availability": "of questions fail",
    "latency": "of answers take longer than {:g} s",
    "quality": "of answers score below {:g}",
    "freshness": "of changes take longer than {:g} s to be found",
    "cost": "of questions cost more than ${:g}",
}
_BROKEN = {
    "response_time_sla": "Answers take {:.3g} s (p95), {:g} s was promised",
    "quality_sla": "Answers score {:.2f} on average, {:g} was promised",
}


def burning(objective: ObjectiveSettings, rule: RuleState) -> str:
    """How much is bad in the short window, and how much may be."""
    ratio = rule.short.events.ratio or 0.0
    bad = _BAD[objective.kind].format(objective.threshold)
    return f"{_share(ratio)} {bad}, {_share(1 - objective.target)} may"


def broken(one: Violation) -> str:
    """What is the case, and what was promised."""
    if one.type == "availability_sla":
        promised = _share(1 - one.threshold)
        return f"{_share(1 - one.current)} of questions fail, {promised} at most was promised"
    return _BROKEN[one.type].format(one.current, one.threshold)


def _share(ratio: float) -> str:
    return f"{100 * ratio:.3g} %"
