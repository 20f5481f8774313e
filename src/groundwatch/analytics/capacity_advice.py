"""What to give more of, how much, and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.analytics.capacity import Limit, Reach
from groundwatch.analytics.capacity_limits import limits
from groundwatch.analytics.capacity_load import Load, load_of
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.forecast import Forecast
from groundwatch.analytics.forecast_series import Subject, forecast_of
from groundwatch.analytics.recommendations import Recommendation
from groundwatch.analytics.tallies import Cells
from groundwatch.domain import metrics

_SOON = 14.0
_PLANNED_DAYS = 30
_LINK = "/forecast"


@dataclass(frozen=True, slots=True)
class Capacity:
    """How long what is there suffices."""

    at: datetime
    limits: tuple[Limit, ...]
    loads: tuple[Load, ...]
    volume: Forecast
    recommendations: tuple[Recommendation, ...]


def capacity(
    source: Cells,
    settings: CapacitySettings,
    now: datetime,
    monthly_budget: float | None = None,
) -> Capacity:
    """Judge every limit, and what questions take of processors and memory.

    The budget is in US dollars a calendar month (UTC); None is no limit.
    """
    volume = forecast_of(source, Subject.VOLUME, now, rivals=settings.rivals)
    found = limits(source, settings, now, monthly_budget)
    loads = (
        load_of(source, metrics.CPU, settings.cpu, now, volume),
        load_of(source, metrics.MEMORY, settings.memory, now, volume),
    )
    return Capacity(now, found, loads, volume, advice(found, loads, now))


def advice(
    found: Sequence[Limit], loads: Sequence[Load], now: datetime
) -> tuple[Recommendation, ...]:
    """One recommendation a resource; what questions take says more than a trend."""
    by_load = [made for load in loads if (made := _for_load(load)) is not None]
    named = {load.resource for load in loads if _for_load(load) is not None}
    by_limit = [
        made
        for limit in found
        if limit.resource not in named and (made := _for_limit(limit, now)) is not None
    ]
    return tuple(sorted((*by_load, *by_limit), key=lambda each: each.priority != "high"))


def _for_load(load: Load) -> Recommendation | None:
    if load.exceeded_at is None or load.scale is None or load.scale <= 1:
        return None
    assert load.peak is not None
    assert load.carries is not None
    name = _name(load.resource)
    return Recommendation(
        "resources",
        "high",
        f"The busiest hour expected asks {load.peak:.2g} questions a second; "
        f"{name} carries {load.carries:.2g}",
        f"Scale {name} by {load.scale:.2f} before {load.exceeded_at:%Y-%m-%d %H:%M} UTC.",
        (load.reason, f"{load.explained:.0%} of its use is explained by questions"),
        _LINK,
    )


def _for_limit(limit: Limit, now: datetime) -> Recommendation | None:
    if limit.reach not in {Reach.REACHED, Reach.DAYS}:
        return None
    name = _name(limit.resource)
    is_soon = limit.reach is Reach.REACHED or (limit.days or 0.0) < _SOON
    by = now + timedelta(days=limit.soonest or 0.0)
    when = "now" if limit.reach is Reach.REACHED else f"before {by:%Y-%m-%d}"
    return Recommendation(
        "cost" if limit.resource == "budget" else "resources",
        "high" if is_soon else "medium",
        f"{name} reaches its limit of {_shown(limit.limit, limit.unit)}: {limit.reason}",
        f"{_action(limit, name)} {when}.",
        _evidence(limit),
        _LINK,
    )


def _action(limit: Limit, name: str) -> str:
    if limit.resource == "budget":
        return "Raise the budget, or send simple questions to a cheaper model,"
    if limit.slope is None or limit.value is None:
        return f"Give {name} more room"
    needed = (limit.value + max(0.0, limit.slope.high) * _PLANNED_DAYS) / limit.limit
    return f"Scale {name} by {max(1.0, needed):.2f}, which is enough for {_PLANNED_DAYS} days,"


def _evidence(limit: Limit) -> tuple[str, ...]:
    found = [f"{limit.history_days} days were measured"]
    if limit.value is not None:
        found.append(f"now {_shown(limit.value, limit.unit)}")
    if limit.slope is not None:
        slope = limit.slope
        found.append(f"{slope.per_day:+.3g} a day (90 %: {slope.low:+.3g} to {slope.high:+.3g})")
    return tuple(found)


def _name(resource: str) -> str:
    return {"system.cpu": "processors"}.get(resource, resource.removeprefix("system."))


def _shown(value: float, unit: str) -> str:
    if unit == "ratio":
        return f"{value:.0%}"
    return f"${value:.2f}" if unit == "USD" else f"{value:.0f}"
