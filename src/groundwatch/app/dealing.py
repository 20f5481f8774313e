"""Which variants of running experiments a question is answered by."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from groundwatch.analytics.assignment import assign
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Run
from groundwatch.analytics.experiments_settings import ExperimentSettings, Overrides
from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import EXPERIMENT
from groundwatch.errors import GroundwatchError
from groundwatch.generation.ways import Way
from groundwatch.store.experiments import ExposureRow

_log = logging.getLogger(__name__)
DEAL_SECONDS = 2.0
"""So long at most after a stop is a variant still dealt."""

_MOST_KNOWN = 200_000
"""Units that are remembered as written; forgotten ones are written again, which changes nothing."""

Dealt = tuple[tuple[str, int, str], ...]
"""Names of experiments, their runs and variants."""


class Dealing:
    """Deals variants to users and sessions, and keeps who was dealt what.

    Args:
        book: where experiments are kept.
        configured: those of the configuration, by name.
        make: how questions are answered with some settings changed.
    """

    def __init__(
        self,
        book: ExperimentBook,
        configured: Mapping[str, ExperimentSettings],
        make: Callable[[Mapping[str, Overrides]], Way],
        clock: Clock,
    ) -> None:
        self._book = book
        self._configured = configured
        self._make = make
        self._clock = clock
        self._running: tuple[Run, ...] = ()
        self._usual = make({})
        self._made: dict[Dealt, Way] = {}
        self._lock = threading.Lock()
        self._waiting: list[ExposureRow] = []
        self._known: set[tuple[str, int, str]] = set()

    def configure(self, configured: Mapping[str, ExperimentSettings]) -> None:
        """Take over experiments of a newer configuration; they begin and end when it leads next."""
        self._configured = configured

    def lead(self) -> None:
        """Begin and end what is due, besides what those do who follow.

        Raises:
            Unavailable: the store does not answer; the former experiments go on.
        """
        self._book.keep_in_line(self._configured)
        self.follow()

    def follow(self) -> None:
        """Write down who took part, and see which experiments run now.

        Raises:
            Unavailable: the store does not answer; the former experiments go on.
        """
        self._write()
        found = (run for run in self._book.runs() if run.settings.is_ours)
        self._running = tuple(run for run in found if run.ended_at is None)
        self._forget()

    def way(self, user: str, session: str) -> Way:
        """How a question is answered."""
        running = self._running
        if not running:
            return self._usual
        dealt = tuple(self._dealt(running, user, session))
        if not dealt:
            return self._usual
        attributes = {EXPERIMENT + run.name: variant for run, variant in dealt}
        try:
            return replace(self._way(dealt), attributes=attributes)
        except GroundwatchError as error:
            _log.warning("answered as configured, not by %s: %s", attributes, error)
            return self._usual

    def _dealt(self, running: tuple[Run, ...], user: str, session: str) -> list[tuple[Run, str]]:
        now = self._clock()
        found: list[tuple[Run, str]] = []
        for run in running:
            settings = run.settings
            if settings.ends is not None and settings.ends <= now:
                continue
            unit = user if settings.unit == "user" else session
            given = assign(run.name, settings, unit, run.dropped)
            if given.is_counted:
                self._note(run, unit, given.variant)
                found.append((run, given.variant))
        return found

    def _note(self, run: Run, unit: str, variant: str) -> None:
        key = (run.name, run.number, unit)
        with self._lock:
            if key in self._known:
                return
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known.add(key)
            self._waiting.append(ExposureRow(run.name, run.number, unit, variant, self._clock()))

    def _forget(self) -> None:
        """Let go of what variants that are dealt no more left; questions under way keep theirs."""
        dealt = {
            (run.name, run.number, variant)
            for run in self._running
            for variant in run.settings.variants.keys() - run.dropped
        }
        runs = {(name, number) for name, number, _ in dealt}
        with self._lock:
            self._made = {key: way for key, way in self._made.items() if dealt.issuperset(key)}
            self._known = {each for each in self._known if each[:2] in runs}

    def _write(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            self._book.expose(waiting)
        except BaseException:
            with self._lock:
                self._waiting = [*waiting, *self._waiting]
            raise

    def _way(self, dealt: tuple[tuple[Run, str], ...]) -> Way:
        """Made once for what is changed; a model that is asked keeps its connections."""
        changes: dict[str, Overrides] = {}
        for run, variant in dealt:
            for part, given in run.settings.variants[variant].changes.items():
                changes[part] = changes.get(part, {}) | given
        if not changes:
            return self._usual
        key = tuple((run.name, run.number, variant) for run, variant in dealt)
        with self._lock:
            made = self._made.get(key)
            if made is None:
                made = self._made[key] = self._make(changes)
        return made
