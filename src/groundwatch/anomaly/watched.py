"""Which series of an application are watched."""

from dataclasses import dataclass
from enum import StrEnum

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


VALUES = (
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
)
"""Of which single values are judged as they come."""

WATCHED = (
    Split(metrics.REQUESTS),
    Split(metrics.REQUESTS, "source"),
    Split(metrics.ERRORS),
    Split(metrics.DECLINED),
    *VALUES,
    Split(metrics.FLAGGED, "flag"),
)
"""First seconds follow latency, and single scores the overall one: watching them repeats alarms."""

MACHINE = ""
"""The application that the numbers of the system itself are kept under."""
OF_MACHINE = (Split(metrics.FRESHNESS, "source"),)
_OF_MACHINE = ("system.", "freshness", "probes", "store.", "scoring.")


def is_of_machine(metric: str) -> bool:
    """Whether a metric is of the system itself and of no application."""
    return metric.startswith(_OF_MACHINE)


class Among(StrEnum):
    """What a label's observations are a share of."""

    WHOLE = "whole"
    EACH = "each"
    STRATA = "strata"


@dataclass(frozen=True, slots=True)
class ShareOf:
    """How often something is so.

    Attributes:
        yes: where it is counted that it was so.
        of: of how many.
        among: `WHOLE`: each label of `yes` is a share of all; `EACH`: of the same label; `STRATA`:
            of the same label, and all labels are one series.
    """

    yes: Split
    of: Split
    among: Among


SHARES = (
    ShareOf(Split(metrics.REQUESTS, "source"), Split(metrics.REQUESTS), Among.WHOLE),
    ShareOf(Split(metrics.ERRORS), Split(metrics.REQUESTS), Among.EACH),
    ShareOf(Split(metrics.ERRORS, "model"), Split(metrics.REQUESTS, "model"), Among.EACH),
    ShareOf(Split(metrics.DECLINED, "topic"), Split(metrics.REQUESTS, "topic"), Among.STRATA),
    ShareOf(Split(metrics.FLAGGED, "flag"), Split(metrics.COVERAGE), Among.WHOLE),
)
"""Of which single answers are judged as they come."""

CONTRIBUTING = ("model", "topic", "source", "group", "endpoint", "error_type", "flag")
"""Dimensions in which a cause is looked for; people only where it is about money."""
OF_MONEY = frozenset({metrics.COST.name, metrics.INPUT_TOKENS.name, metrics.OUTPUT_TOKENS.name})


def dimensions_of(metric: str) -> tuple[str, ...]:
    """Where the cause of a change of a metric is looked for."""
    known = metrics.BUILT_IN.get(metric)
    split = known.dimensions if known else ()
    found = tuple(each for each in CONTRIBUTING if each in split)
    return (*found, "user") if metric in OF_MONEY and "user" in split else found
