"""Which channels hear of what, and how fast."""

import time
from datetime import timedelta

from tests.alerting.test_delivering import Post, Scripted
from tests.alerting.timeline import OFF, ROUTE, World
from tests.waiting import until

from groundwatch.alerting import intake
from groundwatch.alerting.delivering import Deliverer, Way
from groundwatch.alerting.intake import Posted
from groundwatch.domain.clock import system_clock
from groundwatch.store.database import Database

SLOW = {**ROUTE, "repeat_interval": "10d"}


def test_an_alert_about_a_channel_is_not_escalated_to_it(database: Database):
    settings = {
        "route": {**SLOW, "escalation": "page"}, "automatic": OFF,
        "receivers": [{"name": "default", "channels": ["c"]}],
        "escalations": [{"name": "page", "steps": [{"after": "5s", "notify": ["d", "e"]}]}],
    }  # fmt: skip
    w = World(database, settings, ("c", "d", "e"))
    said = Posted({"alertname": "ChannelFailing", "channel": "d", "severity": "high"},
                  ends_at=w.now + timedelta(hours=1))  # fmt: skip
    intake.post(database, lambda: w.now, [said])
    w.run(30)
    assert [(each.channel, each.notice.transition) for each in w.told] == [
        ("c", "firing"), ("e", "escalated"),
    ]  # fmt: skip


def test_no_more_is_sent_in_a_minute_than_a_channel_takes(database: Database):
    post = Post(database, Scripted(), system_clock())
    for number in range(5):
        post.queue("firing", incident=f"i{number}")
    ways = {"c": Way(post.channel, per_minute=150)}
    deliverer = Deliverer(database, ways, system_clock, "one")
    began = time.monotonic()
    deliverer.start()
    until(lambda: len(post.channel.told) == 5)
    assert time.monotonic() - began >= 4 * 0.4
    deliverer.close()
