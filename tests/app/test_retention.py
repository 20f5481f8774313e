"""What the configuration says of how long numbers are kept."""

import pytest

from groundwatch.app.watching import retention
from groundwatch.config import Config
from groundwatch.store.events import RetentionDays


@pytest.mark.parametrize(
    ("aggregations", "kept"),
    [
        (["hourly", "daily", "weekly"], RetentionDays(10, 20, 50)),
        (["hourly"], RetentionDays(10, 20, 10)),
        (["daily"], RetentionDays(10, 10, 50)),
        (["weekly"], RetentionDays(10, 10, 50)),
        ([], RetentionDays(10, 10, 10)),
    ],
)
def test_numbers_that_are_not_wanted_go_with_the_interactions(
    aggregations: list[str], kept: RetentionDays
) -> None:
    historical = {"retention_days": 20, "daily_retention_days": 50, "aggregations": aggregations}
    settings = {
        "metrics_collection": {"retention_days": 10},
        "dashboards": {"historical": historical},
    }
    assert retention(Config.model_validate(settings)) == kept
