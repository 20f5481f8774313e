"""Interactions with a question like another one's: was it answered before, and how well?"""

from datetime import timedelta

from groundwatch.dashboard.watched import Asked
from groundwatch.dashboard.withheld import may_read_texts
from groundwatch.domain.interactions import Interaction
from groundwatch.scoring.topics.asked import asked as words_of
from groundwatch.store.events import Filter, Recorded

LOOKED_AT = 300
_MOST = 5
_LEAST = 0.4
"""Of the words of both questions, how many they share."""
_AFTER = timedelta(hours=1)
_SECONDS = 60.0


def alike(asked: Asked, one: Interaction) -> tuple[Recorded, ...]:
    """The likest of the last interactions of the same application that the reader may read."""
    if not may_read_texts(one, asked.identity):
        return ()
    key = ("alike", one.id, asked.identity.user, asked.identity.permissions)
    return asked.readings.get(key, _SECONDS, lambda: _read(asked, one))


def _read(asked: Asked, one: Interaction) -> tuple[Recorded, ...]:
    wanted = Filter(application=one.application, until=one.started_at + _AFTER)
    mine = words_of(one.query, {}).terms.keys()
    if not mine:
        return ()
    found: list[tuple[float, Recorded]] = []
    for each in asked.watch.events.page(wanted, limit=LOOKED_AT):
        other = each.interaction
        if other.id == one.id or not may_read_texts(other, asked.identity):
            continue
        theirs = words_of(other.query, {}).terms.keys()
        likeness = len(mine & theirs) / len(mine | theirs)
        if likeness >= _LEAST:
            found.append((likeness, each))
    ordered = sorted(found, key=lambda pair: -pair[0])
    return tuple(each for _, each in ordered[:_MOST])
