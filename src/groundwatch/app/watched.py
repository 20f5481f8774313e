"""What the pages of the watch need, of the configuration in force."""

from collections.abc import Callable, Iterator

from groundwatch.analytics.business import Assumptions
from groundwatch.analytics.thresholds import Thresholds
from groundwatch.anomaly.book import FindingBook
from groundwatch.config import Config
from groundwatch.config.schema import descriptions
from groundwatch.serving.services import Setting, Watch
from groundwatch.settings import SettingsPart
from groundwatch.store.events import EventStore

_SHOWN = (
    "metrics_collection",
    "sampling",
    "otlp",
    "latency_thresholds",
    "quality_thresholds",
    "performance_thresholds",
    "quality_assessment",
    "judge",
    "dashboards",
    "business",
)
"""Parts of the configuration that concern the watch; none holds a secret."""


def watch_of(
    present: Callable[[], Config], events: EventStore, findings: FindingBook | None = None
) -> Watch:
    """The recorded interactions with the thresholds they are judged by."""
    config = present()
    declared = config.business
    assumed = Assumptions(declared.minutes_saved, declared.hourly_cost, declared.revenue)
    return Watch(
        events,
        thresholds(config),
        monthly_budget=declared.monthly_budget,
        assumptions=assumed,
        update_seconds=config.dashboards.real_time.update_interval,
        settings=lambda: tuple(_settings(present())),
        levels=config.service_levels,
        capacity=config.capacity,
        findings=findings,
    )


def thresholds(config: Config) -> Thresholds:
    """The limits of the default rules, as configured."""
    latency, performance = config.latency_thresholds, config.performance_thresholds
    return Thresholds(
        latency_classes=(
            ("excellent", latency.excellent),
            ("good", latency.good),
            ("acceptable", latency.acceptable),
        ),
        p95_seconds=performance.p95_seconds,
        error_rate=performance.error_rate,
        quality=config.quality_thresholds.recommend,
        quality_good=config.quality_thresholds.healthy,
        cpu=performance.cpu,
        memory=performance.memory,
        disk=performance.disk,
        failed_share=performance.failed_share,
    )


def _settings(config: Config) -> Iterator[Setting]:
    for name in _SHOWN:
        part = getattr(config, name)
        yield from _flat(name, part, type(part)())


def _flat(name: str, part: SettingsPart, default: SettingsPart) -> Iterator[Setting]:
    said, whole = descriptions(type(part)), (part.__doc__ or "").partition("\n")[0]
    for field in type(part).model_fields:
        value, usual = getattr(part, field), getattr(default, field)
        if isinstance(value, SettingsPart):
            yield from _flat(f"{name}.{field}", value, usual)
        else:
            meaning = said.get(field, whole)
            yield Setting(f"{name}.{field}", _text(value), _text(usual), meaning)


def _text(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(sorted(value)) or "none"
    if value is None or isinstance(value, bool):
        return "yes" if value else "none" if value is None else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
