"""Cells in the tables of a day."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Iterator, Mapping, Sequence

from groundwatch.store.events.histogram import combine, packed, unpacked
from groundwatch.store.events.session import AT_ONCE, Row, Session, marks, tuples
from groundwatch.store.events.tables import KEY_BITS
from groundwatch.store.events.tally import Cells, Series, Sums
from groundwatch.store.statements import batches

MINUTES = 60
_PUT = (
    "INSERT INTO cells (at, amount, weight, total, buckets) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (at) DO UPDATE SET amount = excluded.amount, weight = excluded.weight, "
    "total = excluded.total, buckets = excluded.buckets"
)
_PUT_HOUR = (
    "INSERT INTO hours (hour, sequence) VALUES (?, ?) "
    "ON CONFLICT (hour) DO UPDATE SET sequence = excluded.sequence"
)
_NEW_SERIES = (
    "INSERT INTO series (metric, dimension, label, application, origin) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (metric, dimension, label, application, origin) DO NOTHING"
)
_SERIES = "SELECT metric, dimension, label, application, origin, id FROM series"

Numbers = dict[Series, int]
"""Series and their ids in one day."""


def apply(session: Session, cells: Cells, known: Numbers) -> Numbers:
    """Add sums to a day's cells; a cell that counts nothing any more goes.

    `known` are ids of series that were committed. Returned are the ids of all series that were
    touched, valid once the transaction is committed.
    """
    changed = {key: sums for key, sums in cells.items() if sums}
    if not changed:
        return {}
    numbers = series_numbers(session, {series for _, series in changed}, known)
    sums_of = {(minute << KEY_BITS) | numbers[series]: s for (minute, series), s in changed.items()}
    _add(session, sums_of)
    touch(session, {minute // MINUTES for minute, _ in changed})
    return numbers


def touch(session: Session, changed: Iterable[int]) -> None:
    """Say that cells of hours have changed."""
    sequence = session.rows("UPDATE state SET sequence = sequence + 1 RETURNING sequence")[0][0]
    session.many(_PUT_HOUR, [(hour, sequence) for hour in sorted(changed)])


def hours(session: Session) -> list[tuple[int, int]]:
    """The hours that have or had cells, and when those changed last."""
    rows = session.rows("SELECT hour, sequence FROM hours ORDER BY hour")
    return [(row[0], row[1]) for row in rows]


def all_series(session: Session) -> Numbers:
    """Every series of a day and its id."""
    return {Series(*row[:5]): row[5] for row in session.rows(_SERIES)}


def series_numbers(session: Session, wanted: Iterable[Series], known: Numbers) -> Numbers:
    """The ids of series; those that are new get one."""
    found = {series: known[series] for series in wanted if series in known}
    missing = [series for series in wanted if series not in found]
    if missing:
        session.many(_NEW_SERIES, missing)
        for some in batches(missing, AT_ONCE // 5):
            sql = (
                f"{_SERIES} WHERE (metric, dimension, label, application, origin) "
                f"IN ({tuples(len(some), 5)})"
            )
            values = [value for series in some for value in series]
            found |= {Series(*row[:5]): row[5] for row in session.rows(sql, values)}
    return found


def find_series(
    session: Session, metric: str, dimension: str, label: str | None, application: str | None
) -> dict[int, Series]:
    """The series that fit, by id; None fits all."""
    sql, values = f"{_SERIES} WHERE metric = ? AND dimension = ?", [metric, dimension]
    if label is not None:
        sql, values = f"{sql} AND label = ?", [*values, label]
    if application is not None:
        sql, values = f"{sql} AND application = ?", [*values, application]
    return {row[5]: Series(*row[:5]) for row in session.rows(sql, values)}


def read_minutes(
    session: Session, series: Sequence[int], minutes: Iterable[int]
) -> Iterator[tuple[int, int, Row]]:
    """Minute, series, and amount, weight, total and buckets of those that are there."""
    keys = ((minute << KEY_BITS) | number for minute in minutes for number in series)
    for some in batches(keys, AT_ONCE):
        sql = (
            f"SELECT at, amount, weight, total, buckets FROM cells WHERE at IN ({marks(len(some))})"
        )
        for at, *sums in session.rows(sql, some):
            yield at >> KEY_BITS, at & ((1 << KEY_BITS) - 1), tuple(sums)


def read_all(session: Session, since: int, until: int) -> Iterator[tuple[int, int, Row]]:
    """Every cell of a range of minutes."""
    sql = "SELECT at, amount, weight, total, buckets FROM cells WHERE at >= ? AND at < ?"
    for at, *sums in session.rows(sql, (since << KEY_BITS, until << KEY_BITS)):
        yield at >> KEY_BITS, at & ((1 << KEY_BITS) - 1), tuple(sums)


def sums_of_row(row: Row) -> Sums:
    """The sums of amount, weight, total and buckets."""
    return Sums(row[0], row[1], row[2], unpacked(row[3]))


def _add(session: Session, sums_of: dict[int, Sums]) -> None:
    gone: list[tuple[int]] = []
    for some in batches(sums_of, AT_ONCE):
        sql = (
            f"SELECT at, amount, weight, total, buckets FROM cells WHERE at IN ({marks(len(some))})"
        )
        for at, amount, weight, total, buckets in session.rows(sql, some):
            sums = sums_of[at]
            sums.count += amount
            sums.weight += weight
            sums.total += total
            before = unpacked(buckets)
            combine(before, sums.buckets)
            sums.buckets = before
            if not sums.count:
                gone.append((at,))
    kept = [
        (at, sums.count, float(sums.weight), sums.total, packed(sums.buckets))
        for at, sums in sums_of.items()
        if sums.count
    ]
    session.many(_PUT, kept)
    if gone:
        session.many("DELETE FROM cells WHERE at = ?", gone)


def labels(session: Session, names: Mapping[str, str], column: str) -> set[str]:
    """What a column of a day's series holds; `names` says what others must hold."""
    conditions = " AND ".join([f"{name} = ?" for name in names] or ["id IS NOT NULL"])
    sql = f"SELECT DISTINCT {column} FROM series WHERE {conditions}"
    return {row[0] for row in session.rows(sql, list(names.values()))}
