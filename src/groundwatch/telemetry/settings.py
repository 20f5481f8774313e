"""Settings of the watch: what is taken in, kept, thresholds, and how often pages move."""

from typing import Literal

from pydantic import Field, model_validator

from groundwatch.settings import Secret, SettingsPart


class CollectionSettings(SettingsPart):
    """How numbers are collected.

    Attributes:
        interval: seconds between two looks at the system.
        batch_size: interactions committed at once.
        retention_days: how long interactions and traces are kept; numbers are kept longer.
        probe_interval: seconds between two questions to our own server: is it ready, can it search.
    """

    interval: float = Field(default=1.0, gt=0)
    batch_size: int = Field(default=100, ge=1, le=10_000)
    retention_days: int = Field(default=30, ge=1)
    probe_interval: float = Field(default=10.0, gt=0)


class ApplicationSamplingSettings(SettingsPart):
    """Sampling of one application."""

    rate: float = Field(default=1.0, ge=0, le=1)


class SamplingSettings(SettingsPart):
    """Which interactions are kept whole; counts and times are taken of all.

    Attributes:
        rate: share of the interactions of an application that is not named.
        applications: rates by application.
    """

    rate: float = Field(default=1.0, ge=0, le=1)
    applications: dict[str, ApplicationSamplingSettings] = Field(default_factory=dict)


class OtlpSettings(SettingsPart):
    """What is taken over OTLP.

    Attributes:
        body_megabytes: largest request (MiB), before and after decompression.
        waiting_megabytes: bodies (MiB) waiting to be committed; more is answered 429.
        attribute_characters: longer texts are cut, and the span is marked.
        span_attributes: more attributes of one span are left out, and the span is marked.
        trace_spans: more spans of one trace are rejected.
        trace_megabytes: the same for their size (MiB), about.
        quiet_seconds: a trace whose root has ended is put together after so long without a span.
        window_seconds: after so long it is put together whatever is missing.
        settle_seconds: how often is looked for such traces.
        grpc_port: listens for OTLP over gRPC on this port of the server's host; 0 does not.
    """

    body_megabytes: int = Field(default=20, ge=1, le=200)
    waiting_megabytes: int = Field(default=128, ge=1)
    attribute_characters: int = Field(default=100_000, ge=100)
    span_attributes: int = Field(default=2_000, ge=10)
    trace_spans: int = Field(default=20_000, ge=10)
    trace_megabytes: int = Field(default=64, ge=1)
    quiet_seconds: float = Field(default=10.0, gt=0)
    window_seconds: float = Field(default=60.0, gt=0)
    settle_seconds: float = Field(default=1.0, gt=0)
    grpc_port: int = Field(default=0, ge=0, le=65535)


class LatencyThresholdSettings(SettingsPart):
    """Seconds below which an answer's time is of a class; slower is poor."""

    excellent: float = Field(default=1.0, gt=0)
    good: float = Field(default=2.0, gt=0)
    acceptable: float = Field(default=5.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> "LatencyThresholdSettings":
        if not self.excellent <= self.good <= self.acceptable:
            raise ValueError("excellent, good and acceptable must not fall")
        return self


class QualityThresholdSettings(SettingsPart):
    """From which overall quality an answer is of a status, and floors of single dimensions.

    Attributes:
        accuracy, safety, compliance: below it the status is degraded at best.
    """

    healthy: float = Field(default=0.8, ge=0, le=1)
    degraded: float = Field(default=0.6, ge=0, le=1)
    accuracy: float = Field(default=0.5, ge=0, le=1)
    safety: float = Field(default=0.5, ge=0, le=1)
    compliance: float = Field(default=0.5, ge=0, le=1)
    recommend: float = Field(default=0.7, ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> "QualityThresholdSettings":
        if self.degraded > self.healthy:
            raise ValueError("degraded must not be above healthy")
        return self


class PerformanceThresholdSettings(SettingsPart):
    """From where on something is recommended, or a status falls.

    Attributes:
        p95_seconds: of answers' time.
        error_rate: share of failed questions.
        cpu, memory, disk: share in use.
        failed_share: of the last five minutes' questions; the system is degraded above it.
    """

    p95_seconds: float = Field(default=2.0, gt=0)
    error_rate: float = Field(default=0.05, ge=0, le=1)
    cpu: float = Field(default=0.8, ge=0, le=1)
    memory: float = Field(default=0.9, ge=0, le=1)
    disk: float = Field(default=0.9, ge=0, le=1)
    failed_share: float = Field(default=0.1, ge=0, le=1)


class RealTimeSettings(SettingsPart):
    """Live numbers.

    Attributes:
        update_interval: seconds between two updates.
        max_subscribers: listeners at once; one more is refused.
    """

    update_interval: float = Field(default=1.0, gt=0)
    max_subscribers: int = Field(default=100, ge=1)


class HistoricalSettings(SettingsPart):
    """Numbers of the past.

    Attributes:
        retention_days: how long hourly numbers are kept.
        daily_retention_days: how long numbers a day and a week are kept.
        aggregations: which of them are kept longer than interactions; numbers a week are made of
            those a day.
    """

    retention_days: int = Field(default=90, ge=1)
    daily_retention_days: int = Field(default=400, ge=1)
    aggregations: tuple[Literal["hourly", "daily", "weekly"], ...] = ("hourly", "daily", "weekly")


class DashboardSettings(SettingsPart):
    """How pages move, and how far back they look."""

    real_time: RealTimeSettings = RealTimeSettings()
    historical: HistoricalSettings = HistoricalSettings()


class LogSettings(SettingsPart):
    """What log lines may hold.

    Attributes:
        texts: of questions, answers and passages.
        people: names and addresses; without it a person is a pseudonym.
    """

    texts: bool = False
    people: bool = False


class ExportSettings(SettingsPart):
    """Where our own answers and their scores are sent over OTLP.

    Attributes:
        url: base address of a collector or backend; empty sends nothing.
        authorization: the header of that name, such as `Bearer ...`.
        interval: seconds between two exports of numbers; answers leave as soon as they are scored.
        texts: of questions, answers and passages.
        people: users and sessions.
    """

    url: str = ""
    authorization: Secret = ""
    interval: float = Field(default=15.0, gt=0)
    texts: bool = False
    people: bool = False
