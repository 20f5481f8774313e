"""Taking alerts in: from rules, findings, and whoever posts them; durable when it returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from groundwatch.domain.alerts import Alert
from groundwatch.domain.clock import Clock
from groundwatch.errors import InvalidInput
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database
from groundwatch.store.statements import batches

MOST_LABELS = 64
LONGEST = 4096
MOST_ALERTS = 10_000


@dataclass(frozen=True, slots=True)
class Posted:
    """An alert as somebody says it.

    Attributes:
        starts_at: None is now.
        ends_at: None is after the resolve timeout; each later post moves it on.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    generator_url: str = ""


def post(
    database: Database,
    clock: Clock,
    said: Sequence[Posted],
    *,
    resolve_timeout: timedelta = timedelta(minutes=5),
    origin: str = "api",
) -> list[Alert]:
    """Keep alerts, merged with what is known of the same label sets.

    Raises:
        InvalidInput: one is not as it must be; none is kept then.
    """
    now = clock()
    if len(said) > MOST_ALERTS:
        raise InvalidInput(f"at most {MOST_ALERTS:,} alerts can be posted at once")
    taken = [taken_at(each, now, resolve_timeout, origin) for each in said]
    kept: list[Alert] = []
    for batch in batches(taken, 1000):
        with database.write() as c:
            known = posted.find(c, {alert.fingerprint for alert in batch})
            for alert in batch:
                before = known.get(alert.fingerprint)
                known[alert.fingerprint] = merged(before, alert) if before else alert
            news = {alert.fingerprint: known[alert.fingerprint] for alert in batch}
            posted.put(c, list(news.values()))
            kept += news.values()
    return kept


def taken_at(said: Posted, now: datetime, resolve_timeout: timedelta, origin: str) -> Alert:
    """An alert as it is taken in; a start in the future is now, for our clock decides.

    Raises:
        InvalidInput: no label, a wrong one, or it ends before it starts.
    """
    labels = {name: value for name, value in said.labels.items() if value}
    _check(labels, said.annotations)
    starts, ends = said.starts_at, said.ends_at
    if starts is None:
        starts = now if ends is None else min(ends, now)
    if ends is not None and ends < starts:
        raise InvalidInput("an alert ends before it starts; leave one of the times out")
    return Alert(
        labels=labels,
        annotations=dict(said.annotations),
        starts_at=min(starts, now),
        ends_at=now + resolve_timeout if ends is None else ends,
        updated_at=now,
        generator_url=said.generator_url,
        timed_out=ends is None,
        sender_starts_at=said.starts_at,
        origin=origin,
    )


def merged(before: Alert, new: Alert) -> Alert:
    """Two posts of one alert, as Alertmanager merges them.

    When their times overlap, the earlier start and the later certain end count.
    """
    overlaps = (
        before.starts_at < new.ends_at < before.ends_at
        or before.starts_at < new.starts_at < before.ends_at
        or new.starts_at == before.starts_at
    )
    if not overlaps:
        return new
    ends = new.ends_at
    is_over = not new.fires(new.updated_at)
    if is_over and not before.fires(new.updated_at):
        ends = max(before.ends_at, new.ends_at)
    elif not is_over and before.ends_at > new.ends_at and not before.timed_out:
        ends = before.ends_at
    return replace(new, starts_at=min(before.starts_at, new.starts_at), ends_at=ends)


def _check(labels: Mapping[str, str], annotations: Mapping[str, str]) -> None:
    if not labels:
        raise InvalidInput("an alert needs at least one label with a value, such as alertname")
    if len(labels) > MOST_LABELS or len(annotations) > MOST_LABELS:
        raise InvalidInput(f"an alert has at most {MOST_LABELS} labels and annotations")
    for name, value in (*labels.items(), *annotations.items()):
        if not name or len(name) > 256 or len(value) > LONGEST:
            raise InvalidInput(
                f"the label or annotation {name[:40]!r} has no name, or more than {LONGEST} "
                "characters"
            )
