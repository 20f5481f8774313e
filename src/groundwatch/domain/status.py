"""The one vocabulary for how well something is and how bad something is."""

from enum import StrEnum


class Status(StrEnum):
    """How well something is. No data is `UNKNOWN`, never `HEALTHY`."""

    HEALTHY = "healthy"
    WARNING = "warning"
    DEGRADED = "degraded"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How bad an event is."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
