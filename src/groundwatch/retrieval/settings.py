"""Settings of retrieval."""

from typing import Literal

from pydantic import Field

from groundwatch.settings import SettingsPart


class RetrievalSettings(SettingsPart):
    """How the dense and the lexical ranking become one.

    Attributes:
        fusion: `minmax` scales each ranking to 0..1 and weighs them; `rrf` sums reciprocal ranks.
        dense_weight: the dense ranking's share under `minmax`.
        candidates: how many of each ranking are fused.
    """

    fusion: Literal["minmax", "rrf"] = "minmax"
    dense_weight: float = Field(default=0.6, ge=0, le=1)
    candidates: int = Field(default=100, ge=10, le=1000)
    passages: int = Field(default=8, ge=1, le=50)
