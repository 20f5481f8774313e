"""An experiment that made-up people take part in, and what was seen of it until now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundwatch.analytics.assignment import assign
from groundwatch.analytics.experiments import State, judge
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_observed import measured_of
from groundwatch.analytics.experiments_reading import Followed, Pages
from groundwatch.analytics.experiments_record import Look
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.analytics.experiments_state import stored
from groundwatch.app.traffic.world import APPLICATIONS, Application, Model
from groundwatch.domain.interactions import EXPERIMENT

AGO = timedelta(days=4)
"""The experiment began so long before the present."""
_LOOKS = timedelta(hours=2)
_BETTER = 0.007
_FASTER = 0.94


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment of a made-up application.

    Attributes:
        begun: people are dealt variants from then on.
    """

    name: str
    settings: ExperimentSettings
    begun: datetime

    def variant(self, application: Application, user: str, at: datetime) -> str:
        """What a question is answered by; empty for no part of it."""
        if application.name != self.settings.application or at < self.begun:
            return ""
        given = assign(self.name, self.settings, user)
        return given.variant if given.is_counted else ""

    def answering(self, variant: str, model: Model) -> Model:
        """A model under a variant: a little better and faster than under the control."""
        if variant in {"", self.settings.control}:
            return model
        return replace(model, skill=model.skill + _BETTER, seconds=model.seconds * _FASTER)

    def marks(self, variant: str) -> dict[str, str]:
        """What an interaction says of it."""
        return {EXPERIMENT + self.name: variant} if variant else {}


def trial_of(configured: Mapping[str, ExperimentSettings], now: datetime) -> Trial | None:
    """The first configured experiment of a made-up application that deals by user."""
    made_up = {each.name for each in APPLICATIONS}
    for name, settings in configured.items():
        is_theirs = settings.application in made_up and not settings.is_ours
        if is_theirs and settings.unit == "user" and settings.is_running:
            return Trial(name, settings, now - AGO)
    return None


def look_back(book: ExperimentBook, source: Pages, trial: Trial, now: datetime) -> None:
    """Keep what the watch would have seen, had it looked since the experiment began."""
    settings = trial.settings
    followed = Followed(source, trial.name, settings, trial.begun, anew=timedelta.max)
    state = State()
    looks: list[Look] = []
    at = trial.begun
    while at < now:
        at = min(at + _LOOKS, now)
        units = followed.units(at)
        found = measured_of(settings, units, followed.past())
        decision = judge(
            trial.name, settings, found.samples, found.assigned, at=at, before=state,
            begun=trial.begun,
        )  # fmt: skip
        state = decision.state
        looks.append(decision.look(found.crossed))
    book.replay(trial.name, settings, trial.begun, looks, json.dumps(stored(state)))
