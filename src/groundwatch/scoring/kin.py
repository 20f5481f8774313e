"""Words that mean nearly the same, so that other words are not taken for other facts.

Pairs of stems, found once by the closeness of single words under the packaged embedder
(`tools/find_kin.py`); opposites, numbers, colours, months, units and relatives are left out.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_NONE: frozenset[str] = frozenset()


def kin(stem: str) -> frozenset[str]:
    """Stems that mean nearly the same as one; empty for rare words and names."""
    return table().get(stem, _NONE)


@cache
def table() -> Mapping[str, frozenset[str]]:
    """The packaged pairs, read once."""
    text = files("groundwatch.scoring").joinpath("models/kin.txt").read_text()
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        first, *others = line.split()
        for other in others:
            found.setdefault(first, set()).add(other)
            found.setdefault(other, set()).add(first)
    return {stem: frozenset(others) for stem, others in found.items()}
