"""Settings of what is watched for anomalies."""

from typing import Literal

from pydantic import Field

from groundwatch.settings import SettingsPart

LayerName = Literal[
    "range", "band", "seasonal", "weekly", "level", "autoregression", "subsequence", "sequence"
]
USUAL_LAYERS: tuple[LayerName, ...] = (
    "range",
    "band",
    "seasonal",
    "weekly",
    "level",
    "subsequence",
)


class AnomalySettings(SettingsPart):
    """How anomalies are looked for.

    Attributes:
        enabled: whether they are.
        layers: which detectors judge; a change learns every series anew from its past.
        series: so many are watched at once; the one silent longest leaves.
        history_days: a series that is new learns from so many days of stored numbers.
        interval: seconds between two looks.
        settle_seconds: a minute is judged so long after it ended, for what arrives late.
        alert_from: findings of this severity and above become alerts.
        retention_days: findings are kept so long after they ended.
    """

    enabled: bool = True
    layers: tuple[LayerName, ...] = Field(default=USUAL_LAYERS, min_length=1)
    series: int = Field(default=300, ge=1, le=2000)
    history_days: int = Field(default=7, ge=1, le=30)
    interval: float = Field(default=15.0, ge=1, le=300)
    settle_seconds: float = Field(default=5.0, ge=0, le=300)
    alert_from: Literal["info", "low", "medium", "high", "critical"] = "medium"
    retention_days: int = Field(default=90, ge=1)
