"""Which interactions wait for scores, and the scores that come."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from groundwatch.domain.scores import Quality
from groundwatch.store.columns import microseconds, moment
from groundwatch.store.events import deferring, interaction_rows, score_rows
from groundwatch.store.events.commits import Work
from groundwatch.store.events.recorded import Backlog, Recorded
from groundwatch.store.events.room import Room
from groundwatch.store.events.session import Row, Session
from groundwatch.store.events.tally import Tally

_NEW = "FROM interactions WHERE state = 1 AND kept = 1"
_DEFERRED = "FROM interactions WHERE state = 4"


def unscored(room: Room, limit: int) -> list[Recorded]:
    """Complete interactions without scores: new ones before deferred ones, newest first."""
    new: list[Recorded] = []
    deferred: list[Recorded] = []
    for _, session in room.reading(room.days.present()):
        new += _newest(session, _NEW, limit - len(new))
        deferred += _newest(session, _DEFERRED, limit - len(new) - len(deferred))
        if len(new) >= limit:
            break
    return [*new, *deferred][:limit]


def _newest(session: Session, waiting: str, limit: int) -> list[Recorded]:
    if limit <= 0:
        return []
    sql = f"SELECT n {waiting} ORDER BY started_at DESC LIMIT ?"
    numbers = [row[0] for row in session.rows(sql, [limit])]
    kept = interaction_rows.by_number(session, numbers)
    return [kept[number].recorded for number in numbers]


def backlog(room: Room) -> Backlog:
    """How many interactions wait for scores."""
    new = deferred = 0
    for _, session in room.reading(room.days.present()):
        new += int(session.rows(f"SELECT count(*) {_NEW}")[0][0])
        deferred += int(session.rows(f"SELECT count(*) {_DEFERRED}")[0][0])
    return Backlog(new, deferred)


def oldest_waiting(room: Room) -> datetime | None:
    """When the oldest interaction began that waits for scores; None when none waits."""
    found: list[Row] = []
    for _, session in room.reading(room.days.present()):
        for waiting in (_NEW, _DEFERRED):
            found += session.rows(f"SELECT min(started_at) {waiting}")
    return min((moment(int(row[0])) for row in found if row[0] is not None), default=None)


def defer(room: Room, ids: Iterable[str]) -> int:
    """Leave interactions that wait for later; returns how many."""
    works = []
    for day, some in room.locate(ids).items():

        def apply(session: Session, _: Tally, some: list[str] = some) -> int:
            return deferring.defer(session, some)

        works.append(Work(day, apply))
    return sum(result for result in room.commits.write(works) if isinstance(result, int))


def put_scores(room: Room, scores: Sequence[tuple[str, Quality]]) -> int:
    """Keep scores; returns how many still had their interaction."""
    by_id = dict(scores)
    works = []
    for day, ids in room.locate(by_id).items():
        some = {id_: by_id[id_] for id_ in ids}

        def apply(session: Session, tally: Tally, some: dict[str, Quality] = some) -> int:
            return score_rows.put_scores(session, some, tally)

        works.append(Work(day, apply, 2000 * len(some)))
    return sum(result for result in room.commits.write(works) if isinstance(result, int))


def scoring_failed(room: Room, id_: str, reason: str) -> None:
    """Say why an interaction cannot be scored."""

    def apply(session: Session, tally: Tally) -> None:
        score_rows.put_failure(session, id_, reason, tally)

    room.commits.write([Work(day, apply) for day in room.locate([id_])])


def rescore(room: Room, since: datetime, until: datetime, application: str | None = None) -> int:
    """Let everything that began in a period be scored again; returns how many."""
    first, last = microseconds(since), microseconds(until)

    def apply(session: Session, _: Tally) -> int:
        return score_rows.mark_pending(session, first, last, application)

    works = [Work(day, apply) for day in room.within(since, until)]
    return sum(result for result in room.commits.write(works) if isinstance(result, int))
