"""The topics of every application, kept from one start to the next."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import Interaction
from groundwatch.errors import GroundwatchError
from groundwatch.scoring.topics.application import Topics
from groundwatch.scoring.topics.files import read_topics, written

if TYPE_CHECKING:
    from groundwatch.scoring.nearness import Embed
    from groundwatch.scoring.topics.asked import Vector

KEPT_EVERY = timedelta(seconds=60)
_APPLICATIONS = 50
"""So many are held in memory; the others are read again when they are asked about."""

_EMBEDDER_RESTS = timedelta(seconds=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where topics are kept, as text by application."""

    load: Callable[[str], str | None]
    save: Callable[[str, str], None]


@dataclass(slots=True)
class _Held:
    topics: Topics
    kept_at: datetime


class TopicBook:
    """Says which topic a question belongs to; safe to share between threads.

    A name is kept before it is told, so that none changes when the process is killed; how many
    questions joined is kept once a minute.

    Args:
        keeping: where they are kept.
        clock: the time.
        embed: makes vectors of questions; without it, or while it fails, words decide alone.
        embedder: name of what `embed` uses; vectors of another are not compared.
    """

    def __init__(
        self, keeping: Keeping, clock: Clock, embed: "Embed | None" = None, embedder: str = ""
    ) -> None:
        self._keeping = keeping
        self._clock = clock
        self._embed = embed
        self._embedder = embedder
        self._embed_from: datetime | None = None
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def topic(self, interaction: Interaction) -> str:
        """The name of the topic of a question; empty when none is known yet.

        Raises:
            Unavailable: the store does not take a new name.
        """
        if not interaction.query.strip():
            return ""
        vector = self._vector(interaction.query)
        with self._lock:
            held = self._of(interaction.application)
            names = held.topics.names
            name = held.topics.assign(interaction.query, vector, interaction.started_at)
            is_due = self._clock() - held.kept_at >= KEPT_EVERY
            if is_due or name not in names | {""}:
                self._keep(interaction.application, held)
            return name

    def flush(self) -> None:
        """Keep what is not kept yet."""
        with self._lock:
            for application, held in self._held.items():
                self._keep(application, held)

    def _of(self, application: str) -> _Held:
        held = self._held.get(application)
        if held is None:
            read = read_topics(self._keeping.load(application), self._embedder)
            held = self._held[application] = _Held(read, self._clock())
        self._held.move_to_end(application)
        while len(self._held) > _APPLICATIONS:
            oldest = next(iter(self._held))
            self._keep(oldest, self._held[oldest])
            del self._held[oldest]
        return held

    def _keep(self, application: str, held: _Held) -> None:
        if held.topics.changed:
            self._keeping.save(application, written(held.topics, self._embedder))
            held.topics.changed = False
        held.kept_at = self._clock()

    def _vector(self, query: str) -> "Vector | None":
        now = self._clock()
        if self._embed is None or (self._embed_from is not None and now < self._embed_from):
            return None
        try:
            vector: Vector = self._embed([query])[0]
        except GroundwatchError as error:
            self._embed_from = now + _EMBEDDER_RESTS
            log.info("topics go by words alone for a while: %s", error)
            return None
        return vector
