"""Anomalies in words: what happens, how much of it, and what is usual."""

from groundwatch.anomaly.findings import Finding
from groundwatch.domain.metrics import BUILT_IN

_SAID = {
    "requests": "{} questions a minute",
    "errors": "{} questions a minute fail",
    "declined": "{} questions a minute find no answer",
    "flagged": "{} answers a minute are flagged",
    "latency": "Answers take {}",
    "first_token": "The first sentence takes {}",
    "cost": "An answer costs {}",
    "tokens.input": "A question takes {} to a model",
    "tokens.output": "An answer has {}",
    "passages": "Answers rest on {} passages",
    "satisfaction": "People rate answers {}",
    "quality.overall": "Answers score {}",
    "quality.safety": "Answers score {} for safety",
    "quality.retrieval": "What is found scores {}",
    "errors.mix": "The mix of errors changed by {}",
    "requests.mix": "The mix of topics changed by {}",
    "combination": "{} of the answers are unusual as a whole",
    "freshness": "Changes take {} until they are found",
}
_OF = {
    "model": "with", "topic": "about", "source": "from", "endpoint": "at", "flag": "as",
    "error_type": "with",
}  # fmt: skip
_EXPLAINS = 0.5
"""A part that makes up so much of a change is what is told of."""


def headline_of(one: Finding) -> str:
    """`Answers take 8.8 s with gpt-4.1 (usual 2.1 s)`: in a line, without the application."""
    cause = next((each for each in one.contributors if each.share >= _EXPLAINS), None)
    where = [_of(name, label) for name, label in one.labels.items() if _is_part(name, label)]
    told = cause if cause is not None and not cause.metric else None
    if told is not None and told.during is not None and told.before is not None:
        value, usual = told.during, figure(told.before, one.metric)
    else:
        value, usual = one.value, _range(one)
    where += [] if cause is None else [_of(cause.dimension, cause.label)]
    said = _SAID.get(one.metric, f"{one.metric} is {{}}").format(figure(value, one.metric))
    return " ".join([said, *dict.fromkeys(where)]) + (f" (usual {usual})" if usual else "")


def figure(value: float, metric: str) -> str:
    """A value with its unit, as short as it may be said."""
    known = BUILT_IN.get(metric)
    unit = known.unit if known else ""
    if unit == "ratio":
        return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}"
    if unit == "s":
        return _time(value)
    if unit == "USD":
        return f"${value:.2f}" if value >= 1 else f"${value:.2g}"
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"
    return number if unit in {"", "1"} else f"{number} {unit}"


def _time(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"


def _range(one: Finding) -> str:
    if one.expected is None:
        return ""
    low, high = (figure(each, one.metric) for each in one.expected)
    return high if low == high else f"{low} to {high}"


def _is_part(name: str, label: str) -> bool:
    return name != "application" and bool(label)


def _of(dimension: str, label: str) -> str:
    return f"{_OF.get(dimension, f'for {dimension}')} {label}"
