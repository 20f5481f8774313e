"""The state between two looks at an experiment, as JSON can hold it."""

import math
from collections.abc import Mapping

from pydantic import Field, ValidationError

from groundwatch.analytics.experiments import State
from groundwatch.analytics.sequential import Looked
from groundwatch.errors import Unusable
from groundwatch.settings import SettingsPart


class _Kept(SettingsPart):
    """A state as plain values: p, low, high and mixing of each look; an endless bound is null."""

    looked: dict[str, tuple[float, float | None, float | None, float]]
    mismatch: float = Field(ge=0, le=1)
    dropped: tuple[str, ...]


def stored(state: State) -> dict[str, object]:
    """A state as JSON can hold it."""
    looked = {
        key: (each.p, _finite(each.low), _finite(each.high), each.mixing)
        for key, each in state.looked.items()
    }
    kept = _Kept(looked=looked, mismatch=state.mismatch, dropped=tuple(sorted(state.dropped)))
    return kept.model_dump(mode="json")


def restored(given: Mapping[str, object]) -> State:
    """The state of `stored`.

    Raises:
        Unusable: it is none; the experiment must begin anew, for its looks are lost.
    """
    try:
        kept = _Kept.model_validate(given)
    except ValidationError as error:
        raise Unusable(
            "the state of an experiment cannot be read; start it anew with another salt"
        ) from error
    looked = {
        key: Looked(
            p, -math.inf if low is None else low, math.inf if high is None else high, mixing
        )
        for key, (p, low, high, mixing) in kept.looked.items()
    }
    return State(looked, kept.mismatch, frozenset(kept.dropped))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
