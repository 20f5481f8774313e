"""Settings of the watch that make no sense are refused."""

import pytest
from pydantic import ValidationError

from groundwatch.config import Config


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"latency_thresholds": {"excellent": 3}}, "must not fall"),
        ({"quality_thresholds": {"healthy": 0.5}}, "must not be above healthy"),
        (
            {
                "quality_assessment": {
                    "weights": dict.fromkeys(
                        ("accuracy", "completeness", "relevance", "consistency"), 0
                    )
                }
            },
            "at least one weight",
        ),
        ({"sampling": {"applications": {"shop": {"rate": 2}}}}, "less than or equal to 1"),
        ({"dashboards": {"historical": {"aggregations": ["yearly"]}}}, "'hourly'"),
        ({"otlp": {"body_megabytes": 0}}, "greater than or equal to 1"),
    ],
)
def test_it_is_refused(part, problem):
    with pytest.raises(ValidationError, match=problem):
        Config.model_validate(part)


def test_the_defaults_are_those_that_were_promised():
    config = Config()
    collection = config.metrics_collection
    assert (collection.interval, collection.batch_size, collection.retention_days) == (1.0, 100, 30)
    times = config.latency_thresholds
    assert (times.excellent, times.good, times.acceptable) == (1.0, 2.0, 5.0)
    weights = config.quality_assessment.weights
    assert (weights.accuracy, weights.completeness) == (0.30, 0.25)
    assert (weights.relevance, weights.consistency) == (0.25, 0.20)
    real_time = config.dashboards.real_time
    assert (real_time.update_interval, real_time.max_subscribers) == (1.0, 100)
    historical = config.dashboards.historical
    assert (historical.retention_days, historical.aggregations) == (
        90,
        ("hourly", "daily", "weekly"),
    )
