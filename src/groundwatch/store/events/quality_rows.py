"""Scores of interactions in the tables of a day."""

from collections.abc import Sequence

from groundwatch.domain import metrics
from groundwatch.store.columns import clean, microseconds
from groundwatch.store.events import encoding
from groundwatch.store.events.interaction_rows import MINUTE, Kept, flags_between_bars, scored_as
from groundwatch.store.events.recorded import Recorded
from groundwatch.store.events.session import Session
from groundwatch.store.events.tally import Tally

_PUT = (
    "INSERT INTO qualities (n, body) VALUES (?, ?) "
    "ON CONFLICT (n) DO UPDATE SET body = excluded.body"
)
_SCORED = (
    "UPDATE interactions SET state = ?, overall = ?, status = ?, flags = ?, trouble = '' "
    "WHERE n = ?"
)


def count(tally: Tally, recorded: Recorded, sign: int = 1) -> None:
    """Add the scores of an interaction to the cells of its minute, or take them away."""
    one, quality = recorded.interaction, recorded.quality
    if quality is not None:
        points = metrics.of_quality(one, quality, recorded.weight)
        minute = microseconds(one.started_at) // MINUTE
        tally.add(minute, clean(one.application), points, sign=sign)


def keep(session: Session, some: Sequence[Kept]) -> None:
    """Keep the scores that interactions have now in the place of former ones."""
    bodies, rows = [], []
    for kept in some:
        one, quality = kept.recorded.interaction, kept.recorded.quality
        if quality is not None:
            bodies.append((kept.number, session.squeezed(encoding.of_quality(quality))))
            state, flags = scored_as(quality), clean(flags_between_bars(one, quality))
            rows.append((state, quality.overall, quality.status.value, flags, kept.number))
    session.many(_PUT, bodies)
    session.many(_SCORED, rows)
