"""Experiments in the watch process: looked at again and again, stopped on harm, and told."""

import json
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.alerting.intake import Posted
from groundwatch.alerting.raising import Raiser
from groundwatch.analytics.experiments import State, judge
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_observed import Units, measured_of
from groundwatch.analytics.experiments_reading import Followed, Pages
from groundwatch.analytics.experiments_record import Act, Record, Run, Verdict, consequences
from groundwatch.analytics.experiments_state import restored, stored
from groundwatch.app.periodic import every
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.errors import GroundwatchError
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore
from groundwatch.store.experiments import ExposureRow

LOOK_SECONDS = 30.0
ORIGIN = "experiment"
_TOLD = timedelta(days=1)
"""What happened before is not told once more."""
_FORGET = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Happenings(Protocol):
    """Where events are kept."""

    def add_events(self, events: Sequence[Event]) -> object: ...


class ExperimentWatch:
    """Looks at every experiment that runs.

    Args:
        book: where experiments are kept.
        source: where interactions are read.
        clock: the present.
        keep: how long it is known who took part, after the end.
    """

    def __init__(self, book: ExperimentBook, source: Pages, clock: Clock, keep: timedelta) -> None:
        self._book = book
        self._source = source
        self._clock = clock
        self._keep = keep
        self._followed: dict[tuple[str, int, datetime], Followed] = {}
        self._exposed: dict[tuple[str, int, datetime], set[tuple[str, str]]] = {}
        self._forgot: datetime | None = None

    def turn(self) -> list[Run]:
        """Look at each; returns the last run of every experiment as it is now."""
        now = self._clock()
        running = [run for run in self._book.runs() if _is_looked_at(run)]
        keys = {(run.name, run.number, run.begun_at) for run in running}
        self._followed = {key: each for key, each in self._followed.items() if key in keys}
        self._exposed = {key: each for key, each in self._exposed.items() if key in keys}
        for run in running:
            try:
                self.look(run)
            except GroundwatchError as error:
                _log.warning("the experiment %s is not looked at now: %s", run.name, error)
        if self._forgot is None or now - self._forgot >= _FORGET:
            self._book.forget_units(now - self._keep)
            self._forgot = now
        return self._book.runs()

    def look(self, run: Run) -> None:
        """Look at one, and keep what came of it.

        Raises:
            Unavailable: the store does not answer.
            Unusable: what the last look left is damaged.
        """
        now = self._clock()
        key = (run.name, run.number, run.begun_at)
        if key not in self._followed:
            self._followed[key] = Followed(self._source, run.name, run.settings, run.begun_at)
        followed = self._followed[key]
        followed.experiment = run.settings
        units = followed.units(now)
        if not run.settings.is_ours:
            self._expose(run, units, self._exposed.setdefault(key, set()))
        dealt, crossed = self._book.exposed(run)
        samples = measured_of(run.settings, units, followed.past()).samples
        kept = self._book.kept(run)
        before = restored(json.loads(kept)) if kept else State()
        decision = judge(
            run.name, run.settings, samples, dealt, at=now, before=before, begun=run.begun_at
        )
        look = decision.look(crossed, _cautions(run, now, self._keep))
        said = consequences(run, look, decision.state.dropped)
        self._book.looked(run, look, json.dumps(stored(decision.state)), said)

    def _expose(self, run: Run, units: Units, known: set[tuple[str, str]]) -> None:
        """Other applications deal by themselves: what they say is who took part."""
        now = self._clock()
        new = {(unit, variant) for unit, found in units.items() for variant in found} - known
        if new:
            rows = [ExposureRow(run.name, run.number, *each, now) for each in sorted(new)]
            self._book.expose(rows)
            known |= new


def _is_looked_at(run: Run) -> bool:
    return run.ended_at is None and run.settings.is_running


def _cautions(run: Run, now: datetime, keep: timedelta) -> list[str]:
    if now - run.begun_at <= keep:
        return []
    days = keep.days
    return [f"it has run for more than the {days} days that interactions are kept; older ones are "
            "counted no more"]  # fmt: skip


def events_of(runs: Sequence[Run], now: datetime) -> list[Event]:
    """What happened to experiments lately, as marks on charts; the same each time."""
    return [
        Event(
            id=f"experiment-{run.name}-{run.number}-{place}",
            at=record.at,
            type="experiment",
            severity=Severity.HIGH if record.act is Act.DROPPED else Severity.INFO,
            application=run.settings.application,
            component=run.name,
            message=_message(run, record),
            metadata={"run": str(run.number), "by": record.by, "variant": record.variant},
        )
        for run in runs
        for place, record in enumerate(run.records)
        if now - record.at < _TOLD
    ]


def _message(run: Run, record: Record) -> str:
    words = {
        Act.BEGAN: f"{run.name} began",
        Act.DROPPED: f"{record.variant} of {run.name} was dropped",
        Act.JUDGED: f"{run.name} can be decided",
        Act.STOPPED: f"{run.name} was stopped",
        Act.WITHDRAWN: f"{run.name} ended",
        Act.CONCLUDED: f"{run.name} was decided: {record.variant}",
    }
    by = f" by {record.by}" if record.by else ""
    return f"{words[record.act]}{by}: {record.why}"


def alerts_of(runs: Sequence[Run], public_url: str = "") -> list[Posted]:
    """What a person has to look at, until one has."""
    found = []
    for run in runs:
        record = run.trouble
        if record is None:
            continue
        is_mismatch = run.look is not None and run.look.verdict is Verdict.MISMATCH
        labels = {
            "alertname": "experiment_mismatch" if is_mismatch else "experiment_harm",
            "severity": "medium" if is_mismatch else "high",
            "experiment": run.name,
            "application": run.settings.application,
        }
        link = f"/experiments?name={run.name}"
        texts = {
            "summary": f"{_message(run, record)}. {run.settings.control} is used instead.",
            "remediation": "Read the effects, then decide the experiment: that ends this alert.",
            "link": link,
            "runbook": "experiment",
        }
        url = f"{public_url.rstrip('/')}{link}" if public_url else ""
        found.append(Posted(labels, texts, record.at, generator_url=url))
    return found


@contextmanager
def open_experiments(
    config: Config, database: Database, events: EventStore, clock: Clock
) -> Generator[ExperimentWatch]:
    """Look at experiments until the block ends; at once, for nobody did while no watch ran."""
    keep = timedelta(days=config.metrics_collection.retention_days)
    watch = ExperimentWatch(ExperimentBook(database, clock), events, clock, keep)
    raiser = Raiser(database, clock, ORIGIN)
    told: set[str] = set()

    def turn() -> None:
        runs = watch.turn()
        _tell(events, events_of(runs, clock()), told)
        if config.alerting.enabled:
            raiser.say(alerts_of(runs, config.server.public_url))

    with every(LOOK_SECONDS, turn, at_once=True):
        yield watch


def _tell(events: Happenings, found: Sequence[Event], told: set[str]) -> None:
    new = [each for each in found if each.id not in told]
    if new:
        events.add_events(new)
        told |= {each.id for each in new}
