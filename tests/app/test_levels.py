"""What burns becomes an alert, and stays one while nothing is known."""

from datetime import timedelta

from groundwatch.analytics.slo_settings import ObjectiveSettings, ServiceLevelSettings, SlaSettings
from groundwatch.app.levels import LevelWatch
from groundwatch.domain.answers import Outcome
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database
from tests.analytics.asked import NOW, asked, record
from tests.store.events.opened import opened

SETTINGS = ServiceLevelSettings(
    sla=SlaSettings(max_response_time=None, min_quality_score=None, recent_minutes=5),
    objectives={"answers": ObjectiveSettings(kind="availability", target=0.999)},
)


def test_a_burn_is_raised_kept_while_unknown_and_ended(database: Database):
    now = NOW
    with opened(database, NOW) as events:
        watch = LevelWatch(events, database, SETTINGS, lambda: now, "https://watch.example/")

        def firing() -> dict[str, str]:
            with database.read() as c:
                return {each.name: each.generator_url for each in posted.firing(c, now)}

        good = [asked(n, NOW - timedelta(minutes=n % 50)) for n in range(400)]
        record(events, good)
        assert watch.judge() == ()
        assert firing() == {}

        failed = [
            asked(1000 + n, NOW - timedelta(seconds=n), outcome=Outcome.FAILED) for n in range(60)
        ]
        record(events, failed)
        watch.judge()
        assert firing() == {
            "slo_burn": "https://watch.example/service-levels",
            "availability_sla": "https://watch.example/service-levels",
        }

        now = NOW + timedelta(hours=5)  # nobody asked: neither is known to be over
        watch.judge()
        assert "availability_sla" in firing()

        record(events, [asked(5000 + n, now - timedelta(minutes=n % 50)) for n in range(3000)])
        watch.judge()
        assert "availability_sla" not in firing()
