"""Sessions: when each began and ended, and how many questions it had."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.store.columns import microseconds, moment
from groundwatch.store.events.room import Room

_LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Visit:
    """One session of one application.

    Attributes:
        began, ended: from the first question to the end of the last answer.
    """

    application: str
    session: str
    began: datetime
    ended: datetime
    questions: int

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose sessions are meant; what is empty does not narrow."""

    application: str | None = None
    group: str = ""
    user: str = ""


def visits(room: Room, since: datetime, until: datetime, whose: Whose) -> list[Visit]:
    """Sessions by their beginning, with what of them lies in a period of 31 days at most.

    Only what is kept counts: of a longer period its end, of sampled traffic what was not left out.
    """
    since = max(since, until - _LONGEST)
    given = (
        ("application = ?", whose.application), ('"group" = ?', whose.group),
        ('"user" = ?', whose.user),
    )  # fmt: skip
    narrowed = [(condition, value) for condition, value in given if value]
    conditions = " AND ".join(
        [
            "kept = 1",
            "session <> ''",
            "started_at >= ?",
            "started_at < ?",
            *(c for c, _ in narrowed),
        ]
    )
    sql = (
        "SELECT application, session, min(started_at), "
        "CAST(max(started_at + duration * 1000000) AS bigint), count(*) "
        f"FROM interactions WHERE {conditions} GROUP BY application, session"
    )
    values = [microseconds(since), microseconds(until), *(value for _, value in narrowed)]
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    for _, session in room.reading(room.within(since, until)):
        for application, name, began, ended, count in session.rows(sql, values):
            key, old = (application, name), found.get((application, name), (began, ended, 0))
            found[key] = (min(began, old[0]), max(ended, old[1]), old[2] + count)
    ordered = sorted(found.items(), key=lambda each: (each[1][0], each[0]))
    return [Visit(*key, moment(a), moment(b), count) for key, (a, b, count) in ordered]
