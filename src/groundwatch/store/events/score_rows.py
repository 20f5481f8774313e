"""Scores and feedback that come to interactions of a day."""

from collections.abc import Mapping
from dataclasses import replace

from groundwatch.domain import metrics
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.scores import Quality
from groundwatch.store.columns import clean, microseconds
from groundwatch.store.events import encoding, interaction_rows
from groundwatch.store.events.interaction_rows import MINUTE, NUMBERS, Kept
from groundwatch.store.events.recorded import State
from groundwatch.store.events.session import Session
from groundwatch.store.events.tally import Tally

_PUT_QUALITY = (
    "INSERT INTO qualities (n, body) VALUES (?, ?) "
    "ON CONFLICT (n) DO UPDATE SET body = excluded.body"
)
_PUT_FEEDBACK = (
    'INSERT INTO feedback (interaction_id, "user", given_at, thumb, rating, comment) '
    'VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (interaction_id, "user") DO UPDATE SET '
    "given_at = excluded.given_at, thumb = excluded.thumb, rating = excluded.rating, "
    "comment = excluded.comment"
)


def put_scores(session: Session, scores: Mapping[str, Quality], tally: Tally) -> int:
    """Keep scores in the place of former ones; returns how many found their interaction."""
    found = interaction_rows.by_id(session, scores)
    bodies: list[tuple[int, bytes]] = []
    rows: list[Kept] = []
    for id_, kept in found.items():
        quality = replace(scores[id_], topic=clean(scores[id_].topic))
        before = kept.recorded
        if before.quality is not None:
            _count_quality(tally, kept, before.quality, -1)
        _count_quality(tally, kept, quality, 1)
        bodies.append((kept.number, session.squeezed(encoding.of_quality(quality))))
        rows.append(replace(kept, recorded=replace(before, quality=quality)))
    session.many(_PUT_QUALITY, bodies)
    interaction_rows.scored(session, rows)
    return len(found)


def put_failure(session: Session, id_: str, reason: str) -> int:
    """Say that an interaction cannot be scored, and why; former scores stay."""
    sql = "UPDATE interactions SET state = ?, trouble = ? WHERE id = ?"
    return session.run(sql, (NUMBERS[State.FAILED], clean(reason), id_))


def mark_pending(session: Session, since: int, until: int, application: str | None = None) -> int:
    """Let everything of a period be scored again; what it has stays until then."""
    sql = (
        "UPDATE interactions SET state = 1 WHERE started_at >= ? AND started_at < ? "
        "AND kept = 1 AND state IN (2, 3)"
    )
    if application is None:
        return session.run(sql, (since, until))
    return session.run(f"{sql} AND application = ?", (since, until, clean(application)))


def put_feedback(session: Session, given: Feedback, tally: Tally) -> bool:
    """Keep what a person said in the place of what they said before; False: no interaction."""
    kept = interaction_rows.by_id(session, [given.interaction_id]).get(given.interaction_id)
    if kept is None or not kept.kept:
        return False
    _count_feedback(tally, kept, -1)
    user = clean(given.user)
    others = [each for each in kept.recorded.feedback if each.user != user]
    after = replace(kept.recorded, feedback=(*others, given))
    _count_feedback(tally, replace(kept, recorded=after), 1)
    session.run(
        _PUT_FEEDBACK,
        (
            given.interaction_id,
            user,
            microseconds(given.given_at),
            given.thumb,
            given.rating,
            clean(given.comment),
        ),
    )
    return True


def _count_quality(tally: Tally, kept: Kept, quality: Quality, sign: int) -> None:
    one = kept.recorded.interaction
    points = metrics.of_quality(one, quality, kept.recorded.weight)
    minute = microseconds(one.started_at) // MINUTE
    tally.add(minute, clean(one.application), points, sign=sign)


def _count_feedback(tally: Tally, kept: Kept, sign: int) -> None:
    one = kept.recorded.interaction
    points = metrics.of_feedback(one, kept.recorded.feedback)
    minute = microseconds(one.started_at) // MINUTE
    tally.add(minute, clean(one.application), points, sign=sign)
