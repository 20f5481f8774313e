"""How close questions and answers are, with vectors asked for several interactions at once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from groundwatch.domain.interactions import Interaction
from groundwatch.errors import GroundwatchError
from groundwatch.scoring.relevance import compared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""Texts to unit vectors, one row each; raises a GroundwatchError when it cannot."""

REST_SECONDS = 30.0

log = logging.getLogger(__name__)


class Nearness:
    """Cosines of the texts that were prepared; nothing is known of others.

    When vectors cannot be had, interactions are scored without them, and nobody is asked again for
    half a minute. Used by one thread.

    Args:
        embed: makes vectors.
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(self, embed: Embed, monotonic: Callable[[], float]) -> None:
        self._embed = embed
        self._monotonic = monotonic
        self._again = 0.0
        self._vectors: Mapping[str, NDArray[np.float32]] = {}

    def prepare(self, interactions: Sequence[Interaction]) -> None:
        """Ask for the vectors of interactions in one call; those of earlier ones are forgotten."""
        self._vectors = {}
        pairs = filter(None, map(compared, interactions))
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        if not texts or self._monotonic() < self._again:
            return
        try:
            self._vectors = dict(zip(texts, self._embed(texts), strict=True))
        except GroundwatchError as error:
            self._again = self._monotonic() + REST_SECONDS
            log.info("relevance is scored without closeness: %s", type(error).__name__)

    def __call__(self, query: str, beginning: str) -> float | None:
        """The cosine of two texts; None when they were not prepared."""
        one, other = self._vectors.get(query), self._vectors.get(beginning)
        return None if one is None or other is None else float(one @ other)
