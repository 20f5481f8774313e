"""Which series of an application are watched."""

from dataclasses import dataclass

from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric
from groundwatch.domain.scores import Dimension

MOST_LABELS = 20
"""Of one dimension of one application, those with the most observations."""


@dataclass(frozen=True, slots=True)
class Split:
    """A metric, whole or by the labels of a dimension."""

    metric: Metric
    dimension: str = ""


WATCHED = (
    Split(metrics.REQUESTS),
    Split(metrics.REQUESTS, "source"),
    Split(metrics.ERRORS),
    Split(metrics.DECLINED),
    Split(metrics.LATENCY),
    Split(metrics.LATENCY, "model"),
    Split(metrics.OUTPUT_TOKENS),
    Split(metrics.COST),
    Split(metrics.PASSAGES),
    Split(metrics.FEEDBACK),
    Split(metrics.OVERALL),
    Split(metrics.OVERALL, "topic"),
    Split(metrics.QUALITY[Dimension.RETRIEVAL]),
    Split(metrics.QUALITY[Dimension.SAFETY]),
    Split(metrics.FLAGGED, "flag"),
    Split(metrics.FRESHNESS, "source"),
)
"""First seconds follow latency, and single scores the overall one: watching them repeats alarms."""

CONTRIBUTING = ("model", "topic", "source", "group", "endpoint", "error_type", "flag")
"""Dimensions in which a cause is looked for; people only where it is about money."""
OF_MONEY = frozenset({metrics.COST.name, metrics.INPUT_TOKENS.name, metrics.OUTPUT_TOKENS.name})


def dimensions_of(metric: str) -> tuple[str, ...]:
    """Where the cause of a change of a metric is looked for."""
    known = metrics.BUILT_IN.get(metric)
    split = known.dimensions if known else ()
    found = tuple(each for each in CONTRIBUTING if each in split)
    return (*found, "user") if metric in OF_MONEY and "user" in split else found
