"""Looks at an experiment over the interactions that are kept.

What was sampled out is not seen; sampling goes by the interaction's id, so it is the same for all
variants.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.analytics.experiments_observed import (
    Measured,
    Observed,
    Past,
    Units,
    add,
    joined,
    measured_of,
    observed,
    past_means,
)
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.store.events.recorded import Filter, Recorded

HISTORY = timedelta(days=14)
"""What units did so long before an experiment makes its intervals narrower."""
SETTLES = timedelta(hours=1)
"""Scores and feedback of older interactions hardly ever change."""
ANEW = timedelta(hours=6)
"""So often everything is read again, for what came late after all."""
_AT_ONCE = 500


class Pages(Protocol):
    """Where interactions are read, newest first."""

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Recorded]: ...


@dataclass(slots=True)
class Followed:
    """An experiment that is read again and again; old interactions are not read each time.

    Attributes:
        begun: when the first unit was dealt.
        anew: how often everything is read again.
    """

    source: Pages
    name: str
    experiment: ExperimentSettings
    begun: datetime
    anew: timedelta = ANEW
    _settled: Units = field(default_factory=dict)
    _until: datetime | None = None
    _read_at: datetime | None = None
    _past: Past | None = None

    def measured(self, now: datetime) -> Measured:
        """What units came to until now."""
        return measured_of(self.experiment, self.units(now), self.past())

    def units(self, now: datetime) -> Units:
        """Totals by unit and variant until now."""
        if self._read_at is None or not timedelta(0) <= now - self._read_at < self.anew:
            self._settled, self._until, self._read_at = {}, None, now
        since = self._until or self.begun
        settled = max(since, now - SETTLES)
        older: Units = {}
        newer: Units = {}
        for each in self._read(since, now):
            add(older if each.at < settled else newer, self.experiment, each)
        self._settled, self._until = joined(self._settled, older), settled
        return joined(self._settled, newer)

    def past(self) -> Past:
        """Means of units before the experiment; they never change while it runs."""
        if self._past is None:
            self._past = past_means(self._read(self.begun - HISTORY, self.begun))
        return self._past

    def _read(self, since: datetime, until: datetime) -> Iterator[Observed]:
        """Interactions as experiments see them, newest first."""
        wanted = Filter(application=self.experiment.application, since=since, until=until)
        after: tuple[datetime, str] | None = None
        while True:
            some = self.source.page(wanted, after=after, limit=_AT_ONCE)
            for each in some:
                yield observed(
                    self.name, self.experiment, each.interaction, each.quality, each.feedback
                )
            if len(some) < _AT_ONCE:
                return
            last = some[-1].interaction
            after = (last.started_at, last.id)
