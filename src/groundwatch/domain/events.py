"""What happens around answers: deploys, changes of prompts or models, metrics of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundwatch.domain.status import Severity


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth a mark on a chart, or a number of somebody's own.

    Attributes:
        id: unique; the same id twice is the same event.
        type: `deploy`, `configuration`, `prompt`, `model`, `index`, `metric`, or another word.
        component: what it concerns.
        metrics: numbers of one's own; each becomes the metric `custom.NAME`.
    """

    id: str
    at: datetime
    type: str
    severity: Severity = Severity.INFO
    application: str = ""
    component: str = ""
    message: str = ""
    correlation_id: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
