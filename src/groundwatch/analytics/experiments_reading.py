"""Looks at an experiment over the interactions that are kept.

What was sampled out is not seen; sampling goes by the interaction's id, so it is the same for all
variants.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.analytics.experiments import Decision, State, judge
from groundwatch.analytics.experiments_observed import (
    Observed,
    Past,
    measured,
    observed,
    past_means,
)
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.store.events.recorded import Filter, Recorded

HISTORY = timedelta(days=14)
"""What units did so long before an experiment makes its intervals narrower."""
_AT_ONCE = 500


class Pages(Protocol):
    """Where interactions are read, newest first."""

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Recorded]: ...


def look_at(
    source: Pages,
    name: str,
    experiment: ExperimentSettings,
    *,
    begun: datetime,
    now: datetime,
    before: State,
    application: str | None = None,
) -> Decision:
    """Read everything since an experiment began, and judge it.

    Args:
        source: where interactions are read.
        name: the experiment's.
        experiment: its settings.
        begun: when the first unit was dealt.
        now: the present.
        before: the state of the last look; `State()` at the first.
        application: whose interactions; None for all.
    """
    seen = read(source, name, experiment, Filter(application=application, since=begun, until=now))
    past = history(source, name, experiment, begun, application)
    found = measured(experiment, seen, past)
    return judge(name, experiment, found.samples, found.assigned, at=now, before=before)


def history(
    source: Pages,
    name: str,
    experiment: ExperimentSettings,
    begun: datetime,
    application: str | None = None,
) -> Past:
    """Means of units before an experiment; they never change while it runs."""
    earlier = Filter(application=application, since=begun - HISTORY, until=begun)
    return past_means(read(source, name, experiment, earlier))


def read(
    source: Pages, name: str, experiment: ExperimentSettings, wanted: Filter
) -> Iterator[Observed]:
    """Interactions as experiments see them, newest first."""
    after: tuple[datetime, str] | None = None
    while True:
        some = source.page(wanted, after=after, limit=_AT_ONCE)
        for each in some:
            yield observed(name, experiment, each.interaction, each.quality, each.feedback)
        if len(some) < _AT_ONCE:
            return
        last = some[-1].interaction
        after = (last.started_at, last.id)
