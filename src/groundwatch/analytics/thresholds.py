"""From where on something is slow, poor, failing or busy; one value for all of analytics."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of the default rules.

    Attributes:
        latency_classes: name and the seconds it stays below; what is slower is poor.
        quality: overall quality below which something is recommended.
        quality_good: overall quality from which on it is healthy.
        failed_share: of the last five minutes' questions; the system is degraded above it.
        fewest: questions below which nothing is concluded.
    """

    latency_classes: tuple[tuple[str, float], ...] = (
        ("excellent", 1.0),
        ("good", 2.0),
        ("acceptable", 5.0),
    )
    p95_seconds: float = 2.0
    error_rate: float = 0.05
    quality: float = 0.7
    quality_good: float = 0.8
    cpu: float = 0.8
    memory: float = 0.9
    disk: float = 0.9
    failed_share: float = 0.1
    fewest: int = 20


DEFAULT = Thresholds()
