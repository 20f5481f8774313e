"""What kind of trouble a metric tells of, and what to do about it."""

from collections.abc import Mapping
from enum import StrEnum


class AnomalyClass(StrEnum):
    """What an anomaly is about, in the order in which it matters when all else is equal."""

    SECURITY = "security"
    QUALITY = "quality"
    PERFORMANCE = "performance"
    DATA_QUALITY = "data quality"
    FRESHNESS = "freshness"
    COST = "cost"
    USAGE = "usage"


_BY_BEGINNING = (
    ("quality.coverage", AnomalyClass.DATA_QUALITY),
    ("quality.", AnomalyClass.QUALITY),
    ("satisfaction", AnomalyClass.QUALITY),
    ("declined", AnomalyClass.QUALITY),
    ("flagged", AnomalyClass.QUALITY),
    ("passages", AnomalyClass.DATA_QUALITY),
    ("intake", AnomalyClass.DATA_QUALITY),
    ("tokens.", AnomalyClass.COST),
    ("cost", AnomalyClass.COST),
    ("requests", AnomalyClass.USAGE),
)
_FRESHNESS_WORDS = frozenset({"age", "lag", "stale", "staleness", "freshness"})
_SECURITY_WORDS = frozenset({"injection", "leak", "secret", "pii", "jailbreak", "exfiltration"})


def class_of(metric: str, labels: Mapping[str, str]) -> AnomalyClass:
    """The class of a metric's anomalies; performance where nothing else is known."""
    words = set(metric.replace(".", "_").replace("-", "_").split("_"))
    flag = set(labels.get("flag", "").replace("-", "_").split("_"))
    if flag & _SECURITY_WORDS:
        return AnomalyClass.SECURITY
    if words & _FRESHNESS_WORDS:
        return AnomalyClass.FRESHNESS
    for beginning, found in _BY_BEGINNING:
        if metric.startswith(beginning):
            return found
    return AnomalyClass.PERFORMANCE


ACTIONS: dict[AnomalyClass, tuple[str, ...]] = {
    AnomalyClass.SECURITY: (
        "Open the flagged interactions and see which documents and users they involve.",
        "Revoke the keys or the documents concerned before looking further.",
    ),
    AnomalyClass.QUALITY: (
        "Open the worst interactions of the stretch and compare passages with answers.",
        "See whether the source, prompt or model changed just before.",
        "Ask the same questions again on the former version.",
    ),
    AnomalyClass.PERFORMANCE: (
        "Compare the stages of slow interactions: retrieval, ranking, model.",
        "Check the model's endpoint and the queues.",
        "Roll back the last deploy if the start coincides with it.",
    ),
    AnomalyClass.DATA_QUALITY: (
        "Look at what was rejected or came incomplete, and from which sender.",
        "Check the instrumentation of the version that was deployed last.",
    ),
    AnomalyClass.FRESHNESS: (
        "Look at the source's last synchronisation and its failures.",
        "Synchronise the source again once it can be reached.",
    ),
    AnomalyClass.COST: (
        "See which user, group or model spends more, and on how many tokens an answer.",
        "Set a budget or a limit for it, or route it to a smaller model.",
    ),
    AnomalyClass.USAGE: (
        "See which application, endpoint or user asks more or less than usual.",
        "Ask whether the sender can still reach the server if questions are missing.",
    ),
}
"""What a person may do first, by class."""
