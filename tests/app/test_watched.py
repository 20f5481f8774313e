"""What the pages of the watch take from the configuration."""

from groundwatch.app.watched import thresholds, watch_of
from groundwatch.config import Config
from groundwatch.store.events import EventStore


class Nothing(EventStore):
    """A store that is not asked."""

    def __init__(self) -> None:
        pass


def config(**parts: object) -> Config:
    return Config.model_validate(parts)


def test_thresholds_are_the_configured_ones():
    found = thresholds(
        config(
            performance_thresholds={"p95_seconds": 1.5, "error_rate": 0.02, "failed_share": 0.2},
            latency_thresholds={"excellent": 0.5},
            quality_thresholds={"recommend": 0.65, "healthy": 0.9},
        )
    )
    assert (found.p95_seconds, found.error_rate, found.failed_share) == (1.5, 0.02, 0.2)
    assert found.latency_classes[0] == ("excellent", 0.5)
    assert (found.quality, found.quality_good) == (0.65, 0.9)


def test_budget_and_assumptions_are_what_was_declared():
    watch = watch_of(
        lambda: config(business={"monthly_budget": 500, "minutes_saved": 4}), Nothing()
    )
    assert watch.monthly_budget == 500
    assert watch.assumptions.in_words() == ("4 min saved by an answer",)


def test_settings_are_shown_with_their_defaults_and_without_secrets():
    present = config(
        metrics_collection={"retention_days": 7},
        otlp_export={"url": "http://x:4318", "authorization": "Bearer hidden"},
    )
    watch = watch_of(lambda: present, Nothing())
    shown = {each.name: (each.value, each.default) for each in watch.settings()}
    assert shown["metrics_collection.retention_days"] == ("7", "30")
    assert shown["quality_assessment.weights.accuracy"] == ("0.3", "0.3")
    meant = {each.name: each.meaning for each in watch.settings()}
    assert meant["otlp.grpc_port"].startswith("listens for OTLP over gRPC")
    assert meant["latency_thresholds.good"].startswith("Seconds below which")
    assert all(meant.values())
    assert (shown["judge.enabled"][0], shown["business.revenue"][0]) == ("no", "none")
    assert "Bearer hidden" not in str(shown)
    assert not [name for name in shown if name.startswith(("llm", "users", "otlp_export"))]
