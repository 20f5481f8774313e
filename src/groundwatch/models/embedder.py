"""What an embedder is."""

from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions), each row of length 1."""


class Urgency(IntEnum):
    """Which texts go first when the embedder is busy."""

    QUESTION = 0
    BULK = 1


class Embedder(Protocol):
    """Turns texts into unit vectors.

    Attributes:
        name: model and precision; vectors of different names never mix.
        dimensions: the length of every vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        """Return one vector a text, in order.

        Raises:
            TextRejected: a text cannot be embedded; there is never a zero vector.
            Unavailable: the model or endpoint does not answer.
            Overloaded: the queue is full.
        """
        ...
