"""Keeps an index right: opens it, follows the store, flushes, replaces it."""

import time
from collections.abc import Callable

import structlog

from groundwatch.errors import Unusable
from groundwatch.index.backend import Backend
from groundwatch.index.builds import Builds
from groundwatch.index.current import Current
from groundwatch.index.generation import Generation
from groundwatch.index.policy import IndexStats
from groundwatch.store import changes, vectors
from groundwatch.store.database import Database

QUIET_SECONDS, LONGEST_SECONDS = 5.0, 60.0
"""A flush stops the process for some 150 ms: it waits for a pause in writing, but not for ever."""

_CONSIDER_SECONDS = 1.0

log = structlog.get_logger("index")


class Keeper:
    """What the index process does between questions; one thread calls it at a time.

    Args:
        moved: called after each step along the store; False stops following.

    Attributes:
        current: the generation that answers.
        damage: why there is none, or none that may be trusted; empty when all is well.
    """

    def __init__(self, backend: Backend, database: Database, moved: Callable[[], bool]) -> None:
        self._backend = backend
        self._database = database
        self._moved = moved
        self.current = Current()
        self.builds = Builds(backend)
        self.damage = ""
        self._average = 0.0
        self._consider_at = 0.0
        self._written_at = self._dirty_since = 0.0
        self._open()

    @property
    def position(self) -> int:
        """The store's change that the index holds; -1 while there is no index."""
        generation = self.current.generation
        return generation.position if generation else -1

    def turn(self) -> None:
        """Follow the store to its end, then tend builds and flushes.

        Raises:
            Unavailable: the store does not answer, or the disk is full.
        """
        self._backend.check_room()
        self.catch_up()
        self._tend_builds()
        generation = self.current.generation
        if generation and generation.dirty and self._flush_is_due():
            generation.checkpoint()

    def catch_up(self) -> None:
        """Follow the store to its end."""
        while (generation := self.current.generation) and not self._advance(generation):
            if not self._moved():
                return

    def ask(self, reason: str) -> int:
        """Have a new generation built; see `Builds.ask`."""
        self._consider_at = 0.0
        return self.builds.ask(reason)

    def close(self) -> None:
        """Make what was applied durable and close the files."""
        self.builds.close()
        generation = self.current.generation
        if generation and generation.dirty:
            generation.checkpoint()
        self.current.swap(None, "the index is closed")

    def _open(self) -> None:
        try:
            generation = self._backend.current()
            if generation is None:
                self._begin()
            else:
                self.current.swap(generation)
        except Unusable as error:
            self._distrust(str(error))
        self._backend.discard_others(self.current.generation)

    def _begin(self) -> None:
        """Without an index: an empty one for an empty store, else one must be built."""
        with self._database.read() as c:
            latest, documents = changes.latest(c), changes.document_ids(c, "", 1)
        if documents:
            self._distrust("there is no index")
            return
        generation = self._backend.empty(latest)
        self._backend.adopt(generation)
        self.current.swap(generation)

    def _distrust(self, reason: str) -> None:
        """Answer nothing rather than something wrong, until a new generation is there."""
        log.warning("the index cannot be used and is built anew", reason=reason)
        self.damage = reason
        self.current.swap(None, "the index is being built from the store; try again shortly")

    def _advance(self, generation: Generation) -> bool:
        """One step along the store's changes; True at the end of it."""
        before = generation.position
        try:
            step = generation.advance(self._database)
        except Unusable as error:
            self._distrust(str(error))
            return True
        if generation.position != before:
            self._written_at = time.monotonic()
            self._dirty_since = self._dirty_since or self._written_at
        return step.caught_up

    def _flush_is_due(self) -> bool:
        now = time.monotonic()
        due = now > self._written_at + QUIET_SECONDS or now > self._dirty_since + LONGEST_SECONDS
        if due:
            self._dirty_since = 0.0
        return due

    def _tend_builds(self) -> None:
        if self.builds.finished():
            try:
                self._adopt(self._backend.built())
            except Unusable as error:
                self.builds.failed(error)
        if not self.builds.under_way() and time.monotonic() >= self._consider_at:
            self._consider_at = time.monotonic() + _CONSIDER_SECONDS
            self.builds.consider(self._stats(), self._average)

    def _adopt(self, candidate: Generation) -> None:
        """Bring a new generation to where the present one is, then answer from it."""
        try:
            self._bring_level(candidate)
            candidate.checkpoint()
        except BaseException:
            candidate.close()
            raise
        self._backend.adopt(candidate)
        self.current.swap(candidate)
        self.damage = ""
        self._average = candidate.manifest.average
        self._backend.discard_others(candidate)
        self.builds.succeeded()
        log.info("a new generation of the index answers", generation=candidate.name)

    def _bring_level(self, candidate: Generation) -> None:
        while not candidate.advance(self._database).caught_up:
            if present := self.current.generation:
                self._advance(present)
            self._moved()

    def _stats(self) -> IndexStats:
        generation = self.current.generation
        if generation is None:
            return IndexStats(damage=self.damage, wanted=self._backend.model)
        self._average = generation.manifest.average
        model = generation.manifest.model
        return IndexStats(
            damage=self.damage,
            model=model,
            wanted=self._backend.model,
            wanted_complete=model == self._backend.model or self._complete(),
            points=generation.engine.count(),
            graph_points=generation.manifest.graph_points,
            loose=generation.loose,
            graph_above=self._backend.graph_above,
        )

    def _complete(self) -> bool:
        """Whether every chunk has a vector of the configured embedder."""
        model = self._backend.model
        if not model.dimensions:
            return True
        with self._database.read() as c:
            return not vectors.missing(c, model.name, 1)
