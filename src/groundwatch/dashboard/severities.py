"""How severities look: always with their word."""

from groundwatch.domain.status import Severity

_LOOKS = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "degraded",
    Severity.MEDIUM: "warning",
    Severity.LOW: "unknown",
    Severity.INFO: "unknown",
}


def look_of(severity: Severity) -> str:
    """The class of a severity."""
    return _LOOKS[severity]
