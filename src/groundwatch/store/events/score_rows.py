"""Scores and feedback that come to interactions of a day."""

from collections.abc import Mapping
from dataclasses import replace

from groundwatch.domain import metrics
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.scores import Quality
from groundwatch.store.columns import clean, microseconds
from groundwatch.store.events import deferring, interaction_rows, quality_rows
from groundwatch.store.events.interaction_rows import MINUTE, NUMBERS, Kept
from groundwatch.store.events.recorded import Recorded, State
from groundwatch.store.events.session import Session
from groundwatch.store.events.tally import Tally

_PUT_FEEDBACK = (
    'INSERT INTO feedback (interaction_id, "user", given_at, thumb, rating, comment) '
    'VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (interaction_id, "user") DO UPDATE SET '
    "given_at = excluded.given_at, thumb = excluded.thumb, rating = excluded.rating, "
    "comment = excluded.comment"
)


def put_scores(session: Session, scores: Mapping[str, Quality], tally: Tally) -> int:
    """Keep scores in the place of former ones; returns how many found their interaction."""
    found = interaction_rows.by_id(session, scores)
    rows: list[Kept] = []
    for id_, kept in found.items():
        before, quality = kept.recorded, scores[id_]
        quality = replace(quality, topic=clean(quality.topic), weight=_weight(before, quality))
        after = replace(before, quality=quality)
        quality_rows.count(tally, before, -1)
        quality_rows.count(tally, after)
        rows.append(replace(kept, recorded=after))
    quality_rows.keep(session, rows)
    deferring.complete(session, rows, tally)
    return len(found)


def put_failure(session: Session, id_: str, reason: str, tally: Tally) -> None:
    """Say that an interaction cannot be scored, and why; former scores stay."""
    sql = "UPDATE interactions SET state = ?, trouble = ? WHERE id = ?"
    session.run(sql, (NUMBERS[State.FAILED], clean(reason), id_))
    deferring.complete(session, interaction_rows.by_id(session, [id_]).values(), tally)


def mark_pending(session: Session, since: int, until: int, application: str | None = None) -> int:
    """Let everything of a period be scored again, after what is new; what it has stays."""
    sql = (
        "UPDATE interactions SET state = 4 WHERE started_at >= ? AND started_at < ? "
        "AND kept = 1 AND state IN (2, 3, 5)"
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
    if any(each.is_bad for each in after.feedback):
        deferring.hurry(session, kept.number)
    return True


def _weight(before: Recorded, quality: Quality) -> float:
    """Others stand for what was deferred until all of its second is scored."""
    if not before.deferred:
        return quality.weight
    return 0.0 if before.quality is None else before.quality.weight


def _count_feedback(tally: Tally, kept: Kept, sign: int) -> None:
    one = kept.recorded.interaction
    points = metrics.of_feedback(one, kept.recorded.feedback)
    minute = microseconds(one.started_at) // MINUTE
    tally.add(minute, clean(one.application), points, sign=sign)
