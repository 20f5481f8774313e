"""What answers are worth, from assumptions that are declared and shown beside the number."""

from dataclasses import dataclass, replace

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.usage import satisfaction
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What somebody declared; None for what nobody did.

    Attributes:
        minutes_saved: by one answered question, against searching by hand.
        hourly_cost: of a person's time, in US dollars.
        revenue: brought by one answered question, in US dollars.
    """

    minutes_saved: float | None = None
    hourly_cost: float | None = None
    revenue: float | None = None

    def in_words(self) -> tuple[str, ...]:
        told = (
            (self.minutes_saved, "{:g} min saved by an answer"),
            (self.hourly_cost, "an hour costs ${:g}"),
            (self.revenue, "an answer brings ${:g}"),
        )
        return tuple(words.format(value) for value, words in told if value is not None)


NOTHING_ASSUMED = Assumptions()


@dataclass(frozen=True, slots=True)
class Business:
    """Worth in a window; a value without its assumption is None, with the reason."""

    answered: int
    satisfaction: Compared
    cost_per_query: Compared
    hours_saved: Compared
    value_saved: Compared
    revenue: Compared
    assumptions: tuple[str, ...]


def business(source: Cells, window: Window, assumed: Assumptions) -> Business:
    """Measure a window; only answered questions count."""
    now, before = _answered(source, window), _answered(source, window.before())
    spent = tallies.total(source, metrics.COST, window)
    spent_before = tallies.total(source, metrics.COST, window.before())
    hours = None if assumed.minutes_saved is None else assumed.minutes_saved / 60
    money = None if hours is None or assumed.hourly_cost is None else hours * assumed.hourly_cost
    return Business(
        now,
        satisfaction(source, window),
        Compared(spent.mean, spent_before.mean, "" if spent.count else "no answer has a price"),
        _worth(now, before, hours, "minutes_saved"),
        _worth(now, before, money, "minutes_saved and hourly_cost"),
        _worth(now, before, assumed.revenue, "revenue"),
        assumed.in_words(),
    )


def _answered(source: Cells, window: Window) -> int:
    whole = replace(window, group="")
    found = tallies.by_label(source, metrics.REQUESTS, whole, "outcome")
    return found.get("answered", tallies.NOTHING).count


def _worth(now: int, before: int, each: float | None, missing: str) -> Compared:
    if each is None:
        return Compared(None, None, f"nobody declared {missing}")
    return Compared(now * each, before * each)
