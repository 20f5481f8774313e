"""What each application sent, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Compared, Share, is_clear, share
from groundwatch.analytics.performance import compared_quantile
from groundwatch.analytics.quality import changed_scorers, overall
from groundwatch.analytics.series import Series, begun_at, per_minute
from groundwatch.analytics.status import SystemStatus, system_status
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics

OUTCOMES = ("accepted", "rejected", "dropped", "late", "late_expired", "duplicate")


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One application in a window.

    Attributes:
        intake: how many entries had each of `OUTCOMES`.
        last_seen: the minute of its last question; None when it asked none.
    """

    name: str
    status: SystemStatus
    requests: Compared
    error_rate: Compared
    is_error_rate_clear: bool
    p95: Compared
    quality: Compared
    cost: Compared
    intake: dict[str, int]
    last_seen: datetime | None
    series: Series


def applications(
    source: Cells,
    names: list[str],
    window: Window,
    now: datetime,
    limits: Thresholds = DEFAULT,
) -> tuple[ApplicationRow, ...]:
    """Every application, the busiest first."""
    is_changed = bool(changed_scorers(source, window))
    rows = [
        _row(source, replace(window, application=name), now, limits, is_changed=is_changed)
        for name in names
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.requests.value or 0), row.name)))


def _row(
    source: Cells, window: Window, now: datetime, limits: Thresholds, *, is_changed: bool
) -> ApplicationRow:
    """One application; `is_changed`: a scorer of any of them did, so that it is looked after."""
    before = window.before()
    assert window.application is not None
    asked = tallies.by_bucket(source, metrics.REQUESTS, window)
    whole = tallies.joined(asked.values())
    asked_before = tallies.total(source, metrics.REQUESTS, before)
    failed, failed_before = (
        Share(tallies.total(source, metrics.ERRORS, span).total, of.total)
        for span, of in ((window, whole), (before, asked_before))
    )
    return ApplicationRow(
        window.application,
        system_status(source, now, window.application, limits),
        Compared(whole.total, asked_before.total),
        share(failed, failed_before, ""),
        is_clear(failed, failed_before),
        compared_quantile(source, window, tallies.total(source, metrics.LATENCY, window)),
        _quality(source, window, is_changed=is_changed),
        _spent(source, window),
        intake(source, window),
        _last(source, window, max(asked, default=None)),
        per_minute("questions a minute", "1/min", window, asked, begun_at(asked)),
    )


def _spent(source: Cells, window: Window) -> Compared:
    now, before = (
        tallies.total(source, metrics.COST, span, "whole") for span in (window, window.before())
    )
    return Compared(now.total if now.count else None, before.total if before.count else None)


def _last(source: Cells, window: Window, step: datetime | None) -> datetime | None:
    """The last minute with a question, of the last step with one."""
    if step is None:
        return None
    until = min(step + window.length, window.until)
    minutes = tallies.by_bucket(
        source, metrics.REQUESTS, replace(window, since=step, until=until, step="minute")
    )
    return max(minutes, default=step)


def intake(source: Cells, window: Window) -> dict[str, int]:
    """What arrived, by outcome; an outcome that did not happen is 0."""
    whole = replace(window, group="")
    found = tallies.by_label(source, metrics.INTAKE, whole, "outcome")
    return {name: round(found.get(name, tallies.NOTHING).total) for name in OUTCOMES}


def _quality(source: Cells, window: Window, *, is_changed: bool) -> Compared:
    now = tallies.total(source, metrics.OVERALL, window, "whole")
    if is_changed:
        return overall(source, window, now)
    return Compared(now.mean, tallies.total(source, metrics.OVERALL, window.before(), "whole").mean)
