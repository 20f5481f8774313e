"""The names of series in the tables of a day, and their ids."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Mapping

from groundwatch.store.events.session import AT_ONCE, Session, tuples
from groundwatch.store.events.tally import Series, SeriesKey
from groundwatch.store.statements import batches

Numbers = dict[SeriesKey, int]
"""Series and their ids in one day."""
_MOST = 50_000
"""Series of a day that are kept in mind."""
_SERIES = "SELECT metric, dimension, label, application, origin, id FROM series"
_FIND = (
    "SELECT metric, dimension, label, application, origin, id FROM wanted CROSS JOIN series "
    "WHERE metric = m AND dimension = d AND label = l AND application = a AND origin = o"
)
"""Each is looked up in the index; `IN` with tuples would pass over the whole table."""
_PUT = (
    "INSERT INTO series (metric, dimension, label, application, origin, id) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


class Known:
    """Series of a day that were committed; `highest` is the id up to which none is missing."""

    __slots__ = ("highest", "numbers")

    def __init__(self) -> None:
        self.numbers: Numbers = {}
        self.highest = 0

    def learn(self, numbers: Numbers, highest: int) -> None:
        """Keep what a transaction has found or made, now that it is committed.

        When they are too many, all are forgotten, and looked up as they are needed.
        """
        if len(self.numbers) + len(numbers) > _MOST:
            self.numbers = {}
            highest = -1
        self.numbers.update(numbers)
        self.highest = highest if self.highest >= 0 else -1


def numbers(session: Session, wanted: Iterable[SeriesKey], known: Known) -> tuple[Numbers, int]:
    """The ids of series; those that are new get one. Also says up to which id none is missing."""
    before = known.numbers
    found = {series: before[series] for series in wanted if series in before}
    missing = [series for series in wanted if series not in found]
    if not missing:
        return found, known.highest
    last = int(session.rows("SELECT coalesce(max(id), 0) FROM series")[0][0])
    if known.highest < last:  # another process, or an earlier run, has made some
        found |= _learned(session, missing, known, last)
        missing = [series for series in missing if series not in found]
    made = {series: last + place for place, series in enumerate(missing, 1)}
    session.many(_PUT, [(*series, number) for series, number in made.items()])
    return found | made, last + len(made)


def every(session: Session) -> dict[int, Series]:
    """Every series of a day, by id."""
    return {row[5]: Series(*row[:5]) for row in session.rows(_SERIES)}


def find(
    session: Session,
    metric: str,
    dimension: str,
    label: str | None,
    application: str | None,
    *,
    most: int = -1,
) -> dict[int, Series]:
    """The series that fit, by id; None fits all. So many at most, where that is given."""
    fits, values = fitting(metric, dimension, label, application)
    sql = f"{_SERIES} WHERE {fits}" + (f" LIMIT {most:d}" if most >= 0 else "")
    return {row[5]: Series(*row[:5]) for row in session.rows(sql, values)}


def fitting(
    metric: str, dimension: str, label: str | None, application: str | None
) -> tuple[str, list[str]]:
    """What a statement says of series that fit, and with which values; None fits all."""
    sql, values = "metric = ? AND dimension = ?", [metric, dimension]
    if label is not None:
        sql, values = f"{sql} AND label = ?", [*values, label]
    if application is not None:
        sql, values = f"{sql} AND application = ?", [*values, application]
    return sql, values


def column(session: Session, names: Mapping[str, str], wanted: str) -> set[str]:
    """What a column of a day's series holds; `names` says what others must hold."""
    conditions = " AND ".join([f"{name} = ?" for name in names] or ["id IS NOT NULL"])
    sql = f"SELECT DISTINCT {wanted} FROM series WHERE {conditions}"
    return {row[0] for row in session.rows(sql, list(names.values()))}


def _learned(session: Session, missing: list[SeriesKey], known: Known, last: int) -> Numbers:
    """All that came since, when they are few; else those that are missing."""
    if known.highest >= 0 and last - known.highest < _MOST // 2:
        rows = session.rows(f"{_SERIES} WHERE id > ?", [known.highest])
        return {row[:5]: row[5] for row in rows}
    found: Numbers = {}
    for some in batches(missing, AT_ONCE // 5):
        sql = f"WITH wanted (m, d, l, a, o) AS ({tuples(len(some), 5)}) {_FIND}"
        values = [value for series in some for value in series]
        found |= {row[:5]: row[5] for row in session.rows(sql, values)}
    return found
