"""How much a word says: words that stand in any answer weigh little, names and terms weigh much."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from groundwatch.scoring.text import stem as stem_of

_ABOUT_ANSWERING = """passage context document text source article answer question mention state
    provide given information according based note include following describe discuss detail summary
    key point overall specific additional"""
"""With these answers speak of their passages and of themselves."""

_LITTLE = 0.05


def weight(stem: str) -> float:
    """From .05 for a word that stands everywhere to 1 for one that is rare or unknown."""
    return table().get(stem, 1.0)


@cache
def table() -> Mapping[str, float]:
    """The packaged weights by stem, read once; how they were counted stands in the model's card."""
    text = files("groundwatch.scoring").joinpath("models/word_weights.json").read_text()
    found: dict[str, float] = json.loads(text)
    return found | dict.fromkeys(map(stem_of, _ABOUT_ANSWERING.split()), _LITTLE)
