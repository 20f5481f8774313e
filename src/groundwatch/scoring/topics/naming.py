"""Names of topics: the words that most of its questions have and other topics have not."""

import math
from collections.abc import Collection, Mapping, Sequence

from groundwatch.scoring.topics.asked import rarity
from groundwatch.scoring.topics.cluster import Cluster
from groundwatch.scoring.weights import weight

_WORDS = 3
_LEAST_MEMBERS = 2
_EVERYDAY = 0.6
"""A word of so large a share of the questions names a topic only where there is no other."""


def name_of(
    cluster: Cluster,
    others: Sequence[Cluster],
    taken: Collection[str],
    shares: Mapping[str, float],
) -> str:
    """Up to three words, "refund, card, days"; unlike every name that is taken.

    A word counts by how many of the questions have it, how much it says, and in how few other
    topics and other questions (`shares`) it stands. Where questions share no word, the weightiest
    single words are taken.
    """
    ranked = _ranked(cluster, others, shares)
    ranked = [stem for stem in ranked if shares.get(stem, 0.0) < _EVERYDAY] or ranked
    shared = [stem for stem in ranked if cluster.counts[stem] >= _LEAST_MEMBERS]
    order = shared + [stem for stem in ranked if stem not in set(shared)]
    wanted = max(1, min(_WORDS, len(shared))) if shared else _WORDS
    for words in range(wanted, len(order) + 1):
        name = ", ".join(cluster.word(stem) for stem in order[:words])
        if name not in taken:
            return name
    return _numbered(", ".join(cluster.word(stem) for stem in order[:_WORDS]) or "other", taken)


def _numbered(name: str, taken: Collection[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})" if name in taken else name


def _ranked(cluster: Cluster, others: Sequence[Cluster], shares: Mapping[str, float]) -> list[str]:
    def value(stem: str) -> float:
        elsewhere = sum(1 for each in others if each is not cluster and stem in each.counts)
        apart = math.log(1 + (1 + len(others)) / (1 + elsewhere))
        return cluster.counts[stem] * weight(stem) * apart * rarity(shares.get(stem, 0.0))

    return sorted(cluster.counts, key=lambda stem: (-value(stem), stem))
