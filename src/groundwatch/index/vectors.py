"""Vectors at the border of an engine."""

import numpy as np

from groundwatch.errors import ModelUnusable
from groundwatch.index.points import IndexModel, Vector


def checked(vector: Vector, model: IndexModel) -> Vector:
    """The vector, if it can be one of the model's.

    Raises:
        ModelUnusable: it has other dimensions, or holds something that is not a number.
    """
    if vector.shape != (model.dimensions,):
        raise ModelUnusable(
            f"a vector of shape {vector.shape} does not fit the index of {model.name or 'no model'}"
            f" with {model.dimensions} dimensions; rebuild the index for the configured embedder"
        )
    if not np.isfinite(vector).all():
        raise ModelUnusable(f"the embedder {model.name} gave a vector that holds no numbers")
    return vector


def from_bytes(data: bytes | None) -> Vector | None:
    """A stored vector; None stays None."""
    return None if data is None else np.frombuffer(data, dtype=np.float32)
