"""Who asks: somebody comes, asks a few questions within some minutes, and goes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

from groundwatch.app.traffic.world import Application

_QUESTIONS = 2.6
"""A visit has so many on average."""
_SHORTEST, _LONGEST = 4, 35
"""Minutes that somebody stays."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A session of one person."""

    user: str
    group: str
    session: str


def visiting(
    seed: int, application: Application, at: datetime, busy: float, random: Random
) -> Visit:
    """The visit that a question belongs to.

    People sit at places, one after another, each for a time of its own; the busier it is, the more
    places are taken. So questions stay independent of each other, and sessions have a length.

    `busy` is how many questions a minute are to be expected; `random` chooses the place.
    """
    places = max(1, round(busy * (_SHORTEST + _LONGEST) / 2 / _QUESTIONS))
    place = random.randrange(places)
    minutes = _SHORTEST + (place * 17 + 11) % (_LONGEST - _SHORTEST + 1)
    shifted = int(at.timestamp()) + 97 * place
    return _visit(seed, application, place, shifted // (60 * minutes))


@lru_cache(maxsize=4096)
def _visit(seed: int, application: Application, place: int, number: int) -> Visit:
    """A few people come often, many seldom; who somebody is decides the group."""
    key = f"{seed}/{application.name}/{place}/{number}"
    dice = Random(key).random()  # noqa: S311  made-up traffic
    who = min(application.people - 1, int(application.people * dice**1.4))
    group = application.groups[who % len(application.groups)]
    session = hashlib.sha256(key.encode()).hexdigest()[:16]
    return Visit(f"{application.person}-{who + 1:03d}", group, session)
