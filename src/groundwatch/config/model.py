"""The whole configuration, composed of everybody's settings."""

from pathlib import Path

from pydantic import Field

from groundwatch.access.settings import GroupSettings, UserSettings
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.analytics.settings import BusinessSettings
from groundwatch.analytics.slo_settings import ServiceLevelSettings
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.generation.settings import GenerationSettings
from groundwatch.index.settings import EmbeddedIndexSettings, IndexSettings
from groundwatch.indexing.settings import IndexingSettings
from groundwatch.models.settings import EmbedderSettings, LLMSettings, MiniLMSettings
from groundwatch.reports.settings import ReportSettings
from groundwatch.retrieval.settings import RetrievalSettings
from groundwatch.scoring.judge.settings import JudgeSettings
from groundwatch.scoring.settings import ScoringSettings
from groundwatch.serving.settings import ServerSettings
from groundwatch.settings import SettingsPart
from groundwatch.sources.filesystem import FilesystemSettings
from groundwatch.store.settings import StoreSettings
from groundwatch.telemetry.settings import (
    CollectionSettings,
    DashboardSettings,
    ExportSettings,
    LatencyThresholdSettings,
    LogSettings,
    OtlpSettings,
    PerformanceThresholdSettings,
    QualityThresholdSettings,
    SamplingSettings,
)

SourceSettings = FilesystemSettings
"""Settings of any kind of source; folders are the only kind."""


class Config(SettingsPart):
    """Everything that can be set. Paths of a loaded configuration are absolute.

    Attributes:
        data: folder of the database, the index and the caches; relative to the file.
        llm: None where there is no language model.
    """

    data: Path = Field(default=Path("data"), validate_default=False)
    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    index: IndexSettings = EmbeddedIndexSettings()
    embedder: EmbedderSettings = MiniLMSettings()
    llm: LLMSettings | None = None
    indexing: IndexingSettings = IndexingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answers: GenerationSettings = GenerationSettings()
    metrics_collection: CollectionSettings = CollectionSettings()
    sampling: SamplingSettings = SamplingSettings()
    otlp: OtlpSettings = OtlpSettings()
    latency_thresholds: LatencyThresholdSettings = LatencyThresholdSettings()
    quality_thresholds: QualityThresholdSettings = QualityThresholdSettings()
    performance_thresholds: PerformanceThresholdSettings = PerformanceThresholdSettings()
    quality_assessment: ScoringSettings = ScoringSettings()
    judge: JudgeSettings = JudgeSettings()
    dashboards: DashboardSettings = DashboardSettings()
    business: BusinessSettings = BusinessSettings()
    logs: LogSettings = LogSettings()
    otlp_export: ExportSettings = ExportSettings()
    service_levels: ServiceLevelSettings = ServiceLevelSettings()
    capacity: CapacitySettings = CapacitySettings()
    anomaly: AnomalySettings = AnomalySettings()
    experiments: dict[str, ExperimentSettings] = Field(default_factory=dict)
    alerting: AlertingSettings = AlertingSettings()
    reports: ReportSettings = ReportSettings()
    sources: tuple[SourceSettings, ...] = ()
    users: dict[str, UserSettings] = Field(default_factory=dict)
    groups: dict[str, GroupSettings] = Field(default_factory=dict)


DEFAULT_TAGS = {"index": ("engine", "embedded"), "embedder": ("kind", "minilm")}
"""Parts of several kinds, the key that tells them apart, and the kind meant without it."""
