"""What may keep alerts quiet at one moment, of a plan and the store."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from groundwatch.alerting.inhibiting import Inhibitor
from groundwatch.alerting.muting import Quiet, active
from groundwatch.alerting.plan import Plan
from groundwatch.domain.alerts import Alert
from groundwatch.store.alerts import silences


def quiet_now(c: Connection, plan: Plan, firing: Iterable[Alert], now: datetime) -> Quiet:
    """Inhibition by alerts that fire, silences in force, and time intervals."""
    return Quiet(
        Inhibitor(plan.inhibitions, firing, now),
        active(silences.page(c, now), now),
        plan.intervals,
        now,
    )
