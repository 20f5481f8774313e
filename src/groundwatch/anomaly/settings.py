"""Settings of what is watched for anomalies."""

from typing import Literal, Self

from pydantic import Field, model_validator

from groundwatch.anomaly.threshold import Limit, Operator
from groundwatch.domain.metrics import BUILT_IN, CUSTOM_PREFIX
from groundwatch.errors import InvalidInput
from groundwatch.settings import SettingsPart

LayerName = Literal[
    "range",
    "band",
    "seasonal",
    "weekly",
    "level",
    "autoregression",
    "subsequence",
    "sequence",
    "answers",
    "mix",
    "distribution",
    "combination",
    "threshold",
]
USUAL_LAYERS: tuple[LayerName, ...] = (
    "range",
    "band",
    "seasonal",
    "weekly",
    "level",
    "subsequence",
    "answers",
    "mix",
    "distribution",
    "threshold",
)


class ThresholdSettings(SettingsPart):
    """A limit that is known beforehand.

    Attributes:
        metric: by its name; a count is that of a minute, everything else the mean of one.
        operator: how a value stands to the limit when something is wrong.
        lasting: seconds for which it has to stand so.
        clears_at: where it is over, on the good side of `value`; none for `value` itself.
        application: of which; empty for each.
        dimension, label: of which label; without a label, of each one of the dimension.
    """

    metric: str
    operator: Operator
    value: float = Field(ge=-1e12, le=1e12)
    lasting: float = Field(default=0.0, ge=0)
    clears_at: float | None = Field(default=None, ge=-1e12, le=1e12)
    application: str = ""
    dimension: str = ""
    label: str | None = None

    @property
    def limit(self) -> Limit:
        return Limit(self.operator, self.value, self.lasting, self.clears_at)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        """Refuse what could never be measured or never clear."""
        known = BUILT_IN.get(self.metric)
        if known is None and not self.metric.startswith(CUSTOM_PREFIX):
            raise ValueError(f"there is no metric {self.metric[:60]!r}")
        if self.dimension and (known is None or self.dimension not in known.dimensions):
            raise ValueError(f"{self.metric} is not split by {self.dimension[:60]!r}")
        if self.label is not None and not self.dimension:
            raise ValueError("a label needs the dimension that it is one of")
        try:
            _ = self.limit
        except InvalidInput as error:
            raise ValueError(str(error)) from error
        return self


class AnomalySettings(SettingsPart):
    """How anomalies are looked for.

    Attributes:
        enabled: whether they are.
        layers: which detectors judge; a change learns every series anew from its past.
        thresholds: limits that are known beforehand, for the layer of that name.
        series: so many are watched at once; the one silent longest leaves.
        history_days: a series that is new learns from so many days of stored numbers.
        interval: seconds between two looks.
        settle_seconds: a minute is judged so long after it ended, for what arrives late.
        alert_from: findings of this severity and above become alerts.
        retention_days: findings are kept so long after they ended.
    """

    enabled: bool = True
    layers: tuple[LayerName, ...] = Field(default=USUAL_LAYERS, min_length=1)
    thresholds: tuple[ThresholdSettings, ...] = ()
    series: int = Field(default=300, ge=1, le=2000)
    history_days: int = Field(default=7, ge=1, le=30)
    interval: float = Field(default=15.0, ge=1, le=300)
    settle_seconds: float = Field(default=5.0, ge=0, le=300)
    alert_from: Literal["info", "low", "medium", "high", "critical"] = "medium"
    retention_days: int = Field(default=90, ge=1)
