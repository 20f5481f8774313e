"""Rankings that do not depend on where an engine happens to keep a point."""

from collections.abc import Callable, Sequence

import numpy as np

from groundwatch.index.points import Ranking

SPARE = 16
"""How many more hits than wanted are asked for, to see where a tie at the end goes."""

_MOST = 16
_DIGITS = 5

Fetch = Callable[[int], Sequence[tuple[int, float]]]
"""Asks an engine for so many hits, best first."""


def settle(first: Sequence[tuple[int, float]], limit: int, fetch: Fetch) -> Ranking:
    """Round scores, order equal ones by id and cut to `limit`.

    An engine cuts a tie at the end of its list anywhere. When the tie at the cut reaches the last
    hit of `first`, which was asked with `limit + SPARE`, a longer list is fetched, up to sixteen
    times `limit`; of a longer tie the engine's choice stays.
    """
    hits, asked = first, limit + SPARE
    while len(hits) >= asked and _tied(hits, limit) and asked < limit * _MOST:
        asked *= 4
        hits = fetch(asked)
    ids = np.array([id_ for id_, _ in hits], np.int64)
    scores = np.round([score for _, score in hits], _DIGITS)
    ordered = np.lexsort((ids, -scores))[:limit]
    return list(zip(ids[ordered].tolist(), scores[ordered].tolist(), strict=True))


def _tied(hits: Sequence[tuple[int, float]], limit: int) -> bool:
    last = np.round([hits[limit - 1][1], hits[-1][1]], _DIGITS)
    return bool(last[0] == last[1])
