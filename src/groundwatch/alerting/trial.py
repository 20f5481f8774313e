"""A notice that is marked as a test."""

from datetime import datetime, timedelta

from groundwatch.alerting.notices import Notice, Shown
from groundwatch.domain.status import Severity


def trial(notice_id: str, now: datetime, link: str = "") -> Notice:
    """What `alert test` and the page's button send; no incident stands behind it."""
    labels = {"alertname": "TestNotice", "severity": "info"}
    alert = Shown(
        status="firing",
        labels=labels,
        annotations={"summary": "This is a test of the channel; nothing is wrong."},
        starts_at=now - timedelta(minutes=1),
        ends_at=None,
        fingerprint="0" * 32,
        generator_url="",
    )
    return Notice(
        incident_id=notice_id,
        sequence=1,
        transition="test",
        reason="test of the channel",
        status="firing",
        title="TestNotice",
        severity=Severity.INFO,
        receiver="test",
        group_key="test",
        group_labels={"alertname": "TestNotice"},
        at=now,
        opened_at=now,
        alerts=(alert,),
        link=link,
    )
