"""Interactions that are scored when there is time, while others of their second stand for them.

Scores count as soon as they are there, those of a sample with the weight of what it stands for.
What was left out counts once all of its second is scored: then, and in one transaction, everything
of that second counts as one. So a mean is right at any time, and in the end nothing is estimated.
"""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable
from dataclasses import replace

from groundwatch.store.columns import microseconds
from groundwatch.store.events import interaction_rows, quality_rows
from groundwatch.store.events.interaction_rows import DEFERRED, NUMBERS, WEIGHED, Kept
from groundwatch.store.events.recorded import State
from groundwatch.store.events.session import Session, marks, padded
from groundwatch.store.events.tally import Tally

SECOND = 1_000_000
_BETWEEN = "state = ? AND started_at >= ? AND started_at < ?"


def defer(session: Session, ids: Iterable[str]) -> int:
    """Leave interactions that wait for later; returns how many."""
    left = 0
    for some in padded(ids):
        sql = f"UPDATE interactions SET state = ? WHERE state = ? AND id IN ({marks(len(some))})"
        left += session.run(sql, (DEFERRED, NUMBERS[State.PENDING], *some))
    return left


def hurry(session: Session, number: int) -> None:
    """Score what was deferred as if it were new."""
    sql = "UPDATE interactions SET state = ? WHERE state = ? AND n = ?"
    session.run(sql, (NUMBERS[State.PENDING], DEFERRED, number))


def complete(session: Session, scored: Iterable[Kept], tally: Tally) -> None:
    """Count everything as one in the seconds in which nothing is deferred any more."""
    seconds = {microseconds(kept.recorded.interaction.started_at) // SECOND for kept in scored}
    numbers = [number for second in _weighed(session, seconds) for number in second]
    rows = []
    for kept in interaction_rows.by_number(session, numbers).values():
        if kept.recorded.quality is not None:
            whole = replace(kept.recorded, quality=replace(kept.recorded.quality, weight=1.0))
            quality_rows.count(tally, kept.recorded, -1)
            quality_rows.count(tally, whole)
            rows.append(replace(kept, recorded=whole))
    quality_rows.keep(session, rows)


def _weighed(session: Session, seconds: set[int]) -> Iterable[list[int]]:
    """Numbers of what does not count as one, by second, if nothing of it is deferred."""
    if not seconds or not session.rows(
        f"SELECT 1 FROM interactions WHERE {_BETWEEN} LIMIT 1",
        (WEIGHED, min(seconds) * SECOND, (max(seconds) + 1) * SECOND),
    ):
        return
    for second in sorted(seconds):
        bounds = (second * SECOND, (second + 1) * SECOND)
        waiting = f"SELECT 1 FROM interactions WHERE {_BETWEEN} LIMIT 1"
        if not session.rows(waiting, (DEFERRED, *bounds)):
            found = session.rows(f"SELECT n FROM interactions WHERE {_BETWEEN}", (WEIGHED, *bounds))
            yield [row[0] for row in found]
