"""What was promised: whether it holds now, and how much of the period it held."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.analytics import tallies
from groundwatch.analytics.burn import NONE
from groundwatch.analytics.sla_terms import Sla, Step, Terms, terms_of
from groundwatch.analytics.slo_events import availability
from groundwatch.analytics.slo_settings import ServiceLevelSettings, SlaSettings
from groundwatch.analytics.tallies import NOTHING, Cells
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics
from groundwatch.domain.status import Severity
from groundwatch.store.events.cells import CellQuery

_SEVERITY = {
    Sla.RESPONSE_TIME: Severity.HIGH,
    Sla.AVAILABILITY: Severity.CRITICAL,
    Sla.QUALITY: Severity.MEDIUM,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that does not hold now.

    Attributes:
        type: `response_time_sla`, `availability_sla` or `quality_sla`.
        impact: how many questions it touched, in words.
        affected: the same as a number.
        since: the first step of the unbroken run in which it has not held.
    """

    type: str
    severity: Severity
    current: float
    threshold: float
    impact: str
    affected: float
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Compliance:
    """How much of a period a promise held.

    Attributes:
        score: share of the questions that fell into steps in which it held, of those in steps
            where it was measured; None where it never was.
        unknown_time: share of the period's time in which nothing was measured.
        unknown_traffic: share of the questions asked in that time.
        steps: measured steps.
    """

    score: float | None
    unknown_time: float
    unknown_traffic: float
    steps: int


@dataclass(frozen=True, slots=True)
class Promise:
    """One SLA.

    Attributes:
        current: of the last minutes; None without enough questions.
        holds: None when that is not known.
        reason: why it holds, does not, or is not known.
    """

    sla: Sla
    threshold: float
    current: float | None
    holds: bool | None
    reason: str
    compliance: Compliance


@dataclass(frozen=True, slots=True)
class SlaReport:
    """All SLAs of an application.

    Attributes:
        sla_compliant: whether everything promised holds now; None when something is not known and
            nothing is violated: missing data is no success.
        compliance: of all together: a step counts as held when everything measured in it held.
    """

    application: str
    since: datetime
    until: datetime
    sla_compliant: bool | None
    violations: tuple[Violation, ...]
    promises: tuple[Promise, ...]
    compliance: Compliance


def sla_reports(
    source: Cells, settings: ServiceLevelSettings, now: datetime
) -> tuple[SlaReport, ...]:
    """All applications together, then each that was promised something of its own."""
    own = sorted(settings.applications.items())
    return (
        sla_report(source, settings.sla, now),
        *(sla_report(source, promised, now, name) for name, promised in own),
    )


def sla_report(
    source: Cells, settings: SlaSettings, now: datetime, application: str = ""
) -> SlaReport:
    """Judge what was promised for an application; empty for all of them."""
    since = floor(now - timedelta(days=settings.period_days), "hour")
    window = Window(since, now, "hour", application or None)
    steps = _steps(source, window)
    recent = floor(now - timedelta(minutes=settings.recent_minutes), "minute")
    current = _whole(_steps(source, Window(recent, now, "minute", application or None)).values())
    terms = terms_of(settings)
    promises = tuple(_promise(each, current, steps, window, settings.fewest) for each in terms)
    violations = tuple(
        _violation(each, current, steps)
        for each, promise in zip(terms, promises, strict=True)
        if promise.holds is False
    )
    compliant = None if any(each.holds is None for each in promises) or not promises else True
    return SlaReport(
        application,
        since,
        now,
        False if violations else compliant,
        violations,
        promises,
        _compliance(steps, window, lambda step: _all_hold(terms, step)),
    )


def _promise(
    terms: Terms, current: Step, steps: Mapping[datetime, Step], window: Window, fewest: int
) -> Promise:
    value, count = terms.value(current), terms.count(current)
    holds = terms.holds(current) if count >= fewest else None
    if holds is None:
        reason = f"{count} were measured, {fewest} are needed"
    else:
        limit = "at most" if terms.is_most else "at least"
        reason = (
            f"{value:.4g}{terms.unit} over {count}, {limit} {terms.threshold:g}{terms.unit} "
            "was promised"
        )
    compliance = _compliance(steps, window, terms.holds)
    return Promise(
        terms.sla, terms.threshold, None if holds is None else value, holds, reason, compliance
    )


def _violation(terms: Terms, current: Step, steps: Mapping[datetime, Step]) -> Violation:
    value, affected = terms.value(current), terms.affected(current)
    assert value is not None
    impact = f"{affected:.0f} of {terms.count(current)} {terms.touched}"
    begun: datetime | None = None
    for at in sorted(steps, reverse=True):
        held = terms.holds(steps[at])
        if held:
            break
        begun = at if held is False else begun
    return Violation(
        f"{terms.sla}_sla",
        _SEVERITY[terms.sla],
        value,
        terms.threshold,
        impact,
        affected,
        begun,
    )


def _all_hold(terms: Sequence[Terms], step: Step) -> bool | None:
    known = [held for each in terms if (held := each.holds(step)) is not None]
    return all(known) if known else None


def _compliance(
    steps: Mapping[datetime, Step], window: Window, holds: Callable[[Step], bool | None]
) -> Compliance:
    held = known = asked = seconds = 0.0
    measured = 0
    for at, step in steps.items():
        traffic = step.users.total
        asked += traffic
        is_held = holds(step)
        if is_held is None:
            continue
        measured += 1
        seconds += window.bucket_seconds(at)
        known += traffic
        held += traffic if is_held else 0.0
    return Compliance(
        held / known if known > 0 else None,
        min(1.0, max(0.0, 1 - seconds / window.seconds)),
        1 - known / asked if asked > 0 else 0.0,
        measured,
    )


def _steps(source: Cells, window: Window) -> dict[datetime, Step]:
    latency = tallies.by_bucket(source, metrics.LATENCY, window)
    quality = tallies.by_bucket(source, metrics.OVERALL, window)
    users = availability(
        source,
        lambda metric: CellQuery(
            metric.name, window.since, window.until, window.step, window.application
        ),
    )
    return {
        at: Step(latency.get(at, NOTHING), users.get(at, NONE), quality.get(at, NOTHING))
        for at in sorted({*latency, *users, *quality})
    }


def _whole(steps: Iterable[Step]) -> Step:
    found = list(steps)
    return Step(
        tallies.joined(step.latency for step in found),
        sum((step.users for step in found), NONE),
        tallies.joined(step.quality for step in found),
    )
