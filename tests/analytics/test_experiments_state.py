"""States of experiments survive storage."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.analytics.experiments import State
from groundwatch.analytics.experiments_state import restored, stored
from groundwatch.analytics.sequential import BEFORE, Looked
from groundwatch.errors import Unusable

numbers = st.floats(-1e9, 1e9)
looks = st.builds(
    Looked,
    st.floats(0, 1),
    numbers | st.just(-math.inf),
    numbers | st.just(math.inf),
    st.floats(0, 1e6),
)
states = st.builds(
    State, st.dictionaries(st.text(), looks), st.floats(0, 1), st.frozensets(st.text(), max_size=3)
)


@given(states)
def test_a_state_comes_back_as_it_was(state: State) -> None:
    assert restored(json.loads(json.dumps(stored(state), allow_nan=False))) == state


def test_a_first_look_comes_back() -> None:
    assert restored(stored(State({"new/quality": BEFORE}))).looked["new/quality"] == BEFORE


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"looked": [], "mismatch": 1.0, "dropped": []},
        {"looked": {"a": [1.0]}, "mismatch": 1.0, "dropped": []},
        {"looked": {"a": [None, 0, 0, 0]}, "mismatch": 1.0, "dropped": []},
        {"looked": {"a": 3}, "mismatch": 1.0, "dropped": []},
        {"looked": {}, "mismatch": "x", "dropped": []},
    ],
)
def test_damage_is_refused(given_: dict[str, object]) -> None:
    with pytest.raises(Unusable, match="start it anew"):
        restored(given_)
